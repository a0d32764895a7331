import Dispatch
import Instances
import Synchronization

/// Instances that are archived and have no row yet, on their way to the writer.
///
/// An instance for which there is no room is dropped, and its folder is remembered: the writer reads that later.
///
/// *Resources*: at most `IndexLimits.queuedInstances` of them, with attributes of `queuedBytes`, and as many again that
/// the writer has taken. Any thread may call.
final class IndexQueue: Sendable {
    /// What was not taken.
    struct Missed: Equatable, Sendable {
        /// Nil: too many to tell.
        var folders: Set<String>? = []
        var instances = 0

        var isEmpty: Bool { instances == 0 }

        mutating func add(_ path: String) {
            instances += 1
            folders?.insert(IndexedInstance.split(path).directory)
            if let count = folders?.count, count > IndexLimits.missedFolders { folders = nil }
        }

        mutating func add(_ other: Missed) {
            instances += other.instances
            guard let more = other.folders else { return folders = nil }
            folders?.formUnion(more)
            if let count = folders?.count, count > IndexLimits.missedFolders { folders = nil }
        }
    }

    private struct State {
        var waiting: [ArchivedInstance] = []
        var bytes = 0
        /// Taken by the writer, and not in the database yet.
        var taken: [ArchivedInstance] = []
        var missed = Missed()
        var isStopped = false
        /// Seconds since 1970: when the first instance that has no row was received; nil: all have.
        var behindSince: Int?
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    /// Takes what it has room for, and returns at once.
    func add(_ instances: [ArchivedInstance]) {
        let wakes = state.withLock { state in
            let wasEmpty = state.waiting.isEmpty && state.missed.isEmpty
            for instance in instances {
                state.behindSince = state.behindSince ?? instance.received
                let bytes = state.bytes + instance.attributes.byteCount
                if state.waiting.count < IndexLimits.queuedInstances, bytes <= IndexLimits.queuedBytes {
                    state.waiting.append(instance)
                    state.bytes = bytes
                } else {
                    state.missed.add(instance.stored.path)
                }
            }
            return wasEmpty
        }
        if wakes { available.signal() }
    }

    /// The next instances, without waiting. They count as not indexed until ``finish()`` or ``putBack()``.
    func take() -> [ArchivedInstance] {
        state.withLock { state in
            let batch = state.waiting.prefix(IndexLimits.batchInstances)
            state.taken = Array(batch)
            state.waiting.removeFirst(batch.count)
            for instance in batch { state.bytes -= instance.attributes.byteCount }
            return state.taken
        }
    }

    /// What was taken is in the database.
    func finish() {
        state.withLock { state in
            state.taken = []
            state.behindSince = state.missed.isEmpty ? state.waiting.first?.received : state.behindSince
        }
    }

    /// What was taken is not in the database.
    func putBack() {
        state.withLock { state in
            for instance in state.taken { state.bytes += instance.attributes.byteCount }
            state.waiting = state.taken + state.waiting
            state.taken = []
        }
    }

    /// What there was no room for; the caller has to read it from the files.
    func takeMissed() -> Missed {
        state.withLock { state in
            defer { state.missed = Missed() }
            return state.missed
        }
    }

    func putBack(missed: Missed) { state.withLock { $0.missed.add(missed) } }

    /// Waits until there is something to do; false: nothing is left, and the queue was stopped.
    func wait() -> Bool {
        while true {
            let (hasWork, isStopped) = state.withLock { state in
                (!state.waiting.isEmpty || !state.missed.isEmpty, state.isStopped)
            }
            if hasWork { return true }
            if isStopped { return false }
            available.wait()
        }
    }

    /// Waits until the queue is stopped, or the time is over.
    func pause(milliseconds: Int) {
        let deadline = DispatchTime.now() + .milliseconds(milliseconds)
        while !isStopped, available.wait(timeout: deadline) == .success {}
    }

    /// Has the writer end when nothing is left.
    func stop() {
        state.withLock { $0.isStopped = true }
        available.signal()
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// How many instances have no row, and since when: seconds since 1970.
    var lag: (instances: Int, since: Int?) {
        state.withLock { ($0.waiting.count + $0.taken.count + $0.missed.instances, $0.behindSince) }
    }

    func forEachSOPInstanceUID(_ body: (String) -> Void) {
        let instances = state.withLock { $0.taken + $0.waiting }
        for instance in instances { body(instance.keys.sopInstanceUID) }
    }

    /// The paths of an instance that has no row yet.
    func paths(of sopInstanceUID: String) -> [String] {
        state.withLock { state in
            (state.taken + state.waiting).filter { $0.keys.sopInstanceUID == sopInstanceUID }.map(\.stored.path)
        }
    }
}
