import TestSupport
import Testing

@testable import DataSets

/// The data sets under Fixtures/cases/data-sets, as the scanner finds them.
@Suite struct DataSetCaseTests {
    @Test("is found whole, or not, as cases.csv says", arguments: try DataSetCase.all())
    func isFoundAsWanted(_ item: DataSetCase) {
        let result = scan(item.dataSet, item.transferSyntaxUID)
        let comment = "\(result.fault?.description ?? "no fault"); \(result.notes)"
        switch item.want {
        case .store:
            #expect(result.fault == nil, "\(comment)")
            #expect(result.identity.sopClassUID == item.sopClassUID)
            #expect(result.identity.sopInstanceUID == String(item.sopInstanceUID.drop { $0 == " " }))
        case .refuse: #expect(result.fault != nil, "\(comment)")
        case .either: break
        }
        expectSameHoweverCut(item.dataSet, item.transferSyntaxUID)
    }

    @Test(
        "cut at any byte, is not found whole unless it was cut before a header or in its padding",
        arguments: try DataSetCase.all()
    )
    func isNotFoundWholeWhenCut(_ item: DataSetCase) {
        guard item.want == .store, !item.name.hasPrefix("deflate-") else { return }
        let cuts = Cuts(item)
        for count in item.dataSet.indices {
            let result = scan(Array(item.dataSet[..<count]), item.transferSyntaxUID)
            guard result.fault == nil else { continue }
            #expect(cuts.mayBeWhole(count), "\(count) of \(item.dataSet.count) bytes: \(result.notes)")
        }
    }

    /// Of a deflated one, no beginning is whole.
    @Test(
        "deflated and cut, is not found whole",
        arguments: try DataSetCase.all().filter { $0.name.hasPrefix("deflate-") }
    )
    func isNotFoundWholeWhenDeflatedAndCut(_ item: DataSetCase) {
        for count in 0..<max(0, item.dataSet.count - Self.checksumAndPadding) {
            #expect(scan(Array(item.dataSet[..<count]), item.transferSyntaxUID).fault != nil, "\(count) bytes")
        }
    }

    /// Adler-32 of RFC 1950, and a NUL: bytes behind the stream.
    private static let checksumAndPadding = 5

    /// Where a case may be cut without a trace: what is cut off begins with a header, or it is padding. Found without
    /// the scanner, by what the cases have in them.
    struct Cuts {
        private let bytes: [UInt8]
        private let isBigEndian: Bool
        private var endsOfPixels: Set<Int> = []

        init(_ item: DataSetCase) {
            bytes = item.dataSet
            isBigEndian = item.transferSyntaxUID == Encoding.explicitBigEndian.transferSyntaxUID
            // The pixels of a case are these, or they end with a delimiter.
            for last in [Array(0...15), [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0], [0xFF, 0xFE, 0xE0, 0xDD, 0, 0, 0, 0]]
                as [[UInt8]]
            {
                for start in bytes.indices.dropLast(last.count - 1)
                where bytes[start..<start + last.count].elementsEqual(last) {
                    endsOfPixels.insert(start + last.count)
                }
            }
        }

        func mayBeWhole(_ count: Int) -> Bool {
            if isBoundary(count) { return true }
            // Behind an element, what looks like NULs and blanks is padding.
            return stride(from: count - 1, through: 0, by: -1).prefix { RawHeader.isBlank(bytes[$0]) }.contains(
                where: isBoundary
            )
        }

        private func isBoundary(_ count: Int) -> Bool {
            // Behind Pixel Data, anything up to seven bytes is padding; behind the last, anything.
            if count >= endsOfPixels.max() ?? .max || (0..<8).contains(where: { endsOfPixels.contains(count - $0) }) {
                return true
            }
            let rest = bytes[count...].prefix(4)
            guard rest.count == 4 else { return bytes[count...].allSatisfy(RawHeader.isBlank) }
            let numbers = rest.map(UInt16.init)
            let group = isBigEndian ? numbers[0] << 8 | numbers[1] : numbers[1] << 8 | numbers[0]
            return Self.groups.contains(group) || numbers == [0xFE, 0xFF, 0xDD, 0xE0]
                || bytes[count...].allSatisfy(RawHeader.isBlank)
        }

        private static let groups: Set<UInt16> = [
            0x0002, 0x0008, 0x0009, 0x0010, 0x0011, 0x0020, 0x0028, 0x0029, 0x0040, 0x0042, 0x0072, 0x0088, 0x0400,
            0x0461,
            0x2005, 0x2110, 0x3006, 0x6003, 0x7FE0, 0xFFFC, 0xFFFE,
        ]
    }
}
