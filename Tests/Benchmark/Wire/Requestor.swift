import Glibc

/// One connection of the generator after another, with buffers that live as long as their thread.
final class Requestor {
    /// The PDU length where the peer sets no maximum (PS3.8 §D.1.1).
    private static let unlimitedPDULength = 1 << 20

    private let endpoint: Endpoint
    private let pduLengthLimit: Int?
    private let timeout: Int
    let reader = PDUReader()
    let writer = MessageWriter()
    private(set) var descriptor: Int32 = -1
    private var session: TLSSession?
    /// The longest P-DATA-TF to send.
    private(set) var pduLength = 0
    /// How many operations may be outstanding.
    private(set) var window = 1

    /// - Parameters:
    ///   - pduLengthLimit: a cap below what the peer offers; nil: none.
    ///   - timeout: seconds that the peer may be silent.
    init(_ endpoint: Endpoint, pduLengthLimit: Int? = nil, timeout: Int = 60) {
        self.endpoint = endpoint
        self.pduLengthLimit = pduLengthLimit
        self.timeout = timeout
    }

    deinit { close() }

    /// Protocol and cipher of the connection; nil: it is plain.
    var cipher: String? { session?.description }

    /// Connects and associates; every context proposed must be accepted.
    func open(_ proposal: Proposal) throws {
        close()
        reader.reset()
        writer.resetMessageID()
        descriptor = try endpoint.connect(timeout: timeout)
        if let tls = endpoint.tls { useSession(try TLSSession(tls, on: descriptor)) }
        try send(proposal.bytes)
        try readAnswer(proposal)
    }

    /// A-RELEASE (PS3.8 §7.2), then closes.
    func release() throws {
        defer { close() }
        try send([PDUType.releaseRQ, 0, 0, 0, 0, 4, 0, 0, 0, 0])
        _ = try reader.next(descriptor, expecting: PDUType.releaseRP)
    }

    /// A-ABORT by the service-user (PS3.8 §7.3), then closes.
    func abort() throws {
        defer { close() }
        try send([PDUType.abort, 0, 0, 0, 0, 4, 0, 0, 0, 0])
    }

    /// Closes the connection, if any.
    func close() {
        session?.close()
        useSession(nil)
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func useSession(_ session: TLSSession?) {
        (self.session, reader.session, writer.session) = (session, session, session)
    }

    private func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try writer.send($0, to: descriptor) }
    }

    /// The descriptor, which is the caller's to close from now on.
    func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    /// Connect, associate, C-ECHO, release: what a modality does to see whether the archive is there.
    func echo(_ proposal: Proposal) throws {
        try open(proposal)
        let id = try writer.sendEcho(to: descriptor, contextID: 1, pduLength: pduLength)
        let response = try nextResponse()
        guard response.field == CommandField.echoRSP, response.messageID == id else {
            throw BenchError.protocolFault("C-ECHO answered by something else")
        }
        if response.status != 0 { throw BenchError.status(response.status) }
        try release()
    }

    /// The next response, whichever request it is to.
    func nextResponse() throws -> Response { try ResponseParser.next(reader, descriptor) }

    private func readAnswer(_ proposal: Proposal) throws {
        let body = try reader.next(descriptor, expecting: PDUType.associateAC)
        var accepted = 0
        var maximumLength: Int?
        window = 1
        for item in Items(body, from: 68) {
            if item.type == 0x21, item.value.count >= 4 {
                let index = Int(item.value[0]) / 2
                guard index < proposal.contexts.count else {
                    throw BenchError.protocolFault("an answer to a presentation context that was not proposed")
                }
                let context = proposal.contexts[index]
                guard item.value[2] == 0 else {
                    throw BenchError.contextRefused(
                        abstractSyntax: context.abstractSyntax,
                        transferSyntax: context.transferSyntax,
                        result: item.value[2]
                    )
                }
                accepted += 1
            } else if item.type == 0x50 {
                for part in Items(item.value) {
                    if part.type == 0x51, part.value.count == 4 { maximumLength = Int(part.value.bigEndian32(0)) }
                    if part.type == 0x53, part.value.count == 4 { window = Int(part.value.bigEndian16(0)) }
                }
            }
        }
        guard accepted == proposal.contexts.count else {
            throw BenchError.protocolFault("not every presentation context was answered")
        }
        let offered = maximumLength ?? 0
        pduLength = min(offered == 0 ? Self.unlimitedPDULength : offered, pduLengthLimit ?? .max)
        guard pduLength >= 256 else { throw BenchError.protocolFault("a maximum length of \(pduLength)") }
    }
}

/// The items of a variable field (PS3.8 §9.3.2), as far as they are whole.
struct Items: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func next() -> (type: UInt8, value: UnsafeRawBufferPointer)? {
        guard offset + 4 <= bytes.count else { return nil }
        let length = Int(bytes.bigEndian16(offset + 2))
        guard offset + 4 + length <= bytes.count else { return nil }
        defer { offset += 4 + length }
        let value = UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + length)])
        return (bytes[offset], value)
    }
}
