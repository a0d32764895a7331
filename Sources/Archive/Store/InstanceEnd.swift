package import Instances

/// What is known of an instance when all its bytes are there.
package struct InstanceEnd: Sendable {
    package var keys: InstanceKeys
    /// Of all bytes that were appended.
    package var digest: Digest
    /// Read only if the layout or an observer asks.
    package var attributes: DeferredAttributes

    package init(
        keys: InstanceKeys,
        digest: Digest,
        attributes: DeferredAttributes = DeferredAttributes()
    ) {
        self.keys = keys
        self.digest = digest
        self.attributes = attributes
    }
}
