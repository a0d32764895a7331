import Archive
import DataSets
import Instances
import NIOCore
import SystemPackage
import TestSupport

@testable import ServiceClasses

/// An archive with instances of a test's own, and what checks them.
struct CommitmentFixture: Sendable {
    let directory: TemporaryDirectory
    let archive: LocalArchive

    init(_ change: (inout ArchiveConfiguration) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory()
        var configuration = ArchiveConfiguration(path: FilePath(directory.path + "/archive"))
        change(&configuration)
        archive = LocalArchive(onCallingThread: try InstanceArchive(configuration))
    }

    static let scanner = StructureScanner.Limits(
        depth: 64,
        attributeBytes: 4_096,
        inflatedBytes: 1 << 24,
        inflateRatio: 1_000,
        inflateFreeBytes: 1 << 20
    )

    var check: CommitmentCheck { check() }

    func check(lookup: (any InstanceLookup)? = nil, acceptsUnwalkable: Bool = false) -> CommitmentCheck {
        CommitmentCheck(
            store: archive,
            lookup: lookup ?? archive,
            limits: Self.scanner,
            acceptsUnwalkable: acceptsUnwalkable
        )
    }

    /// Stores a CT image; its path.
    @discardableResult
    func store(
        _ sopInstanceUID: String,
        study: String = "1.2.3.4",
        pixels: Int = 512,
        sopClassUID: String = RawUID.ctImage,
        _ change: (inout RawDataSet) -> Void = { _ in }
    ) async throws -> String {
        let dataSet = RawDataSet.image(
            sopClassUID: sopClassUID,
            sopInstanceUID: sopInstanceUID,
            studyInstanceUID: study,
            pixels: pixels,
            change
        )
        let pending = archive.begin(
            FileMetaInformation(
                mediaStorageSOPClassUID: sopClassUID,
                mediaStorageSOPInstanceUID: sopInstanceUID,
                transferSyntaxUID: RawUID.explicitLittle,
                implementationClassUID: "1.2.3"
            )
        )
        var digest = Digest(archive.digestAlgorithm)
        dataSet.withUnsafeBytes { digest.update($0) }
        let keys = InstanceKeys(
            sopClassUID: sopClassUID,
            sopInstanceUID: sopInstanceUID,
            studyInstanceUID: study,
            seriesInstanceUID: "1.2.3.4.5"
        )
        return try await pending.commit(
            [ByteBuffer(bytes: dataSet)],
            as: keys,
            digest: digest,
            attributes: DeferredAttributes()
        ).path
    }

    /// What the check says of one instance.
    func failure(
        _ sopInstanceUID: String,
        sopClass: String = RawUID.ctImage,
        _ check: CommitmentCheck? = nil
    ) async throws -> CommitmentResult.FailureReason? {
        let check = check ?? self.check
        let reference = CommitmentRequest.Reference(sopClassUID: sopClass, sopInstanceUID: sopInstanceUID)
        let copies = try await check.copies(of: [reference])
        return try await check.failure(of: reference, copies: copies[sopInstanceUID] ?? [])
    }

    /// Changes the bytes of a stored file, and leaves its attributes.
    func damage(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
        let file = try FileDescriptor.open(directory.path + "/archive/" + path, .readWrite)
        try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: Int(try file.seek(offset: 0, from: .end)))
            _ = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
            change(&bytes)
            try file.resize(to: Int64(bytes.count))
            _ = try file.writeAll(toAbsoluteOffset: 0, bytes)
        }
    }
}
