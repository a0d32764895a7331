import Index
import Instances
import NIOPosix

/// Finds instances by the index, and by the archive's files where that does not know them: while it is behind, and for
/// what was brought in without it.
struct IndexedLookup: InstanceLookup {
    private let index: Index
    private let files: any InstanceLookup

    init(_ index: Index, else files: any InstanceLookup) {
        self.index = index
        self.files = files
    }

    func copies(of sopInstanceUIDs: Set<String>) async throws(StoreError) -> [String: [String]] {
        var known = await indexed(sopInstanceUIDs)
        let others = sopInstanceUIDs.filter { known[$0] == nil }
        guard !others.isEmpty else { return known }
        known.merge(try await files.copies(of: others)) { first, _ in first }
        return known
    }

    /// What the index is sure of; on a thread of its own, because it waits for the database.
    private func indexed(_ sopInstanceUIDs: Set<String>) async -> [String: [String]] {
        guard !index.status.isBehind else { return [:] }
        let index = index
        let found = try? await NIOThreadPool.singleton.runIfActive {
            var found: [String: [String]] = [:]
            for uid in sopInstanceUIDs {
                guard let copies = index.copies(of: uid), !copies.isEmpty else { continue }
                found[uid] = copies
            }
            return found
        }
        return found ?? [:]
    }
}
