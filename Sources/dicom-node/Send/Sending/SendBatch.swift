import Associations
import DataSets

/// One SOP class in one transfer syntax: a presentation context of its own, so that no file depends on the acceptor's
/// preference.
struct SendContext: Hashable, Sendable {
    var sopClassUID: String
    var transferSyntaxUID: String
}

/// Files that the same associations can send: their presentation contexts are at most 128 (PS3.8 §9.3.2.2).
struct SendBatch: Sendable {
    private(set) var contexts: [SendContext] = []
    private(set) var files: [InstanceFile] = []
    private var ids: [SendContext: UInt8] = [:]
    /// A file may be sent in Implicit VR Little Endian instead of its own transfer syntax.
    let isConverting: Bool

    static let contextsMax = 128

    private init(converting: Bool) { isConverting = converting }

    /// The context's id, odd, 1…255.
    func id(of context: SendContext) -> UInt8? { ids[context] }

    var proposed: [ProposedPresentationContext] {
        contexts.enumerated().map { index, context in
            ProposedPresentationContext(
                id: UInt8(2 * index + 1),
                abstractSyntax: UID(context.sopClassUID),
                transferSyntaxes: [UID(context.transferSyntaxUID)]
            )
        }
    }

    /// Splits the files where one association would need over 128 contexts.
    static func batches(_ files: [InstanceFile], converting: Bool) -> [SendBatch] {
        var batches: [SendBatch] = []
        for file in files where batches.isEmpty || !batches[batches.count - 1].add(file) {
            var batch = SendBatch(converting: converting)
            _ = batch.add(file)
            batches.append(batch)
        }
        return batches
    }

    /// False if it would take too many contexts.
    private mutating func add(_ file: InstanceFile) -> Bool {
        let missing = [file.context, isConverting ? file.convertedContext : nil].compactMap(\.self)
            .filter { ids[$0] == nil }
        guard contexts.count + missing.count <= Self.contextsMax else { return false }
        for context in missing {
            ids[context] = UInt8(2 * contexts.count + 1)
            contexts.append(context)
        }
        files.append(file)
        return true
    }
}

extension InstanceFile {
    /// The file as it is.
    var context: SendContext {
        SendContext(sopClassUID: sopClassUID, transferSyntaxUID: transferSyntaxUID)
    }

    /// The file in the default transfer syntax, which every uncompressed instance is offered in (PS3.5 §10.1). nil: it
    /// is so already, or is compressed.
    var convertedContext: SendContext? {
        guard ImplicitVRConversion.converts(transferSyntaxUID) else { return nil }
        return SendContext(sopClassUID: sopClassUID, transferSyntaxUID: TransferSyntaxUID.implicitLittleEndian)
    }
}
