import Associations
import NIOCore
import TestSupport
import Testing

/// P-DATA-TF as a stream: what a read brings goes on at once, and only the end of a value says that it is one.
@Suite struct FragmentTests {
    /// The elements of each read.
    private func elements(_ bytes: [UInt8], cutAt cuts: [Int]) throws -> [[PDUDecoder.Element]] {
        var decoder = PDUDecoder(limits: .test)
        var buffer = ByteBuffer()
        return try zip([0] + cuts, cuts + [bytes.count]).map { start, end in
            buffer.writeBytes(bytes[start..<end])
            var elements: [PDUDecoder.Element] = []
            while let element = try decoder.next(from: &buffer) { elements.append(element) }
            return elements
        }
    }

    private func fragment(_ bytes: [UInt8], isLast: Bool, endsValue: Bool) -> PDUDecoder.Element {
        .fragment(
            PDVFragment(
                presentationContextID: 1,
                isCommand: false,
                isLast: isLast,
                endsValue: endsValue,
                bytes: ByteBuffer(bytes: bytes)
            )
        )
    }

    @Test("value in parts") func valueInParts() throws {
        // Two values: "not last" of three bytes and "last" of four.
        let bytes = rawPDU(4, Raw.value([1, 2, 3], control: 0) + Raw.value([4, 5, 6, 7], control: 2))
        let reads = try elements(bytes, cutAt: [6, 9, 14, 15, 21, 23])
        #expect(
            reads == [
                [.dataTF(length: 19, exceedsOffer: false)],
                [],
                [fragment([1, 2], isLast: false, endsValue: false)],
                [fragment([3], isLast: false, endsValue: true)],
                [],
                [fragment([4, 5], isLast: false, endsValue: false)],
                [fragment([6, 7], isLast: true, endsValue: true)],
            ]
        )
    }

    @Test("an empty fragment is an empty value, never an empty read", arguments: SeededGenerator.seeds(50))
    func marks(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let data = generator.dataTF()
        let bytes = try PDU.dataTF(data).encoded()
        let fragments = try elements(bytes, cutAt: generator.cuts(6, of: bytes.count)).flatMap { $0 }.compactMap {
            if case .fragment(let fragment) = $0 { fragment } else { nil }
        }
        #expect(fragments.filter(\.endsValue).count == data.values.count)
        #expect(fragments.filter(\.isLast).count == data.values.filter(\.isLast).count)
        #expect(fragments.allSatisfy { $0.endsValue || !$0.isLast })
        #expect(fragments.allSatisfy { $0.endsValue || $0.bytes.readableBytes > 0 })
    }
}
