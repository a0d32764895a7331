package import struct NIOCore.ByteBuffer

/// A place that keeps instances, such as an archive on a local disk.
///
/// Reception knows this protocol and nothing behind it. Which thread writes, what is shared between instances that are
/// committed together, and what becomes of duplicates is the store's own affair.
///
/// *Errors*: every operation throws a ``StoreError``; the store and its other objects are as good as before.
package protocol InstanceStore: Sendable {
    /// Which digest the store keeps with an instance: the caller computes it from the bytes as they arrive.
    var digestAlgorithm: DigestAlgorithm { get }

    /// Begins an object. Returns at once; nothing of the object can be seen before it is committed.
    ///
    /// *Resources*: the object ends by `commit`, by `discard`, or by an error that one of its operations throws.
    func begin(_ head: FileMetaInformation) -> any PendingObject

    /// Opens an object that is stored, to read it.
    ///
    /// - Parameter location: ``StoredInstance/path``, as `commit` returned it.
    func open(_ location: String) async throws(StoreError) -> any StoredObject
}

/// An object on its way into a store. Its operations are called one after the other.
package protocol PendingObject: AnyObject, Sendable {
    /// Takes the next bytes of the data set; returns when more may come, which is the back-pressure.
    ///
    /// *Errors*: after one, nothing of the object is left, and it takes no more.
    func append(_ bytes: [ByteBuffer]) async throws(StoreError)

    /// Takes the last bytes of the data set, and returns when the instance is as safe as the store promises.
    ///
    /// The last bytes come with the commit, so that an object that fits one batch is one piece of work to the store.
    /// Cancellation does not interrupt it: what has begun on a disk has an outcome.
    ///
    /// - Parameters:
    ///   - digest: Of all bytes of the data set.
    ///
    /// *Errors*: as for `append`; nothing is visible that was not visible before.
    func commit(
        _ last: [ByteBuffer],
        as keys: InstanceKeys,
        digest: Digest,
        attributes: DeferredAttributes
    ) async throws(StoreError) -> StoredInstance

    /// Drops the object. May follow an error; may not follow `commit`.
    func discard() async
}

/// An object that is stored, open for reading.
///
/// *Resources*: whatever it holds ends with the last reference to it.
package protocol StoredObject: AnyObject, Sendable {
    var head: FileMetaInformation { get }
    /// Bytes of the data set.
    var dataSetLength: UInt64 { get }
    /// The digest of the data set that was kept when it was stored; nil: none was, or the store cannot keep any.
    var keptDigest: KeptDigest? { get }

    /// Bytes of the data set from an offset on: fewer than `count` only at the end.
    func read(at offset: UInt64, count: Int) async throws(StoreError) -> ByteBuffer

    /// Returns when the object is on stable storage, whatever the store promised when it took it.
    func secure() async throws(StoreError)
}

/// A digest as it is kept beside a data set.
package struct KeptDigest: Hashable, Sendable {
    package var algorithm: DigestAlgorithm
    /// As ``Digest/value()`` gives it.
    package var value: String

    package init(algorithm: DigestAlgorithm, value: String) {
        self.algorithm = algorithm
        self.value = value
    }
}
