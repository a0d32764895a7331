import Archive

extension SimulatedDisk {
    /// A file or directory: as it is seen, and as it is on stable storage.
    struct Node: Sendable {
        var isDirectory: Bool
        var content: [UInt8] = []
        var stable: [UInt8] = []
        /// Writes that no sync has covered yet.
        var unsynced: [Range<Int>] = []
        var names: [String: Int] = [:]
        var stableNames: [String: Int] = [:]
        var attributes: [String: [UInt8]] = [:]
        /// Counts failed write-backs.
        var errors = 0
        /// The last of them was reported by a call.
        var isTold = true
        var isLocked = false
    }

    struct Handle: Sendable {
        var node: Int
        /// Of the node's errors, and the disk's, those that this descriptor was told.
        var seenErrors: Int
        var seenDiskErrors: Int
    }

    /// A change of names that is durable as a whole or not at all.
    struct NameChange: Sendable {
        var edits: [(directory: Int, name: String, node: Int?)]
        func touches(_ directory: Int) -> Bool { edits.contains { $0.directory == directory } }
    }

    struct State: Sendable {
        static let dead = SystemError(code: 5)  // EIO
        static let readOnly = SystemError(code: 30)  // EROFS
        static let root = 1

        var generator: SeededGenerator
        var traits: Traits
        var faults: FaultPlan
        var nodes: [Int: Node] = [root: Node(isDirectory: true)]
        var nextNode = 2
        var handles: [Int32: Handle] = [:]
        var nextHandle: Int32 = 3
        var changes: [NameChange] = []
        var errors = 0
        var isTold = true
        var operationCount = 0
        var hasCrashed = false
        var hasGivenUp = false
        var nextWriteIsShort = false
        var time: UInt64 = 0

        init(seed: UInt64, traits: Traits, faults: FaultPlan) {
            generator = SeededGenerator(seed: seed)
            self.traits = traits
            self.faults = faults
        }

        mutating func make(_ node: Node) -> Int {
            defer { nextNode += 1 }
            nodes[nextNode] = node
            return nextNode
        }

        mutating func open(_ node: Int) -> Result<Descriptor, SystemError> {
            guard handles.count < traits.descriptorsMax else { return .failure(SystemError(code: 24)) }  // EMFILE
            defer { nextHandle += 1 }
            // What no call has reported yet, the next one reports.
            let errors = nodes[node].map { $0.isTold ? $0.errors : $0.errors - 1 } ?? 0
            handles[nextHandle] = Handle(
                node: node,
                seenErrors: errors,
                seenDiskErrors: isTold ? self.errors : self.errors - 1
            )
            return .success(Descriptor(number: nextHandle))
        }

        /// A directory that was removed while it is open: it takes no names any more.
        func isRemoved(_ directory: Int) -> Bool {
            directory != Self.root && !nodes.values.contains { $0.names.values.contains(directory) }
        }

        /// Changes names as they are seen; durable later, all or none.
        mutating func change(_ edits: [(directory: Int, name: String, node: Int?)]) {
            for edit in edits { nodes[edit.directory]?.names[edit.name] = edit.node }
            changes.append(NameChange(edits: edits))
        }

        mutating func makeStable(_ change: NameChange) {
            for edit in change.edits { nodes[edit.directory]?.stableNames[edit.name] = edit.node }
        }

        /// The node that a path leads to, as it is seen or as it is on stable storage.
        func node(atPath path: String, stable: Bool = false) -> Int? {
            var node = State.root
            for component in path.split(separator: "/") where component != "." {
                let names = stable ? nodes[node]?.stableNames : nodes[node]?.names
                guard let next = names?[String(component)] else { return nil }
                node = next
            }
            return node
        }

        /// Bytes that may still be written.
        var room: Int {
            mutating get {
                guard traits.capacity < .max else { return .max }
                collect()
                return max(0, traits.capacity - nodes.values.reduce(0) { $0 + $1.content.count })
            }
        }

        /// What no path or descriptor reaches any more is gone.
        mutating func collect() {
            var reached: Set<Int> = Set(handles.values.map(\.node))
            reached.insert(State.root)
            var next = Array(reached)
            while let node = next.popLast() {
                guard let found = nodes[node] else { continue }
                for child in Array(found.names.values) + Array(found.stableNames.values)
                where reached.insert(child).inserted { next.append(child) }
            }
            for change in changes { for edit in change.edits { if let node = edit.node { reached.insert(node) } } }
            nodes = nodes.filter { reached.contains($0.key) }
        }
    }
}
