import Associations
package import DataSets
package import Instances
import NIOCore

/// Checks instances against what is stored: present, whole, of the class that is claimed, and with the bytes that were
/// received.
///
/// *Resources*: one object open at a time, ``CommitmentLimits/readBytes`` of it in memory. Reads through the store,
/// whose threads wait for the device: at most one of them at a time.
package struct CommitmentCheck: Sendable {
    private let store: any InstanceStore
    private let lookup: any InstanceLookup
    private let limits: StructureScanner.Limits
    /// Instances that cannot be walked to their end were accepted, as configured: their structure says nothing.
    private let acceptsUnwalkable: Bool

    package init(
        store: any InstanceStore,
        lookup: any InstanceLookup,
        limits: StructureScanner.Limits,
        acceptsUnwalkable: Bool
    ) {
        self.store = store
        self.lookup = lookup
        self.limits = limits
        self.acceptsUnwalkable = acceptsUnwalkable
    }

    /// Every copy of each of these instances.
    ///
    /// *Errors*: the store cannot tell now.
    func copies(
        of references: some Sequence<CommitmentRequest.Reference>
    ) async throws(StoreError) -> [String: [String]] {
        let uids = Set(references.filter(Self.isOfStorage).map(\.sopInstanceUID))
        return uids.isEmpty ? [:] : try await lookup.copies(of: uids)
    }

    private static func isOfStorage(_ reference: CommitmentRequest.Reference) -> Bool {
        SOPClasses.isStorage(UID(reference.sopClassUID), unknownSOPClasses: true)
    }

    /// What keeps an instance from being committed to; nil: nothing. All copies must be good, because any of them may
    /// be the one that is retrieved.
    ///
    /// *Errors*: a copy cannot be read now, which says nothing of it.
    func failure(
        of reference: CommitmentRequest.Reference,
        copies: [String]
    ) async throws(StoreError) -> CommitmentResult.FailureReason? {
        guard Self.isOfStorage(reference) else { return .referencedSOPClassNotSupported }
        var isFound = false
        for copy in copies {
            do throws(StoreError) {
                let object = try await store.open(copy)
                if let failure = try await self.failure(of: object, reference) { return failure }
                isFound = true
            } catch {
                switch error.kind {
                // It was removed since it was looked up: another copy may be there.
                case .notFound: continue
                case .damaged: return .processingFailure
                case .outOfSpace: return .resourceLimitation
                case .duplicate, .unavailable: throw error
                }
            }
        }
        return isFound ? nil : .noSuchObjectInstance
    }

    private func failure(
        of object: any StoredObject,
        _ reference: CommitmentRequest.Reference
    ) async throws(StoreError) -> CommitmentResult.FailureReason? {
        let kept = object.keptDigest
        var digest = kept.map { Digest($0.algorithm) }
        var scanner = StructureScanner(transferSyntaxUID: object.head.transferSyntaxUID, limits: limits)
        var offset: UInt64 = 0
        while offset < object.dataSetLength {
            let bytes = try await object.read(at: offset, count: CommitmentLimits.readBytes)
            // Shorter than it was when it was opened.
            guard bytes.readableBytes > 0 else { return .processingFailure }
            bytes.withUnsafeReadableBytes { bytes in
                scanner.consume(bytes)
                digest?.update(bytes)
            }
            offset += UInt64(bytes.readableBytes)
            // Of a core that other tasks want too.
            await Task.yield()
        }
        let result = scanner.finish()
        if let kept, digest?.value() != kept.value { return .processingFailure }
        // With a digest that is right the bytes are those that were accepted, however odd.
        if result.fault != nil, kept == nil || !acceptsUnwalkable { return .processingFailure }
        guard result.identity.sopInstanceUID == reference.sopInstanceUID,
            object.head.mediaStorageSOPInstanceUID == reference.sopInstanceUID,
            object.head.mediaStorageSOPClassUID == result.identity.sopClassUID
        else { return .processingFailure }
        guard result.identity.sopClassUID == reference.sopClassUID else { return .classInstanceConflict }
        try await object.secure()
        return nil
    }
}
