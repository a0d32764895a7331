import Glibc

/// The directories that a batch touches, each opened once, one `openat` for each component from the archive's
/// directory downwards, unless it was kept open.
struct DirectoryTree {
    /// A directory, open.
    final class Node {
        let handle: OpenFile
        let path: String
        /// As it was when it was opened; nil: of the archive's directory, or not known.
        let status: FileStatus?
        /// The one it was opened in; nil for the archive's directory, and for one that was kept open.
        let parent: Node?
        /// A name in it was made or found by this batch, and must be durable at its end.
        var isChanged = false
        var failure: ArchiveError?

        init(_ handle: OpenFile, path: String, status: FileStatus?, parent: Node?) {
            self.handle = handle
            self.path = path
            self.status = status
            self.parent = parent
        }

        /// What kept this directory's names, or those on the way to it, from becoming durable.
        var chainFailure: ArchiveError? { failure ?? parent?.chainFailure }

        /// Demands that its names and all on the way to it are synced.
        func distrust() {
            isChanged = true
            parent?.distrust()
        }
    }

    let root: Root
    private let top: Node
    private var nodes: [String: Node] = [:]
    /// The same, in the order in which they were opened, so that syncs have an order too.
    private var opened: [Node]
    var memory: DirectoryMemory
    private let kept: KeptDirectories
    /// Names must be durable, not only there.
    private let isDurable: Bool

    init(
        _ root: Root,
        memory: DirectoryMemory,
        kept: KeptDirectories,
        isDurable: Bool
    ) {
        self.root = root
        self.memory = memory
        self.kept = kept
        self.isDurable = isDurable
        top = Node(root.directory, path: "", status: nil, parent: nil)
        opened = [top]
    }

    var changed: [Node] { opened.filter(\.isChanged) }

    /// A directory, opened by this batch or kept open by an earlier one; made if it is missing.
    mutating func find(_ place: RelativePath) throws(ArchiveError) -> Node {
        let path = place.directory
        if let known = nodes[path] { return known }
        // Where names must be durable, none on the way to it may need a sync.
        guard let found = kept.find(path, in: root), !isDurable || memory.isDurable(found.paths, found.status)
        else { return try open(place.directories) }
        let node = Node(found.handle, path: path, status: found.status, parent: nil)
        nodes[path] = node
        opened.append(node)
        return node
    }

    /// Opens a directory, and all on the way to it; made if they are missing.
    mutating func open(_ components: [String]) throws(ArchiveError) -> Node {
        var node = top
        var paths: [String] = []
        for component in components {
            let path = node.path.isEmpty ? component : "\(node.path)/\(component)"
            paths.append(path)
            if let known = nodes[path], known.parent != nil {
                node = known
                continue
            }
            guard !memory.isDoubtful(path) else {
                throw ArchiveError(.io(EIO), "\(path) could not be synced, nor be removed to begin anew")
            }
            let parent = node
            let handle = try openOrMake(component, in: parent.handle, path: path)
            let status = isDurable ? try? handle.disk.status(of: handle.descriptor) : nil
            node = Node(handle, path: path, status: status, parent: parent)
            nodes[path] = node
            opened.append(node)
            if !memory.isDurable(path, status) { parent.isChanged = true }
        }
        kept.keep(node.handle, paths, in: root)
        return node
    }

    /// Another process has removed a directory, or one on the way to it: the next to be found there is opened anew.
    mutating func forget(_ place: RelativePath) {
        var path = ""
        for component in place.directories {
            path = path.isEmpty ? component : "\(path)/\(component)"
            nodes[path] = nil
        }
        kept.clear()
    }

    private mutating func openOrMake(
        _ name: String,
        in parent: OpenFile,
        path: String
    ) throws(ArchiveError) -> OpenFile {
        do throws(SystemError) {
            return try OpenFile(directory: name, in: parent)
        } catch {
            guard error.code == ENOENT else { throw ArchiveError(error, doing: "open \(path)") }
        }
        try attempt("make \(path)") { () throws(SystemError) in
            // Another process may make it first; then it is as new to us.
            try ignoring(EEXIST) { () throws(SystemError) in
                try root.disk.makeDirectory(name, in: parent.descriptor)
            }
        }
        memory.make(path)
        return try attempt("open \(path)") { () throws(SystemError) in
            try OpenFile(directory: name, in: parent)
        }
    }

    /// Makes every name that appeared durable. What could not be is told by `chainFailure` of its directory.
    mutating func synchronize(wholeFileSystem: Bool) {
        let changed = changed
        if wholeFileSystem {
            do throws(SystemError) {
                try root.synchronizeNames()
            } catch {
                for node in changed { node.failure = ArchiveError(error, doing: "sync the directories") }
            }
        } else {
            for node in changed {
                do throws(SystemError) {
                    try node.handle.synchronize(.everything)
                } catch {
                    node.failure = ArchiveError(error, doing: "sync the directory \(node.path)")
                }
            }
        }
        believe(changed)
        for node in changed where node.failure != nil {
            // Also what an earlier batch made there, and this one has nothing to do with.
            memory.doubtWhatWasMade(in: wholeFileSystem ? nil : node.path)
        }
        for node in opened {
            guard let parent = node.parent else { continue }
            let path = node.path
            if parent.chainFailure != nil {
                // Whatever is beneath goes first when its directory is to be made anew.
                if memory.made.contains(path) { memory.doubt(path, .directory) }
            } else if parent.isChanged {
                memory.remember(path, node.status)
            }
        }
    }

    /// Believes that syncs have succeeded only if the file system still takes something new.
    ///
    /// When the commit of a journal fails, the names in it are lost, and the sync that waited for it is told; if none
    /// did, none is. A sync that comes later finds nothing left to do, and succeeds. But ext4, XFS and Btrfs give up
    /// before that sync can return: from then on they refuse every new file. So one is made after the syncs, and
    /// dropped.
    private func believe(_ synced: [Node]) {
        let synced = synced.filter { $0.failure == nil }
        guard !synced.isEmpty else { return }
        do throws(SystemError) {
            _ = try Temporary(in: root)
        } catch {
            for node in synced { node.failure = ArchiveError(error, doing: "make a file after the syncs") }
        }
    }

    /// Takes back what could not be made durable: files first, then the directories made for them.
    mutating func removeDoubtful() {
        guard root.role == .node else { return }
        // What a directory holds sorts behind it, and goes first.
        for (path, doubt) in memory.doubtful.sorted(by: { $0.key > $1.key }) where doubt != .replaced {
            do throws(SystemError) {
                try ignoring(ENOENT) { () throws(SystemError) in try remove(path, isDirectory: doubt == .directory) }
                memory.doubtful[path] = nil
                nodes[path] = nil
            } catch {
                // It stays doubtful, and is tried again with the next batch.
            }
        }
    }

    private func remove(_ path: String, isDirectory: Bool) throws(SystemError) {
        var components = path.split(separator: "/").map(String.init)
        guard let name = components.popLast() else { return }
        var directory = root.directory
        for component in components { directory = try OpenFile(directory: component, in: directory) }
        if isDirectory {
            try root.disk.removeDirectory(name, in: directory.descriptor)
        } else {
            try root.disk.remove(name, in: directory.descriptor)
        }
    }
}
