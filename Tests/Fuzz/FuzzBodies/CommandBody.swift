import Associations
import DIMSE
import NIOCore

/// Any command set is understood, refused with an answer, or ends the association; how it was cut into fragments does
/// not matter, and every answer to it is well formed.
enum CommandBody {
    private static let limits = MessageAssembler.Limits(commandSet: 4_096)

    /// Fragments of one command; the steering byte moves them over all of it.
    private static let fragmentsAtMost = 32

    static func run(_ input: FuzzInput) throws(Violation) {
        var input = input
        let cuts = input.steer()
        let bytes = ByteBuffer(bytes: input.rest)
        let count = bytes.readableBytes
        let whole = assemble(bytes, CollectionOfOne(0..<count))
        let cut = assemble(bytes, Cuts(of: count, steeredBy: cuts, atMost: fragmentsAtMost))
        try expect(whole == cut, "\(whole)\ncut into fragments:\n\(cut)")
        if let set = try? CommandSet(decoding: bytes) { try roundTrip(set) }
        if case .success(.command(let command, _, _)) = whole { try answer(to: command) }
    }

    private static func assemble(
        _ bytes: ByteBuffer,
        _ pieces: some Sequence<Range<Int>>
    ) -> Result<MessageAssembler.Element, MessageError> {
        var assembler = MessageAssembler(limits: limits)
        do throws(MessageError) {
            for piece in pieces { _ = try assembler.take(fragment(bytes, piece, isLast: false)) }
            guard let element = try assembler.take(fragment(bytes, 0..<0, isLast: true)) else {
                return .failure(.noCommandField)
            }
            return .success(element)
        } catch {
            return .failure(error)
        }
    }

    private static func fragment(_ bytes: ByteBuffer, _ piece: Range<Int>, isLast: Bool) -> PDVFragment {
        PDVFragment(
            presentationContextID: 1,
            isCommand: true,
            isLast: isLast,
            endsValue: true,
            bytes: bytes.getSlice(at: piece.lowerBound, length: piece.count) ?? ByteBuffer()
        )
    }

    /// What is encoded has even lengths and ascending tags; to encode that again changes nothing.
    private static func roundTrip(_ set: CommandSet) throws(Violation) {
        let encoded = set.encoded()
        let again = try? CommandSet(decoding: encoded)
        try expect(again?.encoded() == encoded, "\(set)\nencoded and decoded:\n\(String(describing: again))")
        try expect(again?.elements.count == set.elements.count, "elements lost from \(set)")
    }

    private static func answer(to command: Command) throws(Violation) {
        switch command {
        case .cEchoRQ, .cEchoRSP, .cStoreRQ, .cStoreRSP, .cCancelRQ, .nActionRQ, .nActionRSP, .nEventReportRQ,
            .nEventReportRSP:
            let encoded = command.encoded()
            let again = try? Command(decoding: encoded)
            try expect(again?.encoded() == encoded, "\(command)\nencoded and decoded:\n\(String(describing: again))")
        case .other, .invalid: break
        }
        guard let messageID = command.messageID else {
            try expect(command.refusal() == nil, "an answer to \(command)")
            return
        }
        let refusal = command.refusal()?.encoded()
        try expect((refusal?.readableBytes ?? .max) <= 512, "no answer, or a long one, to \(command)")
        let set = refusal.flatMap { try? CommandSet(decoding: $0) }
        try expect(
            set?.unsignedShort(.messageIDBeingRespondedTo) == messageID,
            "an answer that does not name \(messageID)"
        )
        try expect(set?.unsignedShort(.commandField) == command.field.response.rawValue, "a wrong answer to \(command)")
        try expect(set?.unsignedShort(.commandDataSetType) == 0x0101, "an answer that announces a data set")
        try expect((set?.unsignedShort(.status) ?? 0) != 0, "a refusal of \(command) that means success")
        try expect((set?[.errorComment]?.count ?? 0) <= 64, "an Error Comment that is no LO, to \(command)")
    }
}
