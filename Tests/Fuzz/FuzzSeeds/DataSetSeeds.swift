import FuzzBodies
import TestSupport

extension FuzzTarget {
    /// The data set of each instance, steered to its own transfer syntax.
    ///
    /// - Parameter steering: How many steering bytes the target takes; the first chooses the transfer syntax.
    static func dataSetSeeds(steering: Int) throws -> [FuzzSeed] {
        try instances().enumerated().map { index, instance in
            let syntax =
                [RawUID.implicitLittle, RawUID.explicitLittle, RawUID.explicitBig, RawUID.deflated]
                .firstIndex(of: instance.file.transferSyntaxUID) ?? 1
            let bytes = [UInt8(syntax), UInt8(truncatingIfNeeded: index)].prefix(steering)
            return FuzzSeed(instance.name, steering: Array(bytes), instance.file.dataSet)
        }
    }

    /// A name in each character set of PS3.3 §C.12.1.1.2, with bytes above 7FH and with the set's escape sequence.
    static func characterSetSeeds() -> [FuzzSeed] {
        characterSets.enumerated().map { index, set in
            var dataSet = RawDataSet()
            dataSet.add(0x0008, 0x0005, "CS", set.terms)
            dataSet.add(0x0008, 0x0018, "UI", "2.25.7")
            let name =
                Array("Doe^J=".utf8) + set.escape + [0xB0, 0xA1, 0xC4, 0xE3] + [0x5E] + set.escape + [0x3B, 0x33]
            dataSet.add(0x0010, 0x0010, "PN", name)
            dataSet.add(0x0010, 0x0020, "LO", Array("4711\\".utf8) + set.escape + [0xD1, 0xCE, 0x1B, 0x28, 0x42])
            return FuzzSeed("character-set-\(index)", steering: [1], dataSet.bytes)
        }
    }

    private static let characterSets: [(terms: String, escape: [UInt8])] = [
        ("ISO_IR 100", []), ("ISO_IR 101", []), ("ISO_IR 109", []), ("ISO_IR 110", []), ("ISO_IR 144", []),
        ("ISO_IR 127", []), ("ISO_IR 126", []), ("ISO_IR 138", []), ("ISO_IR 148", []), ("ISO_IR 203", []),
        ("ISO_IR 13", []), ("ISO_IR 166", []), ("ISO_IR 192", []), ("GB18030", []), ("GBK", []),
        ("\\ISO 2022 IR 100", [0x1B, 0x2D, 0x41]), ("\\ISO 2022 IR 101", [0x1B, 0x2D, 0x42]),
        ("\\ISO 2022 IR 144", [0x1B, 0x2D, 0x4C]), ("\\ISO 2022 IR 126", [0x1B, 0x2D, 0x46]),
        ("ISO 2022 IR 13\\ISO 2022 IR 87", [0x1B, 0x24, 0x42]), ("\\ISO 2022 IR 87", [0x1B, 0x24, 0x42]),
        ("\\ISO 2022 IR 159", [0x1B, 0x24, 0x28, 0x44]), ("\\ISO 2022 IR 149", [0x1B, 0x24, 0x29, 0x43]),
        ("\\ISO 2022 IR 58", [0x1B, 0x24, 0x29, 0x41]), ("ISO_8859-1", []), ("", [0x1B, 0x29, 0x49]),
    ]
}
