import Archive
import Associations
package import DIMSE
import DataSets
import Logging
package import NIOCore

/// One C-STORE while it is received: each fragment is scanned, gathered and written as it arrives; no instance is ever held in memory.
///
/// *Resources*: ends by `finish()` or `discard()`, one of which must be called; both leave no temporary behind, unless the instance
/// was committed.
///
/// *Errors*: none are thrown. What goes wrong is remembered, the rest of the data set is drained, and `finish()` answers with
/// the failure status, so that one bad instance never costs the association.
package struct InstanceReception: ~Copyable, Sendable {
    private let request: CStoreRQ
    private let scp: StorageSCP
    private let writer: InstanceWriter
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
        writer: InstanceWriter,
        scanner: StructureScanner,
        refusal: Refusal?,
        logger: Logger
    ) {
        self.request = request
        self.scp = scp
        self.writer = writer
        self.scanner = scanner
        self.digest = Digest(scp.archive.configuration.digest)
        self.refusal = refusal
        self.logger = logger
    }

    /// Takes a fragment of the data set. True if ``settle()`` is to be called before the next one: that is the back-pressure.
    package mutating func receive(_ bytes: ByteBuffer) -> Bool {
        self.receivedBytes += bytes.readableBytes
        guard self.refusal == nil else { return false }
        if self.scp.limits.objectSize > 0, self.receivedBytes > self.scp.limits.objectSize {
            self.refusal = Refusal(.outOfResources, "Data set is larger than this node accepts")
            return true
        }
        bytes.withUnsafeReadableBytes { bytes in
            self.scanner.consume(bytes)
            self.digest.update(bytes)
        }
        self.batch.append(bytes, limits: self.scp.limits.batch)
        return self.batch.isFull(self.scp.limits.batch)
    }

    /// Waits for the disk: writes what has been gathered, or drops all of it if the instance is refused.
    package mutating func settle() async {
        let batch = self.batch
        let writer = self.writer
        self.batch = WriteBatch()
        if self.refusal == nil, let fault = self.scanner.fault, !self.accepts(fault, self.scanner.identity) {
            self.refusal = Refusal(.cannotUnderstand, fault.description)
        }
        guard self.refusal == nil else {
            await self.discard()
            return
        }
        if let error = await self.scp.executor.run({ writer.append(batch) }) {
            self.logger.error("archive", metadata: ["error": "\(error)"])
            self.refusal = Refusal(error)
        }
    }

    /// The last fragment has come: commits, and returns the response. 0000H means that the instance is durable.
    package consuming func finish() async -> CStoreRSP {
        if self.refusal == nil {
            let result = self.scanner.finish()
            if !result.notes.isEmpty {
                self.logger.notice(
                    "data set is odd",
                    metadata: self.metadata.merging(["notes": "\(result.notes)"]) { $1 }
                )
            }
            self.refusal = self.verdict(on: result)
            if self.refusal == nil {
                self.refusal = await self.commit(result)
            } else {
                await self.discard()
            }
        }
        guard let refusal = self.refusal else { return self.response(.success, nil) }
        self.logger.warning(
            "instance refused",
            metadata: self.metadata.merging(["status": "\(refusal.status)", "reason": "\(refusal.comment)"]) { $1 }
        )
        return self.response(refusal.status, refusal.comment)
    }

    /// Drops what has been received: the association ended before the data set did.
    package borrowing func discard() async {
        let writer = self.writer
        await self.scp.executor.run { writer.discard() }
    }

    private func verdict(on result: StructureScanner.Result) -> Refusal? {
        if let fault = result.fault {
            guard self.accepts(fault, result.identity) else { return Refusal(.cannotUnderstand, fault.description) }
            self.logger.notice(
                "data set stored unchecked",
                metadata: self.metadata.merging(["fault": "\(fault.description)"]) { $1 }
            )
        }
        // PS3.4 §B.2.3: "data set does not match SOP class"; also used where the instance is another than the command names.
        guard result.identity.sopClassUID == self.request.affectedSOPClassUID.text else {
            return Refusal(.dataSetDoesNotMatchSOPClass, "SOP Class UID (0008,0016) is not the command's")
        }
        guard result.identity.sopInstanceUID == self.request.affectedSOPInstanceUID.text else {
            return Refusal(.dataSetDoesNotMatchSOPClass, "SOP Instance UID (0008,0018) is not the command's")
        }
        return nil
    }

    /// A data set with this fault is stored all the same, as configured: it cannot be walked to its end, but its identity
    /// was found.
    private func accepts(_ fault: Fault, _ identity: Identity) -> Bool {
        guard self.scp.limits.acceptsUnwalkable else { return false }
        switch fault.kind {
        case .truncated, .beyondParent, .structure, .deflate, .unknownTransferSyntax:
            return identity.sopClassUID != nil && identity.sopInstanceUID != nil
        case .empty, .tooDeep, .identity:
            return false
        }
    }

    private func commit(_ result: StructureScanner.Result) async -> Refusal? {
        let keys = InstanceKeys(
            sopClassUID: self.request.affectedSOPClassUID.text,
            sopInstanceUID: self.request.affectedSOPInstanceUID.text,
            studyInstanceUID: result.identity.studyInstanceUID,
            seriesInstanceUID: result.identity.seriesInstanceUID
        )
        let (batch, digest, writer, executor) = (self.batch, self.digest, self.writer, self.scp.executor)
        let keywords = self.scp.archive.configuration.layout.requiredKeywords
        let wanted = keywords.isEmpty ? nil : result.attributes
        let outcome = await withUnsafeContinuation { continuation in
            executor.submit {
                var keys = keys
                if let wanted { keys.attributes = Self.values(of: wanted, named: keywords) }
                writer.commit(batch, as: keys, digest: digest) { continuation.resume(returning: $0) }
            }
        }
        switch outcome {
        case .success(let stored):
            self.logger.debug("instance stored", metadata: ["path": "\(stored.path)"])
            return nil
        case .failure(let error):
            self.logger.error("archive", metadata: self.metadata.merging(["error": "\(error)"]) { $1 })
            return Refusal(error)
        }
    }

    /// What the layout needs beyond the UIDs. Attributes that cannot be read are missing ones to it: no store fails for a character set.
    private static func values(of wanted: WantedAttributes, named keywords: Set<String>) -> [String: String] {
        guard let attributes = try? wanted.attributes() else { return [:] }
        return attributes.values.filter { keywords.contains($0.key) }
    }

    private var metadata: Logger.Metadata {
        [
            "SOPClassUID": "\(self.request.affectedSOPClassUID)",
            "SOPInstanceUID": "\(self.request.affectedSOPInstanceUID)",
        ]
    }

    private func response(_ status: Status, _ comment: String?) -> CStoreRSP {
        CStoreRSP(
            messageIDBeingRespondedTo: self.request.messageID,
            affectedSOPClassUID: self.request.affectedSOPClassUID,
            affectedSOPInstanceUID: self.request.affectedSOPInstanceUID,
            status: status,
            errorComment: comment
        )
    }
}
