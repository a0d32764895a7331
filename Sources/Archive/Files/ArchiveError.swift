/// Why the archive did not take an instance, or did not start.
///
/// Whatever the kind: nothing of the instance is left under its name that was not there before, and the next one is
/// tried afresh.
package struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// No room: `ENOSPC`, `EDQUOT`, or less free than the configured minimum (A700H).
        case outOfSpace
        /// The system refused: too many files, an I/O error, a name too long (A700H). The value is an `errno`.
        case io(Int32)
        /// The archive is not where it was: its directory or its file system is gone or read-only (A700H).
        case unavailable
        /// Another instance of this SOP Instance UID is archived, and the policy is to refuse it (0111H).
        case duplicate
        /// There is no such file; only thrown when an instance is opened or read.
        case notFound
        /// There is a file, and it is none of DICOM; only thrown when an instance is opened or read.
        case damaged
        /// What is to be filed cannot have a path: a key that the layout needs is missing (C000H).
        case unnameable
        /// The configuration cannot work; only thrown when the archive is opened.
        case configuration
        /// The directory is no archive yet; only thrown when the archive is opened.
        case notInitialized
        /// Another process has the archive open; only thrown when the archive is opened.
        case inUse
    }

    package var kind: Kind
    /// What was tried and what came of it, for the log. Holds no byte of a peer that is not printable.
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
