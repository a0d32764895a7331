import Associations
import DIMSE
import NIOCore
import Testing

@Suite struct MessageFragmenterTests {
    /// The PDU's variable field, which a maximum length counts (PS3.8 §D.1).
    private func length(_ pdu: DataTF) -> Int {
        pdu.values.reduce(0) { $0 + 6 + $1.data.readableBytes }
    }

    private func limit(_ offered: Int) -> Int { offered == 0 ? .max : max(7, offered) }

    private static let bytes = (0..<1001).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    /// Every limit, usable or not, with every size up to 1,000: the same bytes come out, and no PDU is too long.
    ///
    /// Of small limits, whose fragments are many and alike, sizes of up to four of them and the two greatest.
    @Test("reassembly is the identity", arguments: 0...300) func reassemblyIsTheIdentity(offered: Int) {
        let fragmenter = MessageFragmenter(peerMaximumLength: offered, ownLimit: 1 << 20)
        let isSmall = offered != 0 && 4 * limit(offered) < 1000
        for size in isSmall ? Array(0...4 * limit(offered)) + [999, 1000] : Array(0...1000) {
            let whole = ByteBuffer(bytes: Self.bytes[..<size])
            let fragments = fragmenter.fragments(of: whole, presentationContextID: 5, isCommand: false)
            var joined = ByteBuffer()
            var isSound = true
            for (index, pdu) in fragments.enumerated() {
                let isLast = index == fragments.count - 1
                for value in pdu.values {
                    isSound = isSound && value.isLast == isLast && !value.isCommand && value.presentationContextID == 5
                    isSound =
                        isSound
                        && (isLast || offered == 7 || offered < 7 && offered > 0
                            || value.data.readableBytes.isMultiple(of: 2))
                    isSound = isSound && (isLast || value.data.readableBytes > 0)
                    joined.writeImmutableBuffer(value.data)
                }
                isSound = isSound && pdu.values.count == 1 && length(pdu) <= limit(offered)
            }
            #expect(isSound && fragments.count > 0 && joined == whole, "limit \(offered), \(size) bytes")
        }
    }

    /// A command with the beginning of its data in one PDU, the rest by itself.
    @Test("command and data together", arguments: 0...300) func commandAndDataTogether(offered: Int) {
        let fragmenter = MessageFragmenter(peerMaximumLength: offered, ownLimit: 1 << 20)
        for (commandSize, dataSize) in [(0, 0), (2, 0), (100, 1), (100, 0), (100, 57), (101, 158), (150, 500)] {
            let command = ByteBuffer(bytes: Self.bytes[..<commandSize])
            let data = ByteBuffer(bytes: Self.bytes[..<dataSize])
            var rest = data
            var (pdus, endsDataSet) = fragmenter.commandFragments(
                of: command,
                fillingUpWith: &rest,
                dataIsComplete: true,
                presentationContextID: 1
            )
            if !endsDataSet { pdus += fragmenter.fragments(of: rest, presentationContextID: 1, isCommand: false) }

            let values = pdus.flatMap(\.values)
            let name: Comment = "limit \(offered), command \(commandSize), data \(dataSize)"
            #expect(pdus.allSatisfy { length($0) <= limit(offered) }, name)
            #expect(values.filter(\.isCommand).flatMap(\.data.bytes) == command.bytes, name)
            #expect(values.filter { !$0.isCommand }.flatMap(\.data.bytes) == data.bytes, name)
            #expect(values.filter(\.isLast).map(\.isCommand) == [true, false], name)
            #expect(values.last?.isLast == true, name)
        }
    }

    @Test("a small object is one PDU") func aSmallObjectIsOnePDU() {
        let fragmenter = MessageFragmenter(peerMaximumLength: 16_384, ownLimit: 1 << 20)
        var data = ByteBuffer(bytes: Self.bytes)
        let (pdus, endsDataSet) = fragmenter.commandFragments(
            of: CStoreRQ(messageID: 1, affectedSOPClassUID: "1.2", affectedSOPInstanceUID: "1.2.3").encoded(),
            fillingUpWith: &data,
            dataIsComplete: true,
            presentationContextID: 1
        )
        #expect(pdus.count == 1 && endsDataSet)
        #expect(data.readableBytes == 0)
    }

