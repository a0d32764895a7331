import ApplicationEntities
import Archive
import Associations
import DataSets
import Instances
import NIOCore
import NIOPosix
import ServiceClasses

/// One file that becomes an instance of the archive, with the checks of a C-STORE: its data set is walked to its end,
/// is what it says it is, and goes byte for byte into a file of the archive's own.
struct AdoptOperation: Sendable {
    let archive: LocalArchive
    let progress: FileProgress
    let journal: AdoptJournal
    /// Read the files that are adopted, which may wait for another disk.
    let threads: NIOThreadPool

    private static let pieceBytes = 1 << 20
    /// Bytes of a file in which its head ends.
    private static let headBytes = 64 << 10

    /// *Errors*: the archive takes no more: its disk is full or fails. What is wrong with a file is told to the
    /// progress.
    func run(_ file: AdoptFile) async throws {
        do {
            let stored = try await adopt(file)
            try journal.note(file.stamp)
            report(stored, file.instance.path)
        } catch let error as StoreError {
            progress.failed(file.instance.path, "\(error)")
            guard error.kind == .duplicate || error.kind == .notFound else { throw error }
        } catch let error as InstanceFile.Unreadable {
            progress.failed(file.instance.path, "\(error)")
        }
    }

    private func report(_ stored: StoredInstance, _ path: PathBytes) {
        switch stored.outcome {
        case .stored: progress.succeeded()
        case .identical: progress.skipped(.identical)
        case .keptFirst: progress.skipped(.keptFirst)
        case .keptBeside:
            progress.note(path, "another instance of its UID is archived too: this one is \(stored.path)")
            progress.succeeded()
        case .replaced:
            progress.note(path, "it has taken the place of another instance of its UID: \(stored.path)")
            progress.succeeded()
        }
    }

    private func adopt(_ file: AdoptFile) async throws -> StoredInstance {
        let instance = file.instance
        let (source, original) = try await threads.runIfActive {
            let source = try file.open()
            return (source, Self.head(of: source))
        }
        let pending = archive.begin(head(of: instance, original))
        do {
            return try await copy(instance, from: source, to: pending)
        } catch {
            await pending.discard()
            throw error
        }
    }

    private func copy(
        _ instance: InstanceFile,
        from source: InputFile,
        to pending: any PendingObject
    ) async throws -> StoredInstance {
        var scanner = StructureScanner(transferSyntaxUID: instance.transferSyntaxUID, limits: Limits().structureScanner)
        var digest = Digest(archive.digestAlgorithm)
        var last = ByteBuffer()
        var position = instance.dataSetOffset
        while position < source.length {
            let start = position
            let count = min(Self.pieceBytes, source.length - start)
            let bytes = try await threads.runIfActive { try source.read(at: start, count: count) }
            bytes.withUnsafeBytes { bytes in
                scanner.consume(bytes)
                digest.update(bytes)
            }
            position += count
            // The last piece goes with the commit.
            if last.readableBytes > 0 { try await pending.append([last]) }
            last = ByteBuffer(bytes: bytes)
        }
        let result = scanner.finish()
        if let fault = result.fault { throw InstanceFile.Unreadable("its data set is not whole: \(fault)") }
        guard let sopClassUID = result.identity.sopClassUID, let sopInstanceUID = result.identity.sopInstanceUID,
            sopInstanceUID == instance.sopInstanceUID
        else { throw InstanceFile.Unreadable("its data set does not name its SOP class and instance") }
        let keys = InstanceKeys(
            sopClassUID: sopClassUID,
            sopInstanceUID: sopInstanceUID,
            studyInstanceUID: result.identity.studyInstanceUID,
            seriesInstanceUID: result.identity.seriesInstanceUID
        )
        return try await pending.commit(
            [last],
            as: keys,
            digest: digest,
            attributes: DeferredAttributes(result.attributes)
        )
    }

    private static func head(of source: InputFile) -> FileMetaInformation? {
        guard let bytes = try? source.read(at: 0, count: min(headBytes, source.length)) else { return nil }
        return bytes.withUnsafeBytes { try? FileMetaInformation.parse($0).meta }
    }

    /// The head that the archive gives every file; where the instance came from stays, if the file says so.
    private func head(of instance: InstanceFile, _ original: FileMetaInformation?) -> FileMetaInformation {
        FileMetaInformation(
            mediaStorageSOPClassUID: instance.sopClassUID,
            mediaStorageSOPInstanceUID: instance.sopInstanceUID,
            transferSyntaxUID: instance.transferSyntaxUID,
            implementationClassUID: Implementation.classUID.text,
            implementationVersionName: Implementation.versionName,
            sourceApplicationEntityTitle: original?.sourceApplicationEntityTitle ?? "",
            receivingApplicationEntityTitle: original?.receivingApplicationEntityTitle ?? ""
        )
    }
}
