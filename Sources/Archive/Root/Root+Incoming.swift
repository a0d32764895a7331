import Glibc
import Synchronization
import SystemPackage

/// `incoming` (or `adopting`) holds what has no final name yet. Tools that clean up (`find -type d -empty -delete`) may
/// remove it, and others may put things into it (`@eaDir`): what is missing is made again, and what is not the
/// archive's is left alone.
extension Root {
    static func incomingPath(in path: FilePath, of role: ArchiveRole) -> FilePath {
        path.appending(ownDirectory).appending(role.incomingName)
    }

    var incomingPath: FilePath { Root.incomingPath(in: path, of: role) }

    /// Runs an operation in `incoming`; once more, if that was removed, in one made for it.
    func inIncoming<Value>(
        _ operation: (OpenFile) throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        let known = incomingDirectory.withLock { $0 }
        do throws(SystemError) {
            return try operation(known)
        } catch {
            guard error.code == ENOENT, let made = makeIncomingAgain(insteadOf: known) else { throw error }
            return try operation(made)
        }
    }

    /// - Returns: Nil if it was not removed, or cannot be made.
    private func makeIncomingAgain(insteadOf known: OpenFile) -> OpenFile? {
        incomingDirectory.withLock { current -> OpenFile? in
            // Another thread may have made it meanwhile.
            guard current === known else { return current }
            let doing = "make \(incomingPath)"
            guard let own = try? Root.ensure(Root.ownDirectory, in: directory, doing),
                let made = try? Root.ensure(role.incomingName, in: own, doing)
            else { return nil }
            // What was not found is something else, if this is the same directory as before.
            guard let old = try? disk.status(of: known.descriptor), let new = try? disk.status(of: made.descriptor),
                old.device != new.device || old.inode != new.inode
            else { return nil }
            current = made
            report(ArchiveRemark(.warning, "\(incomingPath) was removed, and is made again"))
            return made
        }
    }

    /// Removes what an earlier process left half-written: regular files that have a name of the archive's making.
    func sweep(_ incoming: OpenFile) throws(ArchiveError) {
        let incomingPath = incomingPath
        let names = try attempt("list \(incomingPath)") { () throws(SystemError) in
            try disk.names(in: incoming.descriptor)
        }
        var others: [String] = []
        for name in names {
            guard Temporary.isFreshName(name), isRegular(name, in: incoming) else {
                others.append(name)
                continue
            }
            try attempt("remove \(incomingPath)/\(name)") { () throws(SystemError) in
                try ignoring(ENOENT) { () throws(SystemError) in try disk.remove(name, in: incoming.descriptor) }
            }
        }
        guard !others.isEmpty else { return }
        report(
            ArchiveRemark(.information, "left alone, since not the node's: \(Root.some(of: others)) in \(incomingPath)")
        )
    }

    private func isRegular(_ name: String, in directory: OpenFile) -> Bool {
        let status = try? SystemError.retrying { () throws(SystemError) in
            let file = try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.openFile(name, in: directory.descriptor)
            }
            return try disk.status(of: file.descriptor)
        }
        return status?.isRegular == true
    }

    /// The first of some names, for people.
    static func some(of names: [String]) -> String {
        let named = names.sorted().prefix(namedMax)
        let rest = names.count - named.count
        return named.joined(separator: ", ") + (rest == 0 ? "" : " and \(rest) more")
    }

    private static let namedMax = 3
}
