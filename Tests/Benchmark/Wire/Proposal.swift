/// What the generator proposes: the A-ASSOCIATE-RQ (PS3.8 §9.3.2), encoded once and sent for every association.
struct Proposal: Sendable {
    /// A presentation context to be proposed.
    struct Context: Hashable, Sendable {
        let abstractSyntax: String
        let transferSyntax: String
    }

    /// The contexts; the one at index n has the id 2n + 1.
    let contexts: [Context]
    /// The whole PDU.
    let bytes: [UInt8]

    /// - Parameters:
    ///   - operations: the asynchronous operations window to propose (PS3.7 §D.3.3.3); nil: none.
    ///   - applicationContext: another name than the standard's one is a request to be rejected.
    init(
        contexts: [Context],
        calledAETitle: String = "ANY-SCP",
        callingAETitle: String = "DICOM-BENCH",
        operations: Int? = nil,
        applicationContext: String = "1.2.840.10008.3.1.1.1"
    ) throws {
        guard contexts.count <= 128 else {
            throw BenchError.unusable("more than 128 presentation contexts are needed")
        }
        self.contexts = contexts
        var variable = Self.item(0x10, Array(applicationContext.utf8))
        for (index, context) in contexts.enumerated() {
            let syntaxes =
                Self.item(0x30, Array(context.abstractSyntax.utf8))
                + Self.item(0x40, Array(context.transferSyntax.utf8))
            variable += Self.item(0x20, [UInt8(2 * index + 1), 0, 0, 0] + syntaxes)
        }
        var user = Self.item(0x51, [0, 0, 0x40, 0]) + Self.item(0x52, Array(implementationClassUID.utf8))
        if let operations { user += Self.item(0x53, [0, UInt8(clamping: operations), 0, 1]) }
        user += Self.item(0x55, Array("DICOM_BENCH".utf8))
        variable += Self.item(0x50, user)
        var pdu: [UInt8] = [1, 0] + Self.bigEndian(UInt32(68 + variable.count)) + [0, 1, 0, 0]
        pdu += Self.title(calledAETitle) + Self.title(callingAETitle) + [UInt8](repeating: 0, count: 32)
        bytes = pdu + variable
    }

    /// For C-ECHO (PS3.4 Annex A).
    static func verification(calledAETitle: String = "ANY-SCP") throws -> Proposal {
        try Proposal(contexts: [.verification], calledAETitle: calledAETitle)
    }

    /// One context for each pair of SOP class and transfer syntax among the instances.
    static func storage(
        _ instances: [Instance],
        calledAETitle: String = "ANY-SCP",
        callingAETitle: String = "DICOM-BENCH",
        operations: Int? = nil
    ) throws -> (proposal: Proposal, contextIDs: [UInt8]) {
        var contexts: [Context] = []
        let ids = instances.map { instance in
            let context = Context(
                abstractSyntax: instance.sopClassUID,
                transferSyntax: instance.transferSyntaxUID
            )
            guard let known = contexts.firstIndex(of: context) else {
                contexts.append(context)
                return UInt8(truncatingIfNeeded: 2 * contexts.count - 1)
            }
            return UInt8(truncatingIfNeeded: 2 * known + 1)
        }
        let proposal = try Proposal(
            contexts: contexts,
            calledAETitle: calledAETitle,
            callingAETitle: callingAETitle,
            operations: operations
        )
        return (proposal, ids)
    }

    private static func item(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, 0, UInt8(truncatingIfNeeded: value.count >> 8), UInt8(truncatingIfNeeded: value.count)] + value
    }

    private static func title(_ text: String) -> [UInt8] {
        Array(text.utf8.prefix(16)) + [UInt8](repeating: 0x20, count: max(0, 16 - text.utf8.count))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - $0 * 8)) }
    }
}

extension Proposal.Context {
    static let verification = Proposal.Context(
        abstractSyntax: "1.2.840.10008.1.1",
        transferSyntax: "1.2.840.10008.1.2"
    )
}
