package import Associations
package import DIMSE
package import DataSets
package import ServiceClasses
import UpperLayer

/// The bounds that an operator sets (`--limits-…`), and what follows from them for other modules.
///
/// Constants stand in ``AcceptorLimits`` and `UpperLayerLimits`.
package struct Limits: Sendable {
    /// Associations established at once. One more is answered A-ASSOCIATE-RJ (2,3,2), local limit exceeded.
    package var associations = 512
    /// The same for one peer address; 0: no limit of its own.
    package var associationsPerHost = 0
    /// The same for one calling AE title; 0: no limit of its own. A peer's entry may say another one.
    package var associationsPerAETitle = 0
    /// Maximum length received that we offer (PS3.8 Annex D.1), bytes of a P-DATA-TF after its six-byte header.
    package var pduLength = 262_144
    /// Bytes of one data set; 0: no limit but the disk.
    package var objectSize = 0
    /// Requests of one association whose response is outstanding, and the asynchronous operations window we offer
    /// (PS3.7 Annex D.3.3.3). The reading loop waits for a free place, so a peer that pipelines more is slowed, not
    /// refused.
    package var operations = 16

    /// Data sets that cannot be walked to their end are stored, if their identity was found.
    package var acceptsUnwalkable = false

    /// Descriptors that the process may have open: the kernel's setting, not ours.
    package var descriptors = Int.max

    /// As without configuration.
    package init() {}
}

// What other modules are told.
extension Limits {
    /// Connections that have no association: silent ones, half a request, the refused ones that wait for their peer to
    /// close. When one more arrives, the one that has waited longest is closed: a crowd of mute clients crowds out
    /// itself.
    ///
    /// They take no more than a quarter of the descriptors, so that associations and their files have the rest.
    package var unassociatedConnections: Int {
        min(
            max(AcceptorLimits.unassociatedConnections, associations),
            max(AcceptorLimits.unassociatedMin, descriptors / 4)
        )
    }

    /// What the PDU decoder believes of lengths that a peer claims.
    package var pduDecoder: PDUDecoder.Limits { UpperLayerLimits.decoder(offering: pduLength) }

    /// What is held of a message.
    package var messageAssembler: MessageAssembler.Limits {
        MessageAssembler.Limits(commandSet: AcceptorLimits.commandSet)
    }

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

    /// What the Storage SCP is told of the above.
    package var storageSCP: StorageSCP.Limits {
        StorageSCP.Limits(
            scanner: structureScanner,
            batch: WriteBatch.Limits(
                bytes: AcceptorLimits.writeBatchBytes,
                slices: AcceptorLimits.writeBatchSlices,
                copiedSliceBytes: AcceptorLimits.copiedSliceBytes
            ),
            objectSize: self.objectSize,
            acceptsUnwalkable: self.acceptsUnwalkable
        )
    }
}

// Sums.
extension Limits {
    /// The most that one association can make the node hold, bytes: its read buffers in the queue and one being read,
    /// what the kernel holds of a peer that ends its sending, a batch for each instance that is being committed and the
    /// one being filled, with the scanner's copies, its outbound queue, an A-ASSOCIATE PDU or a command set, TLS, tasks
    /// and channel.
    ///
    /// A peer that sends fragments of a usual length has a third of the first two, and one that neither pipelines nor
    /// negotiates a window has one instance under way: about 12 MiB. The sum is about 55 MiB.
    package var associationMemory: Int {
        let reads =
            UpperLayerLimits.readBuffersHigh + 1
            + UpperLayerLimits.kernelReceiveBuffer / UpperLayerLimits.readBufferMaximum
        // Arrays grow by doubling.
        let fragments = 2 * UpperLayerLimits.fragmentsInARead * MemoryLayout<PDVFragment>.stride
        let responses = (AcceptorLimits.waitingResponses + 1) * AcceptorLimits.responseDataSet
        return reads * (UpperLayerLimits.readBufferMaximum + fragments) + responses
            + (operations + 1)
            * (AcceptorLimits.writeBatchBytes + UpperLayerLimits.readBufferMaximum
                + structureScanner.attributeBytes * WantedElement.all.count)
            + UpperLayerLimits.writeHighWaterMark + UpperLayerLimits.sentPDULength
            + max(pduDecoder.associatePDU, messageAssembler.commandSet)
            + AcceptorLimits.tlsConnection
            + 32_768
    }

    /// The most that all peers together can make the node hold, bytes. Reached only if every association streams at
    /// full speed at the same moment while the disk stands still, and pipelines all it may; an idle association is
    /// about 24 KiB.
    package var nodeMemory: Int {
        associations * associationMemory
            // A connection without association holds at most one A-ASSOCIATE-RQ.
            + unassociatedConnections * (pduDecoder.associatePDU + UpperLayerLimits.readBufferMaximum)
            // However many associations they come on.
            + CommitmentLimits.arrivingBytes
            + AcceptorLimits.passcodeThreads * AcceptorLimits.passcodeBytes
    }
}
