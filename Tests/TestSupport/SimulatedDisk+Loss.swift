import Archive
import Synchronization

extension SimulatedDisk.State {
    // MARK: Syncs that fail

    /// An operation has failed: if it was a sync, part of what it covers is lost.
    mutating func fail(_ operation: SimulatedDisk.Operation) {
        guard case .sync(let number, let extent) = operation, let handle = handles[number] else { return }
        if traits.hasJournal, generator.oneIn(2) { return giveUp() }
        switch extent {
        case .fileSystem: loseSomeWriteBack(tellingTo: number)
        case .data, .everything:
            if nodes[handle.node]?.isDirectory == true {
                loseNames { $0.touches(handle.node) }
            } else {
                loseBytes(of: handle.node)
            }
            handles[number]?.seenErrors = nodes[handle.node]?.errors ?? 0
            nodes[handle.node]?.isTold = true
        }
    }

    /// Write-back fails for some files, and if it is a sync that fails, perhaps for all names. `tellingTo` is told now.
    mutating func loseSomeWriteBack(tellingTo number: Int32? = nil) {
        for node in nodes.keys.sorted() where nodes[node]?.unsynced.isEmpty == false && generator.oneIn(2) {
            loseBytes(of: node)
        }
        if number != nil, generator.oneIn(2) { loseNames { _ in true } }
        errors += 1
        isTold = number != nil
        if let number { handles[number]?.seenDiskErrors = errors }
    }

    /// A commit of the journal fails, and with it goes what it was to make durable. No sync tells of it afterwards.
    mutating func giveUp() {
        hasGivenUp = true
        for change in changes where generator.oneIn(2) { makeStable(change) }
        changes = []
        // The bytes may be on the disk, and where they are was in the commit.
        for node in nodes.keys.sorted() where nodes[node]?.unsynced.isEmpty == false && generator.oneIn(2) {
            nodes[node]?.unsynced = []
        }
    }

    /// Whether a disk that has given up refuses an operation. A sync that finds something to do has to fail.
    func refuses(_ operation: SimulatedDisk.Operation) -> Bool {
        guard hasGivenUp else { return false }
        switch operation {
        case .other: return false
        case .change: return true
        case .sync(let number, let extent):
            guard let handle = handles[number] else { return false }
            return extent == .fileSystem
                ? nodes.values.contains { !$0.unsynced.isEmpty } : nodes[handle.node]?.unsynced.isEmpty == false
        }
    }

    private mutating func loseBytes(of node: Int) {
        for range in nodes[node]?.unsynced ?? [] where generator.oneIn(2) { writeBack(range, of: node) }
        nodes[node]?.unsynced = []
        nodes[node]?.errors += 1
        nodes[node]?.isTold = false
    }

    private mutating func loseNames(where isLost: (SimulatedDisk.NameChange) -> Bool) {
        for change in changes where isLost(change) {
            if generator.oneIn(2) { makeStable(change) }
            for edit in change.edits {
                nodes[edit.directory]?.errors += 1
                nodes[edit.directory]?.isTold = false
            }
        }
        changes.removeAll(where: isLost)
    }

    // MARK: Syncs that succeed

    mutating func writeBack(_ range: Range<Int>, of node: Int) {
        guard let content = nodes[node]?.content, var stable = nodes[node]?.stable else { return }
        if stable.count < range.upperBound {
            stable += [UInt8](repeating: 0, count: range.upperBound - stable.count)
        }
        stable.replaceSubrange(range, with: content[range])
        nodes[node]?.stable = stable
    }

    mutating func synchronize(_ number: Int32, _ extent: SyncExtent) -> Result<Void, SystemError> {
        guard let handle = handles[number] else { return .failure(SystemError(code: 9)) }  // EBADF
        guard !traits.lies else { return .success(()) }
        if extent == .fileSystem {
            for node in nodes.keys.sorted() {
                for range in nodes[node]?.unsynced ?? [] { writeBack(range, of: node) }
                nodes[node]?.unsynced = []
            }
            for change in changes { makeStable(change) }
            changes = []
            guard handle.seenDiskErrors == errors else {
                handles[number]?.seenDiskErrors = errors
                isTold = true
                return .failure(SystemError(code: 5))
            }
            return .success(())
        }
        for range in nodes[handle.node]?.unsynced ?? [] { writeBack(range, of: handle.node) }
        nodes[handle.node]?.unsynced = []
        for change in changes where change.touches(handle.node) { makeStable(change) }
        changes.removeAll { $0.touches(handle.node) }
        return tellError(to: number)
    }

