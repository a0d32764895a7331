import ApplicationEntities
import Associations
import DIMSE
import NIOCore
import NIOPosix

/// One file's C-STORE on an association.
struct SendOperation {
    let worker: SendWorker
    let file: InstanceFile

    /// Where the bytes of the data set are.
    private struct Source: Sendable {
        var file: InputFile
        var offset: Int
        var length: Int
        /// A NUL follows the file's own bytes (PS3.5 §A.5).
        var isPadded = false

        var sentLength: Int { length + (isPadded ? 1 : 0) }

        func piece(at position: Int, count: Int) throws(InstanceFile.Unreadable) -> ByteBuffer {
            let own = min(count, length - position)
            var bytes = own > 0 ? try file.read(at: offset + position, count: own) : []
            if own < count { bytes.append(0) }
            return ByteBuffer(bytes: bytes)
        }
    }

    /// Sends the file, and tells the progress what the peer answered.
    ///
    /// *Errors*: the association has ended, or the file can no longer be read: then the association cannot go on. A
    /// file that cannot be sent at all is no error of the association.
    func run(_ association: Association) async throws {
        guard let (id, isConverted) = context(association.negotiated) else {
            worker.progress.failed(file.path, refusal(association.negotiated))
            return
        }
        let source: Source
        do {
            source = try await open(isConverted: isConverted)
        } catch {
            worker.progress.failed(file.path, "\(error)")
            return
        }
        if isConverted {
            worker.progress.note(
                file.path,
                "converted to Implicit VR Little Endian: the peer takes it in no other transfer syntax"
            )
        }
        let response = try await association.store(
            sopClassUID: UID(file.sopClassUID),
            sopInstanceUID: UID(file.sopInstanceUID),
            on: id,
            length: source.sentLength
        ) { position, count in
            try await worker.threads.runIfActive { try source.piece(at: position, count: count) }
        }
        switch response.status.category {
        case .success, .warning:
            worker.progress.succeeded()
        case .failure, .cancel, .pending:
            let comment = response.errorComment.map { " (\($0))" } ?? ""
            worker.progress.failed(file.path, "status \(response.status)\(comment)\(file.oddity)")
        }
    }

    /// The context to send on, and whether its transfer syntax is another than the file's.
    private func context(_ negotiated: Negotiated) -> (id: UInt8, isConverted: Bool)? {
        if let id = worker.batch.id(of: file.context), negotiated.contexts[id] != nil { return (id, false) }
        // Not with `--convert never`, though another file may be in Implicit VR Little Endian by itself.
        if worker.batch.isConverting, let context = file.convertedContext, let id = worker.batch.id(of: context),
            negotiated.contexts[id] != nil
        {
            return (id, true)
        }
        return nil
    }

    private func refusal(_ negotiated: Negotiated) -> String {
        let result = worker.batch.id(of: file.context).flatMap { negotiated.refusals[$0] }
        return "presentation context refused: \(file.sopClassUID) in \(file.transferSyntaxUID)"
            + (result.map { " (\($0))" } ?? "")
            + (worker.batch.isConverting || file.convertedContext == nil
                ? "" : "; with --convert never it is not offered in Implicit VR Little Endian")
    }

    private func open(isConverted: Bool) async throws -> Source {
        let file = self.file
        return try await worker.threads.runIfActive {
            if isConverted {
                let converted = try ConvertedDataSet.make(of: file)
                return Source(file: converted, offset: 0, length: converted.length)
            }
            return Source(
                file: try InputFile(file.path),
                offset: file.dataSetOffset,
                length: file.dataSetLength,
                isPadded: file.isPadded
            )
        }
    }
}
