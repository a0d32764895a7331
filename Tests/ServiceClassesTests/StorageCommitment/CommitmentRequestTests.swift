import DIMSE
import DataSets
import TestSupport
import Testing

@testable import ServiceClasses

/// What is read of the Action Information, and with which status it is refused (PS3.4 Table J.3-1).
@Suite struct CommitmentRequestTests {
    typealias Reference = CommitmentRequest.Reference

    private static let ct = RawUID.ctImage
    private static let encodings: [RawDataSet.Encoding] = [.explicitLittle, .implicitLittle, .explicitBig]

    private func read(
        _ dataSet: [UInt8],
        _ encoding: RawDataSet.Encoding = .explicitLittle
    ) -> Result<CommitmentRequest, Refusal> {
        Result { () throws(Refusal) in try CommitmentRequest(dataSet, transferSyntaxUID: encoding.rawValue) }
    }

    private func status(_ dataSet: [UInt8], _ encoding: RawDataSet.Encoding = .explicitLittle) -> Status? {
        guard case .failure(let refusal) = read(dataSet, encoding) else { return nil }
        #expect(!refusal.comment.isEmpty)
        return refusal.status
    }

    @Test("every reference is read, each once, in its order", arguments: encodings, [false, true])
    func references(encoding: RawDataSet.Encoding, undefined: Bool) throws {
        let dataSet = RawCommitment.dataSet(
            encoding,
            transactionUID: "2.25.77",
            [(Self.ct, "1.2.3"), (RawUID.mrImage, "1.2.4"), (Self.ct, "1.2.3"), (Self.ct, "1.2.4")],
            undefined: undefined
        )
        let request = try read(dataSet, encoding).get()
        #expect(request.transactionUID == "2.25.77")
        #expect(
            request.references == [
                Reference(sopClassUID: Self.ct, sopInstanceUID: "1.2.3"),
                Reference(sopClassUID: RawUID.mrImage, sopInstanceUID: "1.2.4"),
                Reference(sopClassUID: Self.ct, sopInstanceUID: "1.2.4"),
            ]
        )
    }

    @Test("what else a request has is passed over", arguments: encodings)
    func other(encoding: RawDataSet.Encoding) throws {
        var dataSet = RawDataSet(encoding)
        dataSet.add(0x0008, 0x0005, "CS", "ISO_IR 100")
        // A Referenced Performed Procedure Step Sequence, which older SCUs send: its references are no instances.
        var step = RawDataSet(encoding)
        step.add(0x0008, 0x1150, "UI", "1.2.840.10008.3.1.2.3.3")
        step.add(0x0008, 0x1155, "UI", "1.2.99")
        var steps = RawDataSet(encoding)
        steps.addTag(0xFFFE, 0xE000, length: step.bytes.count)
        steps.add(raw: step.bytes)
        dataSet.add(0x0008, 0x1111, "SQ", steps.bytes)
        dataSet.add(raw: RawCommitment.dataSet(encoding, [(Self.ct, "1.2.3")]))
        dataSet.add(0x0009, 0x0010, "LO", "PRIVATE")
        dataSet.add(0x0009, 0x1001, "UN", [1, 2, 3, 4])
        let request = try read(dataSet.bytes, encoding).get()
        #expect(request.references == [Reference(sopClassUID: Self.ct, sopInstanceUID: "1.2.3")])
    }

    @Test(
        "what is missing is refused with 0115H",
        arguments: [
            RawCommitment.dataSet(transactionUID: nil, [(ct, "1.2.3")]),
            RawCommitment.dataSet(transactionUID: "", [(ct, "1.2.3")]),
            RawCommitment.dataSet(transactionUID: "1.2/3", [(ct, "1.2.3")]),
            RawCommitment.dataSet(transactionUID: String(repeating: "1", count: 65), [(ct, "1.2.3")]),
            RawCommitment.dataSet([]), RawCommitment.dataSet([], undefined: true),
            RawCommitment.dataSet([(nil, "1.2.3")]), RawCommitment.dataSet([(ct, nil)]),
            RawCommitment.dataSet([(ct, "1.2.3"), (nil, nil)]), RawCommitment.dataSet([("", "1.2.3")]),
            RawCommitment.dataSet([(ct, "1.2 3")]), RawCommitment.dataSet([(ct, "1.2\n3")]), [],
        ]
    )
    func missing(dataSet: [UInt8]) {
        #expect(status(dataSet) == .invalidArgumentValue)
    }

    @Test("a request that is cut anywhere is refused", arguments: encodings, [false, true])
    func cut(encoding: RawDataSet.Encoding, undefined: Bool) {
        let whole = RawCommitment.dataSet(encoding, [(Self.ct, "1.2.3"), (Self.ct, "1.2.4")], undefined: undefined)
        for count in 0..<whole.count {
            #expect(status(Array(whole[..<count]), encoding) == .invalidArgumentValue, "after \(count) bytes")
        }
    }

    @Test("more references than are taken are refused with 0213H")
    func tooMany() {
        let references = (0..<100_000).map { (sopClass: Optional("1.2"), instance: Optional("1.3.\($0)")) }
        #expect(status(RawCommitment.dataSet(references)) == .resourceLimitation)
    }

    @Test("nested junk ends the walk, however deep it is", arguments: encodings)
    func nested(encoding: RawDataSet.Encoding) {
        var dataSet = RawDataSet(encoding)
        for _ in 0..<20_000 {
            dataSet.add(0x0008, 0x1199, "SQ", [], length: 0xFFFF_FFFF)
            dataSet.addTag(0xFFFE, 0xE000, length: 0xFFFF_FFFF)
        }
        #expect(status(dataSet.bytes, encoding) == .invalidArgumentValue)
    }

    @Test("bytes that are changed at random never end the process", arguments: encodings)
    func random(encoding: RawDataSet.Encoding) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let whole = RawCommitment.dataSet(encoding, [(Self.ct, "1.2.3"), (Self.ct, "1.2.4")], undefined: true)
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            switch read(bytes, encoding) {
            case .failure(let refusal): #expect(!refusal.comment.isEmpty, "seed \(seed)")
            case .success(let request): #expect(!request.references.isEmpty, "seed \(seed)")
            }
        }
    }
}
