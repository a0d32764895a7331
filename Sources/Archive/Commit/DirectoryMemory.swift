/// What the archive remembers of its directories between batches.
struct DirectoryMemory: Sendable {
    /// Directories whose own name is known to be durable: this process synced their parents after it saw them. (An
    /// earlier process may have died between making one and syncing its parent.) Each as it was then, because another
    /// process may have removed it and made one of the same name.
    private var durable: [String: FileStatus] = [:]
    /// Directories that this process made and whose name is not durable yet: there is nothing in them that was
    /// answered.
    private(set) var made: Set<String> = []
    /// Names whose directory could not be synced. They are taken back; as long as that fails too, they may be gone
    /// after a power cut, whatever a later sync says, so nothing is built on them.
    var doubtful: [String: Doubt] = [:]

    enum Doubt {
        case file
        case directory
        /// A file that took the place of one that was answered: which of them is there is in doubt, but not that one
        /// is. So it is not taken back.
        case replaced
    }

    /// Where `durable` has grown too long it is forgotten, at the cost of some syncs.
    private static let durableMax = 4096
    /// Where `doubtful` has grown too long, everything is doubtful until it can be cleared.
    private static let doubtfulMax = 4096

    mutating func make(_ path: String) {
        durable[path] = nil
        made.insert(path)
    }

    mutating func remember(_ path: String, _ status: FileStatus?) {
        made.remove(path)
        if durable.count >= Self.durableMax { durable = [:] }
        durable[path] = status
    }

    /// - Parameter status: As it is found now.
    func isDurable(_ path: String, _ status: FileStatus?) -> Bool {
        guard let known = durable[path], let status else { return false }
        return known.device == status.device && known.inode == status.inode && known.made == status.made
    }

    /// A directory that was kept open, and is still in its place: so are those on the way to it.
    ///
    /// - Parameter paths: Of each on the way to it, and its own.
    func isDurable(_ paths: [String], _ status: FileStatus) -> Bool {
        guard let path = paths.last else { return true }
        return isDurable(path, status) && paths.allSatisfy { durable[$0] != nil }
    }

    mutating func doubt(_ path: String, _ doubt: Doubt) {
        guard doubtful.count < Self.doubtfulMax else { return }
        doubtful[path] = doubt
        guard doubt == .directory else { return }
        // What an earlier batch made beneath has to go first.
        for beneath in made where beneath.hasPrefix(path + "/") { doubtful[beneath] = .directory }
    }

    /// A sync failed that covered the names in a directory: of those that were made and are not durable, nobody knows
    /// any more.
    ///
    /// - Parameter parent: Nil: in all directories.
    mutating func doubtWhatWasMade(in parent: String?) {
        for path in made where parent == nil || parent == path.split(separator: "/").dropLast().joined(separator: "/") {
            doubt(path, .directory)
        }
    }

    func isDoubtful(_ path: String) -> Bool {
        doubtful[path] != nil || doubtful.count >= Self.doubtfulMax
    }
}
