import Associations
import DIMSE
import NIOCore
import TestSupport
import Testing

@Suite struct MessageAssemblerTests {
    private static let store = CommandBytes.store()
    private static let echo = bytes(GoldenCommandTests.echoRequest)
    private static let data: [UInt8] = Array(1...50)

    private func assembler() -> MessageAssembler {
        MessageAssembler(limits: .init(commandSet: 1024))
    }

    private func fragment(
        _ bytes: [UInt8],
        command: Bool,
        last: Bool = true,
        endsValue: Bool = true,
        context: UInt8 = 1
    ) -> PDVFragment {
        PDVFragment(
            presentationContextID: context,
            isCommand: command,
            isLast: last,
            endsValue: endsValue,
            bytes: ByteBuffer(bytes: bytes)
        )
    }

    /// What a list of fragments says: the commands, and each data set's bytes put together.
    private func said(_ fragments: [PDVFragment]) throws -> [Said] {
        var assembler = assembler()
        var result: [Said] = []
        var data: [UInt8] = []
        for fragment in fragments {
            switch try assembler.take(fragment) {
            case .command(let command, let id, let hasDataSet):
                result.append(.command(command, id, hasDataSet))
            case .data(let bytes, let isLast):
                data += bytes.bytes
                if isLast {
                    result.append(.data(data))
                    data = []
                }
            case nil: break
            }
        }
        #expect(data.isEmpty)
        #expect(!assembler.isWithinMessage)
        return result
    }

    private enum Said: Equatable {
        case command(Command, UInt8, Bool)
        case data([UInt8])
    }

    private func storeThenEcho() throws -> [Said] {
        [
            .command(try Command(decoding: Self.store.buffer), 1, true), .data(Self.data),
            .command(try Command(decoding: ByteBuffer(bytes: Self.echo)), 1, false),
        ]
    }

    /// Cuts `bytes` at these places; empty pieces make values without data.
    private func cut(_ bytes: [UInt8], at cuts: [Int], command: Bool) -> [PDVFragment] {
        let edges = [0] + cuts.sorted() + [bytes.count]
        return (1..<edges.count).map { index in
            fragment(Array(bytes[edges[index - 1]..<edges[index]]), command: command, last: index == edges.count - 1)
        }
    }

    /// Any cut into fragments (quirk 19, 20, 21, 22, 23).
    @Test("every cut of the message says the same") func everyCutOfTheMessageSaysTheSame() throws {
        let expected = try storeThenEcho()
        for commandCut in 0...Self.store.bytes.count {
            for dataCut in 0...Self.data.count {
                let fragments =
                    cut(Self.store.bytes, at: [commandCut], command: true)
                    + cut(Self.data, at: [dataCut], command: false)
                    + [fragment(Self.echo, command: true)]
                #expect(try said(fragments) == expected, "cut at \(commandCut), \(dataCut)")
            }
        }
    }

    @Test("one byte in each value") func oneByteInEachValue() throws {
        let fragments =
            cut(Self.store.bytes, at: Array(1..<Self.store.bytes.count), command: true)
            + cut(Self.data, at: Array(1..<Self.data.count), command: false)
            + cut(Self.echo, at: Array(1..<Self.echo.count), command: true)
        #expect(try said(fragments) == storeThenEcho())
    }

    @Test("any cuts and reads", arguments: SeededGenerator.seeds(200)) func anyCutsAndReads(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func pieces(_ bytes: [UInt8], command: Bool) -> [PDVFragment] {
            let cuts = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }
            // Each value may arrive in several reads, of which only the last ends it.
            return cut(bytes, at: cuts, command: command).flatMap { value -> [PDVFragment] in
                let middle = Int.random(in: 0...value.bytes.readableBytes, using: &random)
                guard middle > 0, middle < value.bytes.readableBytes else { return [value] }
                let all = value.bytes.bytes
                return [
                    fragment(Array(all[..<middle]), command: command, last: false, endsValue: false),
                    fragment(Array(all[middle...]), command: command, last: value.isLast),
                ]
            }
        }
        let fragments =
            pieces(Self.store.bytes, command: true) + pieces(Self.data, command: false)
            + pieces(Self.echo, command: true)
        #expect(try said(fragments) == storeThenEcho())
    }

    @Test("data passes through without a copy") func dataPassesThroughWithoutACopy() throws {
        var assembler = assembler()
        _ = try assembler.take(fragment(Self.store.bytes, command: true))
        let piece = fragment(Self.data, command: false, last: false)
        let taken = try assembler.take(piece)
        guard case .data(let bytes, isLast: false)? = taken else {
            Issue.record("\(String(describing: taken))")
            return
        }
        let same = bytes.withUnsafeReadableBytes { one in
            piece.bytes.withUnsafeReadableBytes { $0.baseAddress == one.baseAddress }
        }
        #expect(same)
    }

    @Test("empty data set is one empty last piece") func emptyDataSetIsOneEmptyLastPiece() throws {
        #expect(
            try said([fragment(Self.store.bytes, command: true), fragment([], command: false)])
                == [.command(try Command(decoding: Self.store.buffer), 1, true), .data([])]
        )
    }

    @Test("the data of a refused command follows too") func theDataOfARefusedCommandFollowsToo() throws {
        let refused = CommandBytes.store(instanceUID: "../../x")
        let command = try Command(decoding: refused.buffer)
        #expect(
            try said([fragment(refused.bytes, command: true), fragment(Self.data, command: false)])
                == [.command(command, 1, true), .data(Self.data)]
        )
    }

    /// Commands that never have a data set do not make the assembler wait for one (PS3.7 §9.3).
    @Test(
        "missing data set type",
        arguments: [
            (0x0030, false), (0x8030, false), (0x8001, false), (0x0FFF, false), (0x0001, true), (0x0130, true),
        ] as [(UInt16, Bool)]
    )
    func missingDataSetType(field: UInt16, hasDataSet: Bool) throws {
        let bytes = CommandBytes().with(.affectedSOPClassUID, "1.2").with(.commandField, field).with(.messageID, 7)
            .with(.messageIDBeingRespondedTo, 7).with(.status, 0).with(.affectedSOPInstanceUID, "1.2.3")
        var assembler = assembler()
        guard case .command(_, _, hasDataSet)? = try assembler.take(fragment(bytes.bytes, command: true)) else {
            Issue.record("data set: \(!hasDataSet)")
            return
        }
        #expect(assembler.isWithinMessage == hasDataSet)
    }

    @Test("is within message until its end") func isWithinMessageUntilItsEnd() throws {
        var assembler = assembler()
        #expect(!assembler.isWithinMessage)
        let half = Self.store.bytes.count / 2
        _ = try assembler.take(fragment(Array(Self.store.bytes[..<half]), command: true, last: false))
        #expect(assembler.isWithinMessage)
        _ = try assembler.take(fragment(Array(Self.store.bytes[half...]), command: true))
        #expect(assembler.isWithinMessage)
        _ = try assembler.take(fragment([1], command: false, last: false))
        #expect(assembler.isWithinMessage)
        _ = try assembler.take(fragment([], command: false))
        #expect(!assembler.isWithinMessage)
    }
}
