package import Associations
package import NIOCore

/// The constants of an association's channel, each with its unit and its reason: chosen so that no peer that works
/// today meets them.
package enum UpperLayerLimits {
    // MARK: Reading

    /// Bytes of one read of a socket: small while the peer says little, so that an idle association is small.
    package static let readBufferMinimum = 1_024
    /// Bytes of one read of a socket while data sets come: one P-DATA-TF of the length that is offered.
    package static let readBufferMaximum = 262_144
    /// Read buffers that wait for the association's task; reading stops at this number.
    package static let readBuffersHigh = 4
    /// Read buffers that wait for the association's task; reading goes on at this number.
    package static let readBuffersLow = 2
    /// Bytes that the kernel holds of a peer that sends, at most (the third number of `net.ipv4.tcp_rmem`, as
    /// distributions set it). When the peer has ended its sending they are read all at once, whatever waits already.
    package static let kernelReceiveBuffer = 6 << 20
    /// Bytes that hold any header of a P-DATA-TF (PDU header 6, presentation data value header 6).
    static let headerBytes = 16
    /// Bytes read and thrown away after our last PDU, before the connection is closed without waiting for the peer.
    static let discardedBytes = 64 << 20

    /// A fragment shorter than this, in bytes, is copied behind the one that it continues.
    static let shortFragment = 64
    /// Bytes of a fragment that is copied behind no more, so that a long one is not copied for a short one.
    static let gatheredFragment = 4_096
    /// Fragments of one read, after that: of whole messages, of which the shortest has 70 bytes, a read holds 3,700.
    package static let fragmentsInARead = 8_192

    // MARK: Writing

    /// Bytes queued for a peer that does not read, above which an association's tasks wait.
    package static let writeHighWaterMark = 262_144
    /// Bytes queued for a peer, below which an association's tasks write again.
    package static let writeLowWaterMark = 65_536
    /// Bytes of one P-DATA-TF that we send, whatever the peer would take (it may say "unlimited").
    package static let sentPDULength = 131_072

    /// Bytes allocated for a PDU that we send: most are responses of this size or less; a larger one makes the buffer
    /// grow.
    static let encodedBytes = 256
    /// Bytes of responses that are held back while the peer still sends; beyond, they are written.
    static let heldBytes = 16_384
    /// How long responses are held back from a peer that pauses in the middle of a message. A peer that waits for a
    /// response before it ends its message is unknown, so this is only to be shorter than any response timeout.
    static let holding = TimeAmount.seconds(1)

    // MARK: Turns

    /// How long ``AssociationConnection/yield()`` waits at least: what makes the event loop look at its sockets is a
    /// timer in the future, however near.
    package static let turnPause = TimeAmount.microseconds(50)

    // MARK: PDUs

    /// What the PDU decoder believes of lengths that a peer claims.
    ///
    /// - Parameter length: The maximum length received that we offer (PS3.8 Annex D.1), bytes.
    package static func decoder(offering length: Int) -> PDUDecoder.Limits {
        PDUDecoder.Limits(
            // An A-ASSOCIATE-RQ of 128 contexts with 40 transfer syntaxes each is 340 KiB; DCMTK's limit is 1 MiB as
            // well.
            associatePDU: 1 << 20,
            // fo-dicom and others send more than we offered (dicom-rs #712): tolerated, logged. The value is streamed,
            // so a large PDU costs no memory; the bound ends what cannot be meant.
            dataPDU: 1 << 30,
            offeredDataPDU: length,
            // Fixed-length PDUs (release, abort, reject) that are longer than 4 bytes: the rest is skipped, up to here.
            fixedPDU: 1 << 16,
            // Zero-length presentation data values in a row: some peers end a message with one; no peer needs 1,000.
            emptyValuesInARow: 1_000,
            // Items and sub-items of one A-ASSOCIATE PDU, all levels together.
            items: 16_384
        )
    }
}
