import Glibc
import Instances

/// Gives the instances of a batch their names, and decides what becomes of those whose name is taken.
struct Placement {
    let configuration: ArchiveConfiguration
    var tree: DirectoryTree
    let lookup: (any CopyLookup)?
    /// Where this batch put files that were nowhere before.
    private var placed: Set<String> = []
    /// Where this batch put instances, by SOP Instance UID: the lookup is not told yet.
    private(set) var placedPaths: [String: [String]] = [:]

    init(configuration: ArchiveConfiguration, tree: DirectoryTree, lookup: (any CopyLookup)? = nil) {
        self.configuration = configuration
        self.tree = tree
        self.lookup = lookup
    }

    /// Copies of one instance; beyond them a sender is at fault.
    private static let copyMax = 9_999
    private static let unreadableMax = 4
    /// Times that a directory may vanish.
    private static let placeMax = 4

    mutating func place(_ entry: inout Entry) {
        do throws(ArchiveError) {
            let path = try configuration.layout.path(for: entry.commit.keys, received: entry.commit.finished.received)
            entry.stored = try place(&entry, path)
            entry.directory?.isChanged = true
        } catch {
            entry.failure = error
        }
    }

    /// Tries again where another process removes the directory, which was empty, before there is a name in it.
    private mutating func place(_ entry: inout Entry, _ path: RelativePath) throws(ArchiveError) -> StoredInstance {
        for _ in 1..<Self.placeMax {
            do throws(ArchiveError) {
                return try placeOnce(&entry, path)
            } catch {
                guard error.kind == .io(ENOENT) else { throw error }
                tree.forget(path)
            }
        }
        return try placeOnce(&entry, path)
    }

    private mutating func placeOnce(_ entry: inout Entry, _ path: RelativePath) throws(ArchiveError) -> StoredInstance {
        entry.directory = try tree.find(path)
        let elsewhere = copiesElsewhere(entry, path)
        if elsewhere.isEmpty, let placed = try link(&entry, path, copy: 1) {
            return StoredInstance(path: placed, outcome: .stored)
        }
        return try settle(&entry, path, elsewhere)
    }

    /// The name is taken, or there are copies elsewhere: the same instance, sent again, or another with its UID.
    private mutating func settle(
        _ entry: inout Entry,
        _ path: RelativePath,
        _ elsewhere: [CopyElsewhere]
    ) throws(ArchiveError) -> StoredInstance {
        for copy in elsewhere where (try? entry.commit.isIdentical(to: copy.file)) == true {
            try secure(copy.file, &entry, copy.place.directories)
            return StoredInstance(path: copy.place.path, outcome: .identical)
        }
        var unreadable = 0
        for copy in 1...Self.copyMax {
            let existing: OpenFile
            do throws(SystemError) {
                existing = try open(path, copy: copy, entry)
            } catch {
                guard error.code == ENOENT else {
                    // Something that cannot be read is not the same. Several are no copies, but a disk at its end.
                    unreadable += 1
                    guard unreadable <= Self.unreadableMax else {
                        throw ArchiveError(error, doing: "open \(path.path(copy: copy))")
                    }
                    continue
                }
                let first = copy == 1 ? elsewhere.first?.place : nil
                if let stored = try apply(configuration.duplicates, &entry, path, free: copy, elsewhere: first) {
                    return stored
                }
                continue
            }
            guard !tree.memory.isDoubtful(path.path(copy: copy)) else { continue }
            guard (try? entry.commit.isIdentical(to: existing)) == true else { continue }
            try secure(existing, &entry, path.directories)
            return StoredInstance(path: path.path(copy: copy), outcome: .identical)
        }
        throw ArchiveError(.io(EEXIST), "there are too many copies of \(path.path(copy: 1))")
    }

