/// What a peer sent is no PDU of the upper layer, or breaks one of the receiver's limits.
///
/// It becomes Evt19 and ends in an A-ABORT with ``reason`` (PS3.8 §9.2).
package struct PDUDecodingError: Error, Hashable, CustomStringConvertible {
    /// For the A-ABORT.
    package let reason: ProviderAbortReason
    /// For the log: our own words and numbers only, never the peer's text.
    package let description: String

    package init(_ reason: ProviderAbortReason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
