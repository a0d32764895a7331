package import Archive
package import Glibc
import Synchronization
package import SystemPackage

private let noSuchFile = SystemError(code: 2)
private let badDescriptor = SystemError(code: 9)
private let exists = SystemError(code: 17)
private let notADirectory = SystemError(code: 20)
private let isADirectory = SystemError(code: 21)

extension SimulatedDisk {
    package func openDirectory(at path: FilePath) throws(SystemError) -> Descriptor {
        try perform(.other) { state in state.openDirectory(state.node(atPath: path.string)) }
    }

    package func openDirectory(_ name: String, in parent: Descriptor) throws(SystemError) -> Descriptor {
        try perform(.other) { state in state.openDirectory(state.find(name, in: parent)) }
    }

    package func openFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor {
        try perform(.other) { state in
            guard let node = state.find(name, in: directory) else { return .failure(noSuchFile) }
            return state.open(node)
        }
    }

    package func createFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor {
        try perform(.change) { state in
            guard let parent = state.handles[directory.number]?.node else { return .failure(badDescriptor) }
            guard state.find(name, in: directory) == nil else { return .failure(exists) }
            guard !state.isRemoved(parent) else { return .failure(noSuchFile) }
            let opened = state.open(state.make(Node(isDirectory: false)))
            if case .success(let descriptor) = opened, let node = state.handles[descriptor.number]?.node {
                state.change([(parent, name, node)])
            }
            return opened
        }
    }

    package func createNamelessFile(in directory: Descriptor) throws(SystemError) -> Descriptor {
        try perform(.change) { state in
            guard state.traits.hasNamelessFiles else { return .failure(SystemError(code: 95)) }  // EOPNOTSUPP
            return state.open(state.make(Node(isDirectory: false)))
        }
    }

    package func makeDirectory(at path: FilePath) throws(SystemError) {
        try perform(.change) { state -> Result<Void, SystemError> in
            guard let name = path.lastComponent?.string else { return .failure(exists) }
            return state.makeDirectory(name, in: state.node(atPath: path.removingLastComponent().string))
        }
    }

    package func makeDirectory(_ name: String, in parent: Descriptor) throws(SystemError) {
        try perform(.change) { state in state.makeDirectory(name, in: state.handles[parent.number]?.node) }
    }

    /// Never fails, and is no place to crash: nothing on the disk changes.
    package func close(_ descriptor: Descriptor) {
        state.withLock { state in
            guard let node = state.handles.removeValue(forKey: descriptor.number)?.node else { return }
            if !state.handles.values.contains(where: { $0.node == node }) { state.nodes[node]?.isLocked = false }
        }
    }

    package func write(_ slices: UnsafeBufferPointer<iovec>, to file: Descriptor) throws(SystemError) -> Int {
        var bytes: [UInt8] = []
        for slice in slices { bytes += UnsafeRawBufferPointer(start: slice.iov_base, count: slice.iov_len) }
        return try perform(.change) { [bytes] state in
            guard let node = state.handles[file.number]?.node else { return .failure(badDescriptor) }
            var taken = bytes[...]
            if state.nextWriteIsShort { taken = taken.prefix((taken.count + 1) / 2) }
            let room = state.room
            guard room > 0 else { return .failure(SystemError(code: 28)) }  // ENOSPC
            taken = taken.prefix(room)
            let start = state.nodes[node]?.content.count ?? 0
            state.nodes[node]?.content += taken
            if !taken.isEmpty { state.nodes[node]?.unsynced.append(start..<start + taken.count) }
            return .success(taken.count)
        }
    }

    package func read(
        into bytes: UnsafeMutableRawBufferPointer,
        from file: Descriptor,
        at offset: UInt64
    ) throws(SystemError) -> Int {
        let count = bytes.count
        let chunk = try perform(.other) { state -> Result<[UInt8], SystemError> in
            guard let handle = state.handles[file.number], let node = state.nodes[handle.node] else {
                return .failure(badDescriptor)
            }
            guard !node.isDirectory else { return .failure(isADirectory) }
            return .success(Array(node.content.dropFirst(Int(offset)).prefix(count)))
        }
        bytes.copyBytes(from: chunk)
        return chunk.count
    }

    package func link(_ file: Descriptor, as name: String, in directory: Descriptor) throws(SystemError) {
        try perform(.change) { state -> Result<Void, SystemError> in
            guard let node = state.handles[file.number]?.node, let parent = state.handles[directory.number]?.node
            else { return .failure(badDescriptor) }
            guard state.find(name, in: directory) == nil else { return .failure(exists) }
            guard !state.isRemoved(parent) else { return .failure(noSuchFile) }
            state.change([(parent, name, node)])
            return .success(())
        }
    }

    package func rename(
        _ name: String,
        in directory: Descriptor,
        to newName: String,
        in newDirectory: Descriptor,
        replacing: Bool
    ) throws(SystemError) {
        try perform(.change) { state -> Result<Void, SystemError> in
            guard let node = state.find(name, in: directory) else { return .failure(noSuchFile) }
            guard let old = state.handles[directory.number]?.node, let new = state.handles[newDirectory.number]?.node
            else { return .failure(badDescriptor) }
            guard !state.isRemoved(new) else { return .failure(noSuchFile) }
            guard replacing || state.find(newName, in: newDirectory) == nil else { return .failure(exists) }
            state.change([(old, name, nil), (new, newName, node)])
            return .success(())
        }
    }

    package func remove(_ name: String, in directory: Descriptor) throws(SystemError) {
        try perform(.change) { state -> Result<Void, SystemError> in
            guard let node = state.find(name, in: directory), let parent = state.handles[directory.number]?.node
            else { return .failure(noSuchFile) }
            guard state.nodes[node]?.isDirectory == false else { return .failure(isADirectory) }
            state.change([(parent, name, nil)])
            return .success(())
        }
    }

    package func removeDirectory(_ name: String, in parent: Descriptor) throws(SystemError) {
        try perform(.change) { state -> Result<Void, SystemError> in
            guard let node = state.find(name, in: parent), let parent = state.handles[parent.number]?.node
            else { return .failure(noSuchFile) }
            guard state.nodes[node]?.names.isEmpty == true else { return .failure(SystemError(code: 39)) }  // ENOTEMPTY
            state.change([(parent, name, nil)])
            return .success(())
        }
    }

    package func names(in directory: Descriptor) throws(SystemError) -> [String] {
        try perform(.other) { state in
            guard let node = state.handles[directory.number]?.node else { return .failure(badDescriptor) }
            return .success(state.nodes[node]?.names.keys.sorted() ?? [])
        }
    }
}

extension SimulatedDisk.State {
    fileprivate mutating func openDirectory(_ found: Int?) -> Result<Descriptor, SystemError> {
        guard let found else { return .failure(noSuchFile) }
        guard nodes[found]?.isDirectory == true else { return .failure(notADirectory) }
        return open(found)
    }

    fileprivate mutating func makeDirectory(_ name: String, in parent: Int?) -> Result<Void, SystemError> {
        guard let parent, nodes[parent]?.isDirectory == true else { return .failure(noSuchFile) }
        guard nodes[parent]?.names[name] == nil else { return .failure(exists) }
        guard !isRemoved(parent) else { return .failure(noSuchFile) }
        change([(parent, name, make(SimulatedDisk.Node(isDirectory: true)))])
        return .success(())
    }

    /// A name in an open directory.
    fileprivate func find(_ name: String, in parent: Descriptor) -> Int? {
        guard let directory = handles[parent.number]?.node else { return nil }
        return nodes[directory]?.names[name]
    }
}
