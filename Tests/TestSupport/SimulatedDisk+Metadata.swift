package import Archive
import Synchronization
package import SystemPackage

private let badDescriptor = SystemError(code: 9)

extension SimulatedDisk {
    package func synchronize(_ descriptor: Descriptor, _ extent: SyncExtent) throws(SystemError) {
        try perform(.sync(descriptor.number, extent)) { state in state.synchronize(descriptor.number, extent) }
    }

    /// Changes nothing that can be seen.
    package func reserve(_ count: UInt64, at offset: UInt64, of file: Descriptor) {}

    package func writeBack(
        _ file: Descriptor,
        start: Range<UInt64>,
        settle: Range<UInt64>
    ) throws(SystemError) {
        try perform(.sync(file.number, .data)) { state in state.tellError(to: file.number) }
    }

    package func status(of descriptor: Descriptor) throws(SystemError) -> FileStatus {
        try perform(.other) { state in
            guard let node = state.handles[descriptor.number]?.node else { return .failure(badDescriptor) }
            return .success(state.status(of: node))
        }
    }

    package func status(ofPath path: FilePath) throws(SystemError) -> FileStatus {
        try perform(.other) { state in
            guard let node = state.node(atPath: path.string) else { return .failure(SystemError(code: 2)) }
            return .success(state.status(of: node))
        }
    }

    package func volume(of descriptor: Descriptor) throws(SystemError) -> Volume {
        try perform(.other) { state in
            return .success(
                Volume(
                    available: UInt64(state.room),
                    isReadOnly: false,
                    syncIsTrusted: state.traits.syncIsTrusted
                )
            )
        }
    }

    package func lock(_ file: Descriptor) throws(SystemError) {
        try perform(.other) { state -> Result<Void, SystemError> in
            guard let node = state.handles[file.number]?.node else { return .failure(badDescriptor) }
            guard state.nodes[node]?.isLocked == false else { return .failure(SystemError(code: 11)) }  // EWOULDBLOCK
            state.nodes[node]?.isLocked = true
            return .success(())
        }
    }

    package func now() -> UInt64 { state.withLock { $0.time } }

    package func attribute(_ name: String, of file: Descriptor) throws(SystemError) -> [UInt8] {
        try perform(.other) { state in
            guard let node = state.handles[file.number]?.node else { return .failure(badDescriptor) }
            guard let value = state.nodes[node]?.attributes[name] else { return .failure(SystemError(code: 61)) }
            return .success(value)
        }
    }

    package func setAttribute(_ name: String, to value: [UInt8], of file: Descriptor) throws(SystemError) {
        try perform(.other) { state -> Result<Void, SystemError> in
            guard let node = state.handles[file.number]?.node else { return .failure(badDescriptor) }
            state.nodes[node]?.attributes[name] = value
            return .success(())
        }
    }

    // MARK: For the judge

    /// Every file below a path, by its path relative to it, as it is seen.
    package func files(below path: String) -> [String: [UInt8]] {
        state.withLock { state in
            var found: [String: [UInt8]] = [:]
            func walk(_ node: Int, _ path: String) {
                for (name, child) in state.nodes[node]?.names ?? [:] {
                    let path = path.isEmpty ? name : "\(path)/\(name)"
                    if state.nodes[child]?.isDirectory == true {
                        walk(child, path)
                    } else {
                        found[path] = state.nodes[child]?.content
                    }
                }
            }
            if let node = state.node(atPath: path) { walk(node, "") }
            return found
        }
    }

    /// An extended attribute of a file, as it is seen.
    package func attribute(_ name: String, ofPath path: String) -> [UInt8]? {
        state.withLock { state in state.node(atPath: path).flatMap { state.nodes[$0]?.attributes[name] } }
    }

    /// What a power cut would leave of a file at the least; nil: nothing.
    package func stableContent(ofPath path: String) -> [UInt8]? {
        state.withLock { state in
            guard let node = state.node(atPath: path, stable: true) else { return nil }
            return state.nodes[node]?.stable
        }
    }
}

extension SimulatedDisk.State {
    fileprivate func status(of node: Int) -> FileStatus {
        FileStatus(
            device: 1,
            inode: UInt64(node),
            size: UInt64(nodes[node]?.content.count ?? 0),
            isRegular: nodes[node]?.isDirectory == false,
            owner: traits.owner
        )
    }
}
