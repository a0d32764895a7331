package import Associations
package import DIMSE
package import DataSets
import NIOCore
package import ServiceClasses

/// Every bound of the node, its unit and its reason, in one place; other modules are told theirs from here.
///
/// The first group is configuration (`--limits-…`); the rest are constants, chosen so that no peer that works today meets them.
package struct Limits: Sendable {
    // MARK: Configuration

    /// Associations established at once. One more is answered A-ASSOCIATE-RJ (2,3,2), local limit exceeded.
    package var associations = 512
    /// The same for one peer address; 0: no limit of its own.
    package var associationsPerHost = 0
    /// Maximum length received that we offer (PS3.8 Annex D.1), bytes of a P-DATA-TF after its six-byte header.
    package var pduLength = 262_144
    /// Bytes of one data set; 0: no limit but the disk.
    package var objectSize = 0
    /// Requests of one association whose response is outstanding, and the asynchronous operations window we offer
    /// (PS3.7 Annex D.3.3.3). The reading loop waits for a free place, so a peer that pipelines more is slowed, not refused.
    package var operations = 16

    /// Data sets that cannot be walked to their end are stored, if their identity was found.
    package var acceptsUnwalkable = false

    /// As without configuration.
    package init() {}

    // MARK: Connections

    /// Connections that have no association: silent ones, half a request, the refused ones that wait for their peer to close.
    /// When one more arrives, the one that has waited longest is closed: a crowd of mute clients crowds out itself.
    package var unassociatedConnections: Int { max(1024, self.associations) }
    /// Listen backlog, connections that the kernel holds before we accept them.
    package static let backlog: Int32 = 1024

    // MARK: Reading

    /// Bytes of one read of a socket: small while the peer says little, so that an idle association is small.
    package static let readBufferMinimum = 1_024
    package static let readBufferMaximum = 262_144
    /// Read buffers that wait for the association's task; reading stops at this number and goes on below the other.
    package static let readBuffersHigh = 4
    package static let readBuffersLow = 2
    /// Bytes that hold any header of a P-DATA-TF (PDU header 6, presentation data value header 6).
    package static let headerBytes = 16
    /// Bytes read and thrown away after our last PDU, before the connection is closed without waiting for the peer.
    package static let discardedBytes = 64 << 20

    // MARK: Writing

    /// Bytes queued for a peer that does not read, above which our writers wait.
    package static let writeHighWaterMark = 262_144
    package static let writeLowWaterMark = 65_536
    /// Bytes that the kernel holds for a peer that does not read (it doubles the number). An acceptor sends responses of some hundred bytes, so
    /// this is plenty, and a peer that asks without end and never reads is soon left alone.
    package static let sendBuffer = 32_768
    /// Bytes of one P-DATA-TF that we send, whatever the peer would take (it may say "unlimited").
    package static let sentPDULength = 131_072

    // MARK: Memory that was freed

    /// Bytes that the C library keeps of a heap's free end. By default it gives 256 KiB buffers back to the kernel and gets them again,
    /// empty, some 40 page faults for each CT image.
    package static let keptFreeBytes: CInt = 16 << 20
    /// Blocks up to this size, in bytes, come from a heap and stay with it; larger ones are the kernel's at once.
    package static let heapBlockBytes: CInt = 1 << 20
    /// Heaps, whatever the number of threads: one for each of sixteen I/O threads would keep sixteen free ends.
    package static let heaps: CInt = 2

    // MARK: Turns

    /// Messages of one read that are worked off in a row. Whoever pipelines more waits after each such number until the event loop has looked
    /// at its other sockets: a read may hold thousands of requests.
    static let turnMessages = 8
    /// How long that wait is at least: what makes the loop look at its sockets is a timer in the future, however near.
    static let turnPause = TimeAmount.microseconds(50)

    // MARK: Upper layer (PS3.8)

    /// What the PDU decoder believes of lengths that a peer claims.
    package var pduDecoder: PDUDecoder.Limits {
        PDUDecoder.Limits(
            // An A-ASSOCIATE-RQ of 128 contexts with 40 transfer syntaxes each is 340 KiB; DCMTK's limit is 1 MiB as well.
            associatePDU: 1 << 20,
            // fo-dicom and others send more than we offered (dicom-rs #712): tolerated, logged. The value is streamed, so a
            // large PDU costs no memory; the bound ends what cannot be meant.
            dataPDU: 1 << 30,
            offeredDataPDU: self.pduLength,
            // Fixed-length PDUs (release, abort, reject) that are longer than 4 bytes: the rest is skipped, up to here.
            fixedPDU: 1 << 16,
            // Zero-length presentation data values in a row: some peers end a message with one; nobody needs 1,000.
            emptyValuesInARow: 1_000,
            // Items and sub-items of one A-ASSOCIATE PDU, all levels together.
            items: 16_384
        )
    }

    /// Presentation contexts answered in one A-ASSOCIATE-AC: all there can be (PS3.8 §9.3.2.2: odd numbers, 1 … 255).
    package static let presentationContexts = 128

    // MARK: Messages (PS3.7)

    /// Bytes of one command set; the largest real ones are below 1 KiB.
    package var messageAssembler: MessageAssembler.Limits { MessageAssembler.Limits(commandSet: 65_536) }

    // MARK: Data sets (PS3.5)

    /// What the structure scanner walks.
    package var structureScanner: StructureScanner.Limits {
        StructureScanner.Limits(
            // dcmtk's own limit since CVE-2026-10528; the deepest real objects (structured reports) stay below 20.
            depth: 64,
            // One wanted value; PatientName is at most 3 × 64 characters.
            attributeBytes: 4_096,
            // A deflated data set is inflated only to be walked, and not beyond this.
            inflatedBytes: 1 << 32,
            inflateRatio: 1_000,
            // Small data sets may be mostly zeros, which deflate packs a thousandfold.
            inflateFreeBytes: 1 << 20
        )
    }

    // MARK: Archiving

    /// Bytes of read buffers held before they are handed to an I/O thread in one `writev`.
    package static let writeBatchBytes = 1 << 20
    /// Slices in one `writev`; the kernel's IOV_MAX is 1,024.
    package static let writeBatchSlices = 1_000
    /// A slice shorter than this is copied together with its neighbours: 2-byte fragments must not pin a read buffer each.
    package static let copiedSliceBytes = 1_024
    /// Threads that do file-system calls. More than cores: they wait for the disk.
    package static let ioThreads = 16

    /// What the Storage SCP is told of the above.
    package var storageSCP: StorageSCP.Limits {
        StorageSCP.Limits(
            scanner: self.structureScanner,
            batch: WriteBatch.Limits(
                bytes: Self.writeBatchBytes,
                slices: Self.writeBatchSlices,
                copiedSliceBytes: Self.copiedSliceBytes
            ),
            objectSize: self.objectSize,
            acceptsUnwalkable: self.acceptsUnwalkable
        )
    }

    // MARK: Sums

    /// The most that one association can make the node hold, bytes: its read buffers in the queue and one being read, a batch for each
    /// instance that is being committed and the one being filled, with the scanner's copies, its outbound queue, an A-ASSOCIATE PDU or a
    /// command set, tasks and channel.
    ///
    /// A peer that neither pipelines nor negotiates a window has one instance under way: about 6 MiB. Only one that has `operations` of them
    /// outstanding, each of nearly a batch, comes to about 30 MiB.
    package var associationMemory: Int {
        (Self.readBuffersHigh + 1) * Self.readBufferMaximum
            + (self.operations + 1)
            * (Self.writeBatchBytes + Self.readBufferMaximum + self.structureScanner.attributeBytes * 64)
            + Self.writeHighWaterMark + Self.sentPDULength
            + max(self.pduDecoder.associatePDU, self.messageAssembler.commandSet)
            + 32_768
    }

    /// The most that all peers together can make the node hold, bytes. Reached only if every association streams at full speed at the
    /// same moment while the disk stands still, and pipelines all it may; an idle association is about 24 KiB.
    package var nodeMemory: Int {
        self.associations * self.associationMemory
            // A connection without association holds at most one A-ASSOCIATE-RQ.
            + self.unassociatedConnections * (self.pduDecoder.associatePDU + Self.readBufferMaximum)
    }
}