    /// A failed write-back is reported once to each descriptor that was open, and to the next one if to none yet.
    mutating func tellError(to number: Int32) -> Result<Void, SystemError> {
        guard let handle = handles[number], let errors = nodes[handle.node]?.errors else {
            return .failure(SystemError(code: 9))
        }
        guard handle.seenErrors == errors else {
            handles[number]?.seenErrors = errors
            nodes[handle.node]?.isTold = true
            return .failure(SystemError(code: 5))
        }
        return .success(())
    }
}

extension SimulatedDisk {
    package enum Crash: CaseIterable, Sendable {
        /// The process was killed.
        case process
        /// The power was cut; what no sync covered is kept, dropped or torn as the seed says.
        case power
        /// The power was cut, and nothing is left but what was synced.
        case powerLosingAll
    }

    /// Starts again after a crash, with other faults; the operations are counted anew.
    package func restart(after crash: Crash, faults: FaultPlan = FaultPlan()) {
        state.withLock { state in
            state.handles = [:]
            for node in Array(state.nodes.keys) { state.nodes[node]?.isLocked = false }
            switch crash {
            case .process where state.hasGivenUp: break  // It stays mounted, and shows what it showed.
            case .process: state.forgetLost()
            case .power, .powerLosingAll:
                state.cutPower(keeping: crash == .power)
                state.hasGivenUp = false
            }
            state.collect()
            state.hasCrashed = false
            state.operationCount = 0
            state.faults = faults
        }
    }

    /// Ends all faults.
    package func heal() { fail(with: FaultPlan()) }

    /// Other faults from now on.
    package func fail(with faults: FaultPlan) { state.withLock { $0.faults = faults } }

    /// These operations fail from now on.
    package func refuse(_ operations: [String: Int32]) { state.withLock { $0.traits.refused = operations } }
    /// Sets the clock, also back: what one thread reads may be older than what another has kept.
    package func setTime(_ time: UInt64) { state.withLock { $0.time = time } }

    /// The disk is of another size from now on.
    package func setCapacity(_ bytes: Int) { state.withLock { $0.traits.capacity = bytes } }
}

extension SimulatedDisk.State {
    /// Shows what is on stable storage or still to be written.
    fileprivate mutating func forgetLost() {
        for node in Array(nodes.keys) {
            guard var found = nodes[node] else { continue }
            found.names = found.stableNames
            let written = found.unsynced
            let content = found.content
            found.content = found.stable
            for range in written {
                if found.content.count < range.upperBound {
                    found.content += [UInt8](repeating: 0, count: range.upperBound - found.content.count)
                }
                found.content.replaceSubrange(range, with: content[range])
            }
            nodes[node] = found
        }
        for change in changes { for edit in change.edits { nodes[edit.directory]?.names[edit.name] = edit.node } }
    }

    fileprivate mutating func cutPower(keeping: Bool) {
        // From one crash to another, much or little survives.
        let odds = keeping ? Int.random(in: 0...4, using: &generator) : 0
        for change in changes where Int.random(in: 0..<4, using: &generator) < odds { makeStable(change) }
        changes = []
        for node in nodes.keys.sorted() {
            for range in nodes[node]?.unsynced ?? [] where Int.random(in: 0..<4, using: &generator) < odds {
                let isTorn = generator.oneIn(3)
                let end =
                    isTorn ? Int.random(in: range.lowerBound...range.upperBound, using: &generator) : range.upperBound
                writeBack(range.lowerBound..<end, of: node)
            }
            guard let found = nodes[node] else { continue }
            nodes[node]?.unsynced = []
            nodes[node]?.content = found.stable
            nodes[node]?.names = found.stableNames
        }
    }
}
