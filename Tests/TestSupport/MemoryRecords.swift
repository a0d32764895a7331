package import Instances
import Synchronization

/// Records in memory, that outlive what a test ends, and fail where a test says so.
package final class MemoryRecords: RecordStore {
    private let stored = Mutex<[String: [UInt8]]>([:])
    private let failure: @Sendable (String) -> StoreError?

    /// - Parameter failure: Given the operation, `put`, `remove`, `names` or `record`: the error that it throws.
    package init(failure: @escaping @Sendable (_ operation: String) -> StoreError? = { _ in nil }) {
        self.failure = failure
    }

    /// By name.
    package var all: [String: [UInt8]] { stored.withLock { $0 } }

    package func put(_ record: [UInt8], as name: String) async throws(StoreError) {
        if let error = failure("put") { throw error }
        stored.withLock { $0[name] = record }
    }

    package func remove(_ name: String) async throws(StoreError) {
        if let error = failure("remove") { throw error }
        stored.withLock { $0[name] = nil }
    }

    package func names() async throws(StoreError) -> [String] {
        if let error = failure("names") { throw error }
        return stored.withLock { Array($0.keys) }
    }

    package func record(_ name: String, atMost most: Int) async throws(StoreError) -> [UInt8]? {
        if let error = failure("record") { throw error }
        return stored.withLock { $0[name] }.map { Array($0.prefix(most)) }
    }
}
