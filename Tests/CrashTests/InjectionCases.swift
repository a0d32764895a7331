import Glibc
import Testing

/// A system call of the write path that fails.
struct InjectionCase: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// Answered A700H; nothing of the instance is visible.
        case refused
        /// Answered 0000H; the instance is there.
        case stored
        /// Either, and the archive agrees with the answer.
        case consistent
    }

    /// As `strace -e inject=` takes it.
    let injection: String
    let outcome: Outcome
    /// Bytes of pixel data of the instance that is sent meanwhile.
    var pixels = 30_000
    /// Whether temporaries have names, as where the file system has no nameless files.
    var isNamed = false
    /// The call is made for each instance; if not, it need not be seen.
    var isCertain = true

    var testDescription: String { injection + (isNamed ? ", named temporaries" : "") }

    private static let errors = ["ENOSPC", "EDQUOT", "EIO", "EMFILE"]

    /// Calls that each instance needs, here in a directory of its own.
    private static let needed = ["openat", "writev", "fdatasync", "linkat", "mkdirat", directorySync]

    /// One directory is synced by itself; several, perhaps by one sync of the whole file system.
    private static let directorySync = "fsync,syncfs"

    /// x86-64 and arm64 name the call that looks at a path differently from release to release.
    private static let status = "/newfstatat|statx"

    static let all: [InjectionCase] =
        // For ever, as long as strace is attached.
        needed.flatMap { call in
            (errors + ["EINTR"]).map { InjectionCase(injection: "\(call):error=\($0)", outcome: .refused) }
        }
        // Once on each thread: what is interrupted is done again, all else is believed at once.
        + needed.map { InjectionCase(injection: "\($0):error=EINTR:when=1", outcome: .stored) }
        + ["writev", "fdatasync", "linkat"].map {
            InjectionCase(injection: "\($0):error=EIO:when=1", outcome: .refused)
        }
        // Nothing written, and no reason given.
        + [InjectionCase(injection: "writev:retval=0", outcome: .refused)]
        + (errors + ["EINTR"]).map { InjectionCase(injection: "\(status):error=\($0)", outcome: .refused) }
        // Of large instances only, and only to spare the sync some work: but an error is the file's.
        + ["ENOSPC", "EIO"].map {
            InjectionCase(injection: "sync_file_range:error=\($0)", outcome: .refused, pixels: 9 << 20)
        }
        // A hint, whose failure the write makes good.
        + errors.map {
            InjectionCase(injection: "fallocate:error=\($0)", outcome: .stored, pixels: 1 << 20, isCertain: false)
        }
        // What the archive asks for, but could do without, or does only now and then.
        + ["fstatfs", "fsetxattr", "fgetxattr", "pread64", "unlinkat"].flatMap { call in
            errors.map {
                InjectionCase(injection: "\(call):error=\($0)", outcome: .consistent, isCertain: false)
            }
        }
        + (errors + ["EROFS", "EINTR"]).map {
            InjectionCase(injection: "renameat2:error=\($0)", outcome: .refused, isNamed: true)
        }
        + [InjectionCase(injection: "renameat2:error=EINTR:when=1", outcome: .stored, isNamed: true)]
        + errors.map {
            InjectionCase(injection: "openat:error=\($0)", outcome: .refused, isNamed: true)
        }
        // The file is safe by then; what close says of it comes too late to matter. Last, because nothing is closed.
        + errors.map { InjectionCase(injection: "close:error=\($0)", outcome: .stored) }
}
