package import Instances
import NIOCore
import Synchronization

/// A store that keeps instances in memory, and fails or waits where a test says so.
///
/// It holds its caller to the contract: calls one after the other, none after the end, the digest that of the bytes.
/// ``violations`` tells what was not kept.
package final class MemoryStore: InstanceStore {
    /// One call of an operation.
    package struct Call: Sendable {
        package enum Operation: Sendable { case append, commit, discard, open, read }
        package var operation: Operation
        /// Among all calls, from 1.
        package var number: Int
        /// Among the calls of this operation, from 1.
        package var numberOfItsKind: Int
    }

    /// An instance that is stored.
    package struct Instance: Sendable {
        package var head: FileMetaInformation
        package var dataSet: [UInt8]
        package var digest: String?
        package var attributes: [String: String]
    }

    fileprivate struct State {
        var instances: [String: Instance] = [:]
        var calls: [Call] = []
        /// Objects that have begun and not ended.
        var pending = 0
        var violations: [String] = []
    }

    package let digestAlgorithm: DigestAlgorithm
    private let state = Mutex(State())
    private let before: @Sendable (Call) async -> StoreError?
    private let after: @Sendable (Call) -> Void

    /// - Parameters:
    ///   - before: Called before each operation; may wait; the operation fails with the error that it returns.
    ///   - after: Called when an operation has succeeded.
    package init(
        digestAlgorithm: DigestAlgorithm = .xxh3,
        before: @escaping @Sendable (Call) async -> StoreError? = { _ in nil },
        after: @escaping @Sendable (Call) -> Void = { _ in }
    ) {
        self.digestAlgorithm = digestAlgorithm
        self.before = before
        self.after = after
    }

    /// A store whose call with this number, from 1, fails.
    package convenience init(failing number: Int, with error: StoreError = .test) {
        self.init(before: { $0.number == number ? error : nil })
    }

    /// A store that, as the seed says, fails in one of so many calls, and lets other tasks go on before any.
    package convenience init(seed: UInt64, failingOneIn odds: Int) {
        let generator = Mutex(SeededGenerator(seed: seed))
        self.init(before: { call in
            let (fails, turns) = generator.withLock { generator in
                (generator.oneIn(odds), Int.random(in: 0...3, using: &generator))
            }
            for _ in 0..<turns { await Task.yield() }
            // Dropping something cannot fail.
            return fails && call.operation != .discard ? .test : nil
        })
    }

    /// By location.
    package var instances: [String: Instance] { state.withLock { $0.instances } }
    package var calls: [Call] { state.withLock { $0.calls } }
    /// Objects that have begun to hold something and have not ended.
    package var pending: Int { state.withLock { $0.pending } }
    package var violations: [String] { state.withLock { $0.violations } }

    package func begin(_ head: FileMetaInformation) -> any PendingObject { MemoryObject(head, in: self) }

    package func open(_ location: String) async throws(StoreError) -> any StoredObject {
        try await perform(.open) { state throws(StoreError) in
            guard let instance = state.instances[location] else {
                throw StoreError(.notFound, "there is no \(location) in the store")
            }
            return StoredMemory(instance, in: self)
        }
    }

    /// One operation: what was injected, then `body`.
    fileprivate func perform<Value: Sendable>(
        _ operation: Call.Operation,
        _ body: (inout State) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let call = state.withLock { state in
            let ofItsKind = state.calls.count { $0.operation == operation }
            let call = Call(operation: operation, number: state.calls.count + 1, numberOfItsKind: ofItsKind + 1)
            state.calls.append(call)
            return call
        }
        if let error = await before(call) { throw error }
        let result = state.withLock { state in Result { () throws(StoreError) in try body(&state) } }
        let value = try result.get()
        after(call)
        return value
    }

    fileprivate func update(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
}

extension StoreError {
    /// What is injected.
    package static let test = StoreError(.unavailable, "the test wants it so")
}

/// An object of the store on its way.
private final class MemoryObject: PendingObject {
    private enum Phase { case new, open, ended }

    private struct State {
        var phase = Phase.new
        var isBusy = false
        var dataSet: [UInt8] = []
    }

    private let head: FileMetaInformation
    private let store: MemoryStore
    private let state = Mutex(State())

    init(_ head: FileMetaInformation, in store: MemoryStore) {
        self.head = head
        self.store = store
    }

    func append(_ bytes: [ByteBuffer]) async throws(StoreError) {
        enter("append")
        defer { leave() }
        do throws(StoreError) {
            try await store.perform(.append) { _ throws(StoreError) in }
        } catch {
            end()
            throw error
        }
        take(bytes)
    }

    func commit(
        _ last: [ByteBuffer],
        as keys: InstanceKeys,
        digest: Digest,
        attributes: DeferredAttributes
    ) async throws(StoreError) -> StoredInstance {
        enter("commit")
        defer {
            end()
            leave()
        }
        take(last)
        let dataSet = state.withLock { $0.dataSet }
        let head = head
        var expected = Digest(store.digestAlgorithm)
        dataSet.withUnsafeBytes { expected.update($0) }
        let isRight = expected.value() == digest.value()
        return try await store.perform(.commit) { state throws(StoreError) in
            if !isRight { state.violations.append("the digest of \(keys.sopInstanceUID) is not that of its bytes") }
            for copy in 1... {
                let path = copy == 1 ? keys.sopInstanceUID : "\(keys.sopInstanceUID)~\(copy)"
                if let other = state.instances[path] {
                    guard other.dataSet == dataSet, other.head.transferSyntaxUID == head.transferSyntaxUID else {
                        continue
                    }
                    return StoredInstance(path: path, outcome: .identical)
                }
                state.instances[path] = MemoryStore.Instance(
                    head: head,
                    dataSet: dataSet,
                    digest: digest.value(),
                    attributes: attributes().values
                )
                return StoredInstance(path: path, outcome: copy == 1 ? .stored : .keptBeside(copy: copy))
            }
            throw StoreError(.duplicate, "there are too many copies of \(keys.sopInstanceUID)")
        }
    }

    func discard() async {
        _ = try? await store.perform(.discard) { _ throws(StoreError) in }
        end()
    }

    private func enter(_ operation: String) {
        let (isMisused, begins) = state.withLock { state in
            let isMisused = state.isBusy || state.phase == .ended
            let begins = state.phase == .new
            if begins { state.phase = .open }
            state.isBusy = true
            return (isMisused, begins)
        }
        store.update { state in
            if begins { state.pending += 1 }
            if isMisused { state.violations.append("\(operation) during another call, or after the end") }
        }
    }

    private func leave() { state.withLock { $0.isBusy = false } }

    private func take(_ bytes: [ByteBuffer]) {
        state.withLock { state in
            for buffer in bytes { state.dataSet += buffer.readableBytesView }
        }
    }

    private func end() {
        let wasOpen = state.withLock { state in
            defer { state.phase = .ended }
            return state.phase == .open
        }
        if wasOpen { store.update { $0.pending -= 1 } }
    }
}

/// An instance of the store, to be read.
private final class StoredMemory: StoredObject {
    private let instance: MemoryStore.Instance
    private let store: MemoryStore

    init(_ instance: MemoryStore.Instance, in store: MemoryStore) {
        self.instance = instance
        self.store = store
    }

    var head: FileMetaInformation { instance.head }
    var dataSetLength: UInt64 { UInt64(instance.dataSet.count) }
    var keptDigest: KeptDigest? {
        instance.digest.map { KeptDigest(algorithm: store.digestAlgorithm, value: $0) }
    }

    func secure() async throws(StoreError) {}

    func read(at offset: UInt64, count: Int) async throws(StoreError) -> ByteBuffer {
        let dataSet = instance.dataSet
        return try await store.perform(.read) { _ throws(StoreError) in
            ByteBuffer(bytes: dataSet.dropFirst(Int(min(offset, UInt64(dataSet.count)))).prefix(count))
        }
    }
}
