import ApplicationEntities
import ArgumentParser
import Glibc
import NIOCore

/// Why the node cannot start, in words for its operator, and the exit code: 78 (EX_CONFIG) where only another setting
/// helps.
struct StartFailure: CustomStringConvertible {
    let description: String
    let exitCode: ExitCode

    static let configuration = ExitCode(78)

    init(_ error: any Error) {
        guard let error = error as? CannotListen else {
            description = "\(error)"
            exitCode = .failure
            return
        }
        let listen = error.listen
        let place = "\(listen.host.contains(":") ? "[\(listen.host)]" : listen.host):\(listen.port)"
        let section = listen.isSecure ? "tls" : "listen"
        let (reason, isConfiguration) = Self.reason(error.cause, section, port: listen.port)
        description = "cannot listen on \(place): \(reason)"
        exitCode = isConfiguration ? Self.configuration : .failure
    }

    /// - Parameter section: Of the keys that say where.
    private static func reason(
        _ cause: any Error,
        _ section: String,
        port: Int
    ) -> (text: String, isConfiguration: Bool) {
        let host = "\(section).host (--\(section)-host)"
        if cause is SocketAddressError.UnknownHost {
            return ("no such host is known; give \(host) an address of this machine, or * for every interface", true)
        }
        guard let code = (cause as? IOError)?.errnoCode else { return ("\(cause)", false) }
        return reason(code, host: host, other: "\(section).port (--\(section)-port)", port: port)
    }

    private static func reason(
        _ code: CInt,
        host: String,
        other: String,
        port: Int
    ) -> (text: String, isConfiguration: Bool) {
        switch code {
        case EADDRINUSE:
            (
                "another program has the port; "
                    + "stop it (`ss -ltnp sport = :\(port)` names it), or give another \(other)",
                false
            )
        case EACCES:
            (
                "a port below 1024 needs a privilege; "
                    + "give the node CAP_NET_BIND_SERVICE, or another \(other), from 1024 on",
                false
            )
        case EADDRNOTAVAIL:
            (
                "no interface of this machine has the address; "
                    + "give \(host) one that `ip address` shows, or * for every interface",
                true
            )
        case EAFNOSUPPORT:
            ("this machine has no IPv6; give \(host) an address of IPv4, such as 0.0.0.0", true)
        case EMFILE:
            ("the process is out of descriptors; raise its limit (LimitNOFILE=, ulimit -n)", false)
        case ENFILE:
            ("the machine is out of descriptors; raise fs.file-max", false)
        default:
            (String(cString: strerror(code)), false)
        }
    }
}