    /// More data is to come: what goes along is even, and is not the last.
    @Test("incomplete data is cut even") func incompleteDataIsCutEven() throws {
        let fragmenter = MessageFragmenter(peerMaximumLength: 0, ownLimit: 1 << 20)
        var data = ByteBuffer(bytes: Self.bytes)
        let (pdus, endsDataSet) = fragmenter.commandFragments(
            of: ByteBuffer(bytes: [1, 2]),
            fillingUpWith: &data,
            dataIsComplete: false,
            presentationContextID: 1
        )
        let value = try #require(pdus.last?.values.last)
        #expect(!value.isCommand && !value.isLast && !endsDataSet)
        #expect(value.data.readableBytes == 1000)
        #expect(data.readableBytes == 1)
    }

    @Test("a part that is not the last says so") func aPartThatIsNotTheLastSaysSo() {
        let fragmenter = MessageFragmenter(peerMaximumLength: 16, ownLimit: 1 << 20)
        let part = fragmenter.fragments(
            of: ByteBuffer(bytes: Self.bytes[..<30]),
            presentationContextID: 1,
            isCommand: false,
            isLast: false
        )
        #expect(part.map { $0.values[0].data.readableBytes } == [10, 10, 10])
        #expect(part.allSatisfy { !$0.values[0].isLast })
        let nothing = fragmenter.fragments(
            of: ByteBuffer(),
            presentationContextID: 1,
            isCommand: false,
            isLast: false
        )
        #expect(nothing.isEmpty)
    }

    @Test(
        "the smaller maximum counts",
        arguments: [
            (nil, 1000, 1000), (0, 1000, 1000), (-1, 1000, 1000), (1, 1000, 7), (6, 1000, 7), (7, 1000, 7),
            (8, 1000, 8),
            (16_384, 1000, 1000), (500, 1000, 500), (Int.max, 1000, 1000), (500, 0, 7),
            (Int.max, Int.max, Int(UInt32.max)),
        ] as [(Int?, Int, Int)]
    )
    func theSmallerMaximumCounts(peer: Int?, own: Int, expected: Int) {
        #expect(MessageFragmenter(peerMaximumLength: peer, ownLimit: own).maximumLength == expected)
    }

    /// What is cut is put together again by the other half of this module.
    @Test("the assembler undoes the fragmenter", arguments: [7, 8, 9, 20, 128, 16_384])
    func theAssemblerUndoesTheFragmenter(offered: Int) throws {
        let fragmenter = MessageFragmenter(peerMaximumLength: offered, ownLimit: 1 << 20)
        let request = CStoreRQ(messageID: 1, affectedSOPClassUID: "1.2", affectedSOPInstanceUID: "1.2.3")
        let data = ByteBuffer(bytes: Self.bytes)
        let pdus =
            Array(fragmenter.fragments(of: request.encoded(), presentationContextID: 3, isCommand: true))
            + Array(fragmenter.fragments(of: data, presentationContextID: 3, isCommand: false))
        var assembler = MessageAssembler(limits: .init(commandSet: 1024))
        var commands: [Command] = []
        var received = ByteBuffer()
        for value in pdus.flatMap(\.values) {
            let fragment = PDVFragment(
                presentationContextID: value.presentationContextID,
                isCommand: value.isCommand,
                isLast: value.isLast,
                endsValue: true,
                bytes: value.data
            )
            switch try assembler.take(fragment) {
            case .command(let command, _, _): commands.append(command)
            case .data(let bytes, _): received.writeImmutableBuffer(bytes)
            case nil: break
            }
        }
        #expect(commands == [.cStoreRQ(request)])
        #expect(received == data)
        #expect(!assembler.isWithinMessage)
    }
}
