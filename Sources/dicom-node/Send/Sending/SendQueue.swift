import Synchronization

/// The files of a batch that no association has taken yet. All associations of the batch take from it, so that one
/// which the peer refuses leaves its share to the others.
final class SendQueue: Sendable {
    /// A file to send.
    struct Entry: Sendable {
        var file: InstanceFile
        /// Associations that ended before the peer answered it, those excused left out.
        var failures = 0
        /// An association ended at it that had answered others: that may have been no fault of this file, and is
        /// excused once.
        var isExcused = false
    }

    private struct State {
        var entries: [Entry]
        var next = 0
        var associations = 0
        var wasAssociated = false
        var reason = "no association"
    }

    private let state: Mutex<State>

    init(_ files: [InstanceFile]) {
        state = Mutex(State(entries: files.map { Entry(file: $0) }))
    }

    var isEmpty: Bool { state.withLock { $0.next == $0.entries.count } }
    /// An association exists now.
    var isServed: Bool { state.withLock { $0.associations > 0 } }
    /// An association has existed: the peer is there, and takes our titles.
    var wasAssociated: Bool { state.withLock { $0.wasAssociated } }
    /// Why the last association that was given up could not be.
    var reason: String { state.withLock { $0.reason } }

    func next() -> Entry? {
        state.withLock { state in
            guard state.next < state.entries.count else { return nil }
            defer { state.next += 1 }
            return state.entries[state.next]
        }
    }

    /// Has the file sent again: after all others, or first of all.
    func putBack(_ entry: Entry, first: Bool) {
        state.withLock { state in
            if first, state.next > 0 {
                state.next -= 1
                state.entries[state.next] = entry
            } else {
                state.entries.append(entry)
            }
        }
    }

    func associationBegan() {
        state.withLock { state in
            state.associations += 1
            state.wasAssociated = true
        }
    }

    func associationEnded() {
        state.withLock { $0.associations -= 1 }
    }

    func giveUp(_ reason: String) {
        state.withLock { $0.reason = reason }
    }

    /// Takes all that is left.
    func drain() -> [InstanceFile] {
        state.withLock { state in
            defer { state.next = state.entries.count }
            return state.entries[state.next...].map(\.file)
        }
    }
}
