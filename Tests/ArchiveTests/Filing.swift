import Archive
import Instances
import Synchronization

/// What a test files.
struct Sample: Sendable {
    var keys = InstanceKeys(
        sopClassUID: "1.2.840.10008.5.1.4.1.1.2",
        sopInstanceUID: "1.2.3",
        studyInstanceUID: "1.2",
        seriesInstanceUID: "1.2.9",
        callingAETitle: "SCANNER",
        calledAETitle: "NODE"
    )
    var transferSyntaxUID = "1.2.840.10008.1.2.1"
    var dataSet: [UInt8] = Array("the data set's bytes".utf8)

    init(_ sopInstanceUID: String = "1.2.3", _ text: String = "the data set's bytes") {
        keys.sopInstanceUID = sopInstanceUID
        dataSet = Array(text.utf8)
    }

    func digest(_ algorithm: DigestAlgorithm = .xxh3) -> Digest {
        var digest = Digest(algorithm)
        dataSet.withUnsafeBytes { digest.update($0) }
        return digest
    }

    var meta: FileMetaInformation {
        FileMetaInformation(
            mediaStorageSOPClassUID: keys.sopClassUID,
            mediaStorageSOPInstanceUID: keys.sopInstanceUID,
            transferSyntaxUID: transferSyntaxUID,
            implementationClassUID: "1.2.3.4",
            implementationVersionName: "TEST_1",
            sourceApplicationEntityTitle: "SCANNER",
            receivingApplicationEntityTitle: "NODE"
        )
    }
}

extension InstanceArchive {
    /// Finishes an instance and commits it.
    func commit(
        _ pending: consuming PendingInstance,
        as keys: InstanceKeys,
        digest: Digest,
        completion: @escaping @Sendable (Result<StoredInstance, ArchiveError>) -> Void
    ) {
        do throws(ArchiveError) {
            try pending.finish(
                InstanceEnd(
                    keys: keys,
                    digest: digest,
                    attributes: DeferredAttributes { InstanceAttributes(values: keys.attributes) }
                )
            )
        } catch {
            return completion(.failure(error))
        }
        commit(pending, completion: completion)
    }

    /// Files an instance in one go.
    @discardableResult
    func file(_ sample: Sample) throws(ArchiveError) -> StoredInstance {
        var pending = try begin(sample.meta)
        let appended = sample.dataSet.withUnsafeBytes { bytes in
            Result { () throws(ArchiveError) in try pending.append(bytes) }
        }
        try appended.get()
        let box = Box<Result<StoredInstance, ArchiveError>>()
        commit(pending, as: sample.keys, digest: sample.digest(configuration.digest)) { box.value = $0 }
        guard let result = box.value else {
            throw ArchiveError(.io(0), "the only committer came back without an answer")
        }
        return try result.get()
    }
}

/// A place for a value that arrives by closure.
final class Box<Value: Sendable>: Sendable {
    private let stored = Mutex<Value?>(nil)
    var value: Value? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
