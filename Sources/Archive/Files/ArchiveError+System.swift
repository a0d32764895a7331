import Glibc

extension ArchiveError {
    /// The kernel refused; `doing` says what, for example "write the data set".
    init(_ error: SystemError, doing: String) {
        let kind: Kind =
            switch error.code {
            case ENOSPC, EDQUOT: .outOfSpace
            case EROFS, ESTALE, ENODEV, ENXIO, ENOTCONN, ESHUTDOWN: .unavailable
            default: .io(error.code)
            }
        self.init(kind, "cannot \(doing): \(error)")
    }
}

extension SystemError: CustomStringConvertible {
    package var description: String {
        // strerror is not safe between threads; strerror_r is.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress, strerror_r(code, start, text.count) == 0 else { return "error \(code)" }
            return String(cString: start)
        }
    }

    /// Repeats an operation that a signal interrupted: as often as a signal could, and no longer than a fault would.
    static func retrying<Result>(
        _ operation: () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        var interruptions = 0
        while true {
            do throws(SystemError) {
                return try operation()
            } catch {
                interruptions += 1
                guard error.code == EINTR, interruptions < 100 else { throw error }
            }
        }
    }
}

/// Runs operations of a file system; what fails becomes an `ArchiveError` that says what was being done.
func attempt<Result>(
    _ doing: @autoclosure () -> String,
    _ operation: () throws(SystemError) -> Result
) throws(ArchiveError) -> Result {
    do throws(SystemError) {
        return try SystemError.retrying(operation)
    } catch {
        throw ArchiveError(error, doing: doing())
    }
}
