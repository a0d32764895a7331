import Glibc
import NIOCore
import NIOPosix

extension RequestorError {
    /// No transport connection, in words: of each address that was tried, the first reason stands for all.
    static func unreachable(_ error: any Error) -> RequestorError {
        guard let error = error as? NIOConnectionError else { return .unreachable(words(error)) }
        guard let failure = error.connectionErrors.first else {
            return .unreachable("the name \(error.host) cannot be resolved")
        }
        return .unreachable(words(failure.error))
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout(let time): "no answer within \(words(time.nanoseconds / 1_000_000))"
        default: "\(error)"
        }
    }

    private static func words(_ milliseconds: Int64) -> String {
        milliseconds.isMultiple(of: 1_000) ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }
}
