import Associations
import DIMSE
import NIOCore
import Testing

/// Faults against the structure of messages, which end the association (hostile 17 to 28; docs/testing.md).
@Suite struct MessageErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let source: String
        /// Command?, last?, context, bytes.
        let fragments: [(Bool, Bool, UInt8, [UInt8])]
        let error: MessageError
        var testDescription: String { source }
    }

    private static let limit = 200
    private static let store = CommandBytes.store().bytes
    private static let echo = bytes(GoldenCommandTests.echoRequest)

    static let cases: [Case] = [
        Case(source: "case 22: data first", fragments: [(false, true, 1, [1])], error: .dataBeforeCommand),
        Case(source: "empty data first", fragments: [(false, true, 1, [])], error: .dataBeforeCommand),
        Case(
            source: "data within a command",
            fragments: [(true, false, 1, [0]), (false, true, 1, [1])],
            error: .dataBeforeCommand
        ),
        Case(
            source: "case 25: data after a command that announced none",
            fragments: [(true, true, 1, echo), (false, true, 1, [1])],
            error: .dataBeforeCommand
        ),
        Case(
            source: "more data than the last",
            fragments: [(true, true, 1, store), (false, true, 1, [1]), (false, true, 1, [2])],
            error: .dataBeforeCommand
        ),
        Case(
            source: "case 25: command instead of the data announced",
            fragments: [(true, true, 1, store), (true, true, 1, echo)],
            error: .commandWithinDataSet
        ),
        Case(
            source: "command within the data",
            fragments: [(true, true, 1, store), (false, false, 1, [1]), (true, true, 1, echo)],
            error: .commandWithinDataSet
        ),
        Case(
            source: "quirk 25: data on another context",
            fragments: [(true, true, 1, store), (false, true, 3, [1])],
            error: .presentationContextChanged(from: 1, to: 3)
        ),
        Case(
            source: "command on two contexts",
            fragments: [(true, false, 5, [0]), (true, true, 3, [0])],
            error: .presentationContextChanged(from: 5, to: 3)
        ),
        Case(
            source: "case 23: command set over the limit",
            fragments: [(true, true, 1, Array(repeating: 0, count: limit + 1))],
            error: .commandSetTooLong(limit: limit)
        ),
        Case(
            source: "case 23: command that never ends",
            fragments: Array(repeating: (true, false, 1, Array(repeating: 0, count: 67)), count: 3),
            error: .commandSetTooLong(limit: limit)
        ),
        Case(source: "empty command", fragments: [(true, true, 1, [])], error: .noCommandField),
        Case(
            source: "random command",
            fragments: [(true, true, 1, Array("GET / HTTP/1.1\r\n\r\n".utf8))],
            error: .noCommandField
        ),
    ]

    @Test("is found", arguments: cases) func isFound(_ the: Case) throws {
        var assembler = MessageAssembler(limits: .init(commandSet: Self.limit))
        let fragments = the.fragments.map { isCommand, isLast, id, bytes in
            PDVFragment(
                presentationContextID: id,
                isCommand: isCommand,
                isLast: isLast,
                endsValue: true,
                bytes: ByteBuffer(bytes: bytes)
            )
        }
        for fragment in fragments.dropLast() { _ = try assembler.take(fragment) }
        let last = try #require(fragments.last)
        #expect(throws: the.error) { try assembler.take(last) }
        #expect(!assembler.isWithinMessage)
        // Failed is failed, whatever comes next.
        let sound = PDVFragment(
            presentationContextID: 1,
            isCommand: true,
            isLast: true,
            endsValue: true,
            bytes: ByteBuffer(bytes: Self.echo)
        )
        #expect(throws: the.error) { try assembler.take(sound) }
        #expect(!the.error.description.isEmpty)
    }

    @Test("a command of exactly the limit is taken") func aCommandOfExactlyTheLimitIsTaken() throws {
        let padding = Array(repeating: UInt8(0), count: Self.limit - Self.echo.count - 8)
        let bytes = CommandBytes().followed(by: Self.echo).with(.init(rawValue: 0x0000_F000), padding).bytes
        #expect(bytes.count == Self.limit)
        var assembler = MessageAssembler(limits: .init(commandSet: Self.limit))
        let fragment = PDVFragment(
            presentationContextID: 1,
            isCommand: true,
            isLast: true,
            endsValue: true,
            bytes: ByteBuffer(bytes: bytes)
        )
        #expect(try assembler.take(fragment) != nil)
    }
}
