/// Connections without association, in the order in which they have begun to wait. Those that have closed or associated
/// since are skipped.
struct WaitingOrder {
    /// A connection that has no association, since this moment of the count.
    struct Entry {
        let number: UInt64
        let since: UInt64
    }

    private var entries: [Entry] = []
    private var start = 0

    /// Entries kept.
    var count: Int { entries.count }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// Takes out the one that has waited longest.
    mutating func takeFirst(where isWaiting: (Entry) -> Bool) -> Entry? {
        while start < entries.count {
            let entry = entries[start]
            start += 1
            if isWaiting(entry) { return entry }
        }
        return nil
    }

    /// Forgets those that no longer wait, once they are the most: the list is at most twice as long as it must be.
    mutating func tidy(connections: Int, where isWaiting: (Entry) -> Bool) {
        guard entries.count > 2 * connections + 1_024 else { return }
        entries.removeFirst(start)
        start = 0
        entries = entries.filter(isWaiting)
    }
}
