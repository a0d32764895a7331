/// What the archive has to say that is no error: for the log.
package struct ArchiveRemark: Hashable, Sendable, CustomStringConvertible {
    package enum Level: Hashable, Sendable {
        case information, warning
    }

    package var level: Level
    /// Names the path, and what to do.
    package var description: String

    package init(_ level: Level, _ description: String) {
        self.level = level
        self.description = description
    }

    /// Takes remarks, on any thread; it neither waits nor calls the archive.
    package typealias Report = @Sendable (ArchiveRemark) -> Void
}
