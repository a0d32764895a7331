import Associations
package import DIMSE
import DataSets
import Instances
import Logging
package import NIOCore

/// One C-STORE while it is received: each fragment is scanned, gathered and given to the store as it arrives; no
/// instance is ever held in memory.
///
/// *Resources*: ends by `finish()` or `discard()`, one of which must be called; both leave nothing in the store, unless
/// the instance was committed.
///
/// *Errors*: none are thrown. What goes wrong is remembered, the rest of the data set is drained, and `finish()`
/// answers with the failure status, so that one bad instance never costs the association.
package struct InstanceReception: ~Copyable, Sendable {
    private let request: CStoreRQ
    private let scp: StorageSCP
    /// nil: the request was refused before its data set.
    private let pending: (any PendingObject)?
    private var scanner: StructureScanner
    private var batch = WriteBatch()
    private var digest: Digest
    private var refusal: Refusal?
    private var logger: Logger
    /// Bytes of the data set so far.
    package private(set) var receivedBytes = 0

    init(
        request: CStoreRQ,
        scp: StorageSCP,
        head: FileMetaInformation,
        scanner: StructureScanner,
        refusal: Refusal?,
        logger: Logger
    ) {
        self.request = request
        self.scp = scp
        pending = refusal == nil ? scp.store.begin(head) : nil
        self.scanner = scanner
        digest = Digest(scp.store.digestAlgorithm)
        self.refusal = refusal
        self.logger = logger
    }

    /// Takes a fragment of the data set. True if ``settle()`` is to be called before the next one: that is the
    /// back-pressure.
    package mutating func receive(_ bytes: ByteBuffer) -> Bool {
        receivedBytes += bytes.readableBytes
        guard refusal == nil else { return false }
        if scp.limits.objectSize > 0, receivedBytes > scp.limits.objectSize {
            refusal = Refusal(.outOfResources, "Data set is larger than this node accepts")
            return true
        }
        bytes.withUnsafeReadableBytes { bytes in
            scanner.consume(bytes)
            digest.update(bytes)
        }
        batch.append(bytes, limits: scp.limits.batch)
        return batch.isFull(scp.limits.batch)
    }

    /// Waits for the store: gives it what has been gathered, or drops all of it if the instance is refused.
    package mutating func settle() async {
        let full = batch
        batch = WriteBatch()
        if refusal == nil, let fault = scanner.fault, !accepts(fault, scanner.identity) {
            refusal = Refusal(.cannotUnderstand, fault.description)
        }
        guard refusal == nil else {
            await discard()
            return
        }
        do throws(StoreError) {
            try await pending?.append(full.buffers)
        } catch {
            logger.error("archive", metadata: ["error": "\(error)"])
            refusal = Refusal(error)
        }
    }

    /// The last fragment has come: commits, and returns the response. 0000H means that the instance is durable.
    package consuming func finish() async -> CStoreRSP {
        if refusal == nil {
            let result = scanner.finish()
            refusal = verdict(on: result)
            if refusal == nil {
                refusal = await commit(result)
                if refusal == nil { remark(on: result) }
            } else {
                await discard()
            }
        }
        guard let refusal else { return response(nil) }
        logger.warning(
            "instance refused",
            metadata: metadata.merging(["status": "\(refusal.status)", "reason": "\(refusal.comment)"]) { $1 }
        )
        return response(refusal)
    }

    /// Drops what has been received: the association ended before the data set did.
    package borrowing func discard() async {
        await pending?.discard()
    }

    private func verdict(on result: StructureScanner.Result) -> Refusal? {
        if let fault = result.fault, !accepts(fault, result.identity) {
            return Refusal(.cannotUnderstand, fault.description)
        }
        // PS3.4 §B.2.3: "data set does not match SOP class"; also used where the instance is another than the command
        // names.
        guard result.identity.sopClassUID == request.affectedSOPClassUID.text else {
            let element = CommandSet.Tag(group: 0x0008, element: 0x0016)
            return Refusal(.dataSetDoesNotMatchSOPClass, "SOP Class UID \(element) is not the command's", element)
        }
        guard result.identity.sopInstanceUID == request.affectedSOPInstanceUID.text else {
            let element = CommandSet.Tag(group: 0x0008, element: 0x0018)
            return Refusal(.dataSetDoesNotMatchSOPClass, "SOP Instance UID \(element) is not the command's", element)
        }
        return nil
    }

    /// Logs what is odd about an instance that has been stored.
    private func remark(on result: StructureScanner.Result) {
        if !result.notes.isEmpty {
            logger.notice("data set is odd", metadata: metadata.merging(["notes": "\(result.notes)"]) { $1 })
        }
        if let fault = result.fault {
            logger.notice(
                "data set stored unchecked",
                metadata: metadata.merging(["fault": "\(fault.description)"]) { $1 }
            )
        }
    }

    /// A data set with this fault is stored all the same, as configured: it cannot be walked to its end, but its
    /// identity was found.
    private func accepts(_ fault: Fault, _ identity: Identity) -> Bool {
        guard scp.limits.acceptsUnwalkable else { return false }
        switch fault.kind {
        case .truncated, .beyondParent, .tooDeep, .structure, .deflate, .unknownTransferSyntax:
            return identity.sopClassUID != nil && identity.sopInstanceUID != nil
        case .empty, .identity:
            return false
        }
    }

    private func commit(_ result: StructureScanner.Result) async -> Refusal? {
        let keys = InstanceKeys(
            sopClassUID: request.affectedSOPClassUID.text,
            sopInstanceUID: request.affectedSOPInstanceUID.text,
            studyInstanceUID: result.identity.studyInstanceUID,
            seriesInstanceUID: result.identity.seriesInstanceUID
        )
        guard let pending else { return refusal }
        let attributes = DeferredAttributes(result.attributes)
        do throws(StoreError) {
            let stored = try await pending.commit(batch.buffers, as: keys, digest: digest, attributes: attributes)
            logger.debug("instance stored", metadata: ["path": "\(stored.path)"])
            return nil
        } catch {
            logger.error("archive", metadata: metadata.merging(["error": "\(error)"]) { $1 })
            return Refusal(error)
        }
    }

    private var metadata: Logger.Metadata {
        [
            "SOPClassUID": "\(request.affectedSOPClassUID)",
            "SOPInstanceUID": "\(request.affectedSOPInstanceUID)",
        ]
    }

    private func response(_ refusal: Refusal?) -> CStoreRSP {
        CStoreRSP(
            messageIDBeingRespondedTo: request.messageID,
            affectedSOPClassUID: request.affectedSOPClassUID,
            affectedSOPInstanceUID: request.affectedSOPInstanceUID,
            status: refusal?.status ?? .success,
            errorComment: refusal?.comment,
            offendingElement: refusal?.offendingElement
        )
    }
}
