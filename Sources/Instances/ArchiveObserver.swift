/// Told of instances that are safe: an index, an outbox.
///
/// An archive calls it once for each batch of its group commit, on the thread that commits, which may be an event loop:
/// after the batch is as safe as the archive promises, and before a sender hears of it. So it must never wait: it
/// queues what it is told, and if its queue is full it notes that it is behind, and reads the files later.
package protocol ArchiveObserver: Sendable {
    /// - Parameter instances: In the order in which they were given their names; never empty. One that was found to be
    ///   identical with a file, or dropped as `duplicates` says, is among them, with its `outcome`.
    func archived(_ instances: [ArchivedInstance])
}

/// An instance that is safe.
package struct ArchivedInstance: Sendable {
    package var keys: InstanceKeys
    /// Where it is, and how it came there.
    package var stored: StoredInstance
    /// The head of the instance that was received. A file that it was found to be identical with may name another
    /// source.
    package var head: FileMetaInformation
    /// Bytes of the data set.
    package var dataSetLength: UInt64
    /// As text, if the archive keeps one.
    package var digest: String?
    /// Seconds since 1970.
    package var received: Int
    package var attributes: DeferredAttributes

    package init(
        keys: InstanceKeys,
        stored: StoredInstance,
        head: FileMetaInformation,
        dataSetLength: UInt64,
        digest: String?,
        received: Int,
        attributes: DeferredAttributes
    ) {
        self.keys = keys
        self.stored = stored
        self.head = head
        self.dataSetLength = dataSetLength
        self.digest = digest
        self.received = received
        self.attributes = attributes
    }
}
