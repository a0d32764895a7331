/// The bytes that hostile clients send, made once.
struct HostileMaterial: Sendable {
    /// CT storage with id 1, verification with id 3.
    let proposal: Proposal
    let unknownContext: Proposal
    let noise: [UInt8]
    let randomDataSet: Instance
    let truncatedDataSet: Instance
    let nestedDataSet: Instance
    /// A thousand C-ECHO-RQs.
    let echoes: [UInt8]
    /// A C-STORE-RQ and the first half of a P-DATA-TF.
    let stalledStore: [UInt8]

    init(calledAETitle: String) throws {
        let contexts = [
            Proposal.Context(abstractSyntax: SOPClass.ct.uid, transferSyntax: "1.2.840.10008.1.2.1"), .verification,
        ]
        proposal = try Proposal(contexts: contexts, calledAETitle: calledAETitle, callingAETitle: "HOSTILE")
        unknownContext = try Proposal(
            contexts: contexts,
            calledAETitle: calledAETitle,
            callingAETitle: "HOSTILE",
            applicationContext: "1.2.840.10008.3.1.1.9"
        )
        var noise = Noise(seed: 44)
        self.noise = noise.bytes(4_096)
        var set = DataSetWriter()
        set.text(0x0008_0016, "UI", SOPClass.ct.uid)
        set.text(0x0008_0018, "UI", "2.25.99")
        let head = set.encoded()
        func instance(_ tail: [UInt8]) throws -> Instance {
            try Instance(
                sopClassUID: SOPClass.ct.uid,
                sopInstanceUID: "2.25.99",
                transferSyntaxUID: "1.2.840.10008.1.2.1",
                dataSet: head + tail
            )
        }
        randomDataSet = try instance(noise.bytes(100_000))
        truncatedDataSet = try instance(
            [0xE0, 0x7F, 0x10, 0x00] + Array("OW".utf8) + [0, 0, 0, 0, 0, 0x40] + noise.bytes(50_000)
        )
        let level: [UInt8] =
            [0x40, 0x00, 0x75, 0x02] + Array("SQ".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
            + [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
        nestedDataSet = try instance((0..<20_000).flatMap { _ in level })
        echoes = (1...1_000).flatMap { Self.echoRequest(messageID: $0) }
        stalledStore = Self.storeRequest() + [4, 0, 0, 0, 0x20, 6, 0, 0, 0x20, 2, 1, 0] + noise.bytes(4_096)
    }

    private static func echoRequest(messageID: UInt16) -> [UInt8] {
        var command = uid(0x02, 0, Proposal.Context.verification.abstractSyntax) + [0, 0, 0x00, 1, 2, 0, 0, 0, 0x30, 0]
        command += [0, 0, 0x10, 1, 2, 0, 0, 0, UInt8(messageID & 0xFF), UInt8(messageID >> 8)]
        command += [0, 0, 0x00, 8, 2, 0, 0, 0, 1, 1]
        return request(command, contextID: 3)
    }

    private static func storeRequest() -> [UInt8] {
        var command = uid(0x02, 0, SOPClass.ct.uid) + [0, 0, 0x00, 1, 2, 0, 0, 0, 1, 0]
        command += [0, 0, 0x10, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0x00, 7, 2, 0, 0, 0, 0, 0, 0, 0, 0x00, 8, 2, 0, 0, 0, 1, 0]
        command += uid(0x00, 0x10, "2.25.98")
        return request(command, contextID: 1)
    }

    private static func uid(_ element: UInt8, _ group: UInt8, _ text: String) -> [UInt8] {
        let value = Array(text.utf8) + (text.utf8.count % 2 == 1 ? [0] : [])
        return [0, 0, element, group, UInt8(value.count), 0, 0, 0] + value
    }

    private static func request(_ command: [UInt8], contextID: UInt8) -> [UInt8] {
        let whole = [0, 0, 0, 0, 4, 0, 0, 0] + DataSetWriter.littleEndian(UInt32(command.count)) + command
        return [4, 0, 0, 0, 0, UInt8(whole.count + 6), 0, 0, 0, UInt8(whole.count + 2), contextID, 3] + whole
    }
}
