package import struct NIOCore.ByteBuffer

/// Cuts a connection's byte stream into PDUs (PS3.8 §9.3).
///
/// P-DATA-TF is streamed: its announcement, then each presentation data value as its bytes arrive. All other PDUs are
/// decoded whole. Every length is checked against its limit and its parent before it is believed, and nothing is
/// allocated from a claim. How the bytes were cut into reads changes only where ``PDVFragment``s are divided.
///
/// *Resources*: holds no bytes; what is not consumed stays in the caller's buffer, at most ``Limits/associatePDU``.
package struct PDUDecoder: Sendable {
    /// What the receiver is willing to take, in bytes of a PDU's variable field unless said otherwise.
    package struct Limits: Sendable {
        /// A-ASSOCIATE-RQ and -AC, which are parsed only when complete.
        package var associatePDU: Int
        /// P-DATA-TF: longer ones end the association.
        package var dataPDU: Int
        /// P-DATA-TF: the maximum length we offered; longer ones are noticed (PS3.8 §D.1). 0 is unlimited.
        package var offeredDataPDU: Int
        /// A-ASSOCIATE-RJ, A-RELEASE-RQ, A-RELEASE-RP and A-ABORT: what follows the four defined bytes is skipped.
        package var fixedPDU: Int
        /// Presentation data values and P-DATA-TFs without any data, one after the other.
        package var emptyValuesInARow: Int
        /// Items and sub-items, however nested, of one A-ASSOCIATE PDU.
        package var items: Int

        package init(
            associatePDU: Int,
            dataPDU: Int,
            offeredDataPDU: Int,
            fixedPDU: Int,
            emptyValuesInARow: Int,
            items: Int
        ) {
            self.associatePDU = associatePDU
            self.dataPDU = dataPDU
            self.offeredDataPDU = offeredDataPDU
            self.fixedPDU = fixedPDU
            self.emptyValuesInARow = emptyValuesInARow
            self.items = items
        }
    }

    /// One step of the stream.
    package enum Element: Equatable, Sendable {
        /// A complete PDU; never `.dataTF`.
        case pdu(PDU)
        /// A P-DATA-TF begins; the fragments of its `length` bytes follow. An empty one has none.
        case dataTF(length: Int, exceedsOffer: Bool)
        /// Part of a presentation data value of the P-DATA-TF that began last.
        case fragment(PDVFragment)
    }

    /// Which of A-ASSOCIATE-RQ and -AC can still come.
    package enum ExpectedAssociatePDU: Sendable { case any, request, answer, none }

    /// An A-ASSOCIATE-RQ or -AC out of its turn fails on its header with ``ProviderAbortReason/unexpectedPDU``, before its
    /// body is waited for. Table 9-10 has the same action for it as for the PDU itself.
    package var expectedAssociatePDU = ExpectedAssociatePDU.any

    private let limits: Limits

    package init(limits: Limits) { self.limits = limits }

    /// Bytes of an unfinished PDU are outstanding.
    package var isWithinPDU: Bool { false }

    /// Takes the next element out of `buffer`.
    ///
    /// - Returns: `nil` if more bytes are needed. The reader index moves only past what was consumed.
    /// *Errors*: the peer's fault; the decoder then stays failed and repeats the error.
    package mutating func next(from buffer: inout ByteBuffer) throws(PDUDecodingError) -> Element? { nil }
}