    /// No copy is the same.
    ///
    /// - Parameters:
    ///   - copy: The first number that is free.
    ///   - elsewhere: The first copy, if none has the path that the instance would get.
    /// - Returns: Nil if the name was taken meanwhile.
    private mutating func apply(
        _ policy: DuplicatePolicy,
        _ entry: inout Entry,
        _ path: RelativePath,
        free copy: Int,
        elsewhere: ArchivedPath?
    ) throws(ArchiveError) -> StoredInstance? {
        let place = elsewhere ?? ArchivedPath(path)
        let first = place.path
        switch policy {
        case .keepBoth:
            guard let placed = try link(&entry, path, copy: copy) else { return nil }
            return StoredInstance(path: placed, outcome: .keptBeside(copy: copy))
        case .keepFirst:
            let existing = try attempt("open \(first)") { () throws(SystemError) in try tree.root.open(place) }
            guard !tree.memory.isDoubtful(first) else {
                throw ArchiveError(.io(EIO), "\(first) could not be synced")
            }
            try secure(existing, &entry, place.directories)
            return StoredInstance(path: first, outcome: .keptFirst)
        case .replace:
            if elsewhere != nil { entry.directory = try tree.open(place.directories) }
            try attempt("replace \(first)") { () throws(SystemError) in
                guard let directory = entry.directory else { throw SystemError(code: ENOENT) }
                try entry.commit.temporary.replace(place.name, in: directory.handle.descriptor)
            }
            // What it replaced was answered, unless it came with this batch, or a failed one.
            let wasAnswered = !placed.contains(first) && tree.memory.doubtful[first] != .file
            entry.doubtIfNotSynced = wasAnswered ? .replaced : .file
            tree.memory.doubtful[first] = nil
            entry.placedPath = first
            return StoredInstance(path: first, outcome: .replaced)
        case .reject:
            throw ArchiveError(.duplicate, "\(first) is archived with other content")
        }
    }

    /// Gives the instance the name of a copy; its path, or nil if it is taken.
    private mutating func link(
        _ entry: inout Entry,
        _ path: RelativePath,
        copy: Int
    ) throws(ArchiveError) -> String? {
        guard let directory = entry.directory else { return nil }
        do throws(SystemError) {
            try entry.commit.temporary.place(as: path.name(copy: copy), in: directory.handle.descriptor)
        } catch {
            guard error.code != EEXIST else { return nil }
            throw ArchiveError(error, doing: "name \(path.path(copy: copy))")
        }
        let placed = path.path(copy: copy)
        if !tree.memory.doubtful.isEmpty { tree.memory.doubtful[placed] = nil }
        // Only `replace` asks.
        if configuration.duplicates == .replace { self.placed.insert(placed) }
        entry.placedPath = placed
        if lookup != nil { placedPaths[entry.commit.keys.sopInstanceUID, default: []].append(placed) }
        return placed
    }

    private func open(_ path: RelativePath, copy: Int, _ entry: Entry) throws(SystemError) -> OpenFile {
        guard let directory = entry.directory else { throw SystemError(code: ENOENT) }
        return try OpenFile(on: directory.handle.disk) { disk throws(SystemError) in
            try disk.openFile(path.name(copy: copy), in: directory.handle.descriptor)
        }
    }

    /// A file that stands for the instance must be as durable as the instance would be: what filed it may not have
    /// synced it yet, nor the directories on the way.
    private mutating func secure(
        _ existing: OpenFile,
        _ entry: inout Entry,
        _ directories: [String]
    ) throws(ArchiveError) {
        guard configuration.sync == .always else { return }
        try attempt("sync the copy that is archived") { () throws(SystemError) in
            try existing.synchronize(.everything)
        }
        let directory = try tree.open(directories)
        directory.distrust()
        entry.directory = directory
    }

    /// After the directories' sync: what failed is taken back.
    mutating func judge(_ entry: inout Entry) {
        guard entry.failure == nil, let failure = entry.directory?.chainFailure else { return }
        entry.failure = failure
        if let path = entry.placedPath { tree.memory.doubt(path, entry.doubtIfNotSynced) }
    }
}
