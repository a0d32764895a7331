import TestSupport
import Testing

/// A data set, odd or wrong, and whether it is filed. What is filed is filed as it came.
struct InstanceCase: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String
    let status: Int
    let dataSet: [UInt8]
    var transferSyntaxUID = RawUID.explicitLittle
    /// Where it is filed.
    var path = "1.2.3.4/1.2.3.4.5/\(uid).dcm"

    var testDescription: String { "\(name) (\(source))" }

    init(
        _ name: String,
        _ source: String,
        _ status: Int,
        _ dataSet: [UInt8],
        _ change: (inout InstanceCase) -> Void = { _ in }
    ) {
        self.name = name
        self.source = source
        self.status = status
        self.dataSet = dataSet
        change(&self)
    }

    static let uid = "1.2.3.4.5"

    /// An image with something added at its end.
    private static func image(
        _ encoding: RawDataSet.Encoding = .explicitLittle,
        _ change: (inout RawDataSet) -> Void = { _ in }
    ) -> [UInt8] {
        RawDataSet.image(encoding, sopInstanceUID: uid, change)
    }

    /// An image without pixel data and something added at its end.
    private static func header(
        _ encoding: RawDataSet.Encoding = .explicitLittle,
        _ change: (inout RawDataSet) -> Void
    ) -> [UInt8] {
        RawDataSet.image(encoding, sopInstanceUID: uid, pixels: 0, change)
    }

    private static let undefined = 0xFFFF_FFFF

    static let all: [InstanceCase] = refused + filed + nesting

    static let refused: [InstanceCase] = [
        InstanceCase("empty", "hostile 36", 0xC000, []),
        InstanceCase(
            "random bytes",
            "hostile 36",
            0xC000,
            (0..<1000).map { UInt8(truncatingIfNeeded: $0 * $0 * 31 + 7) }
        ),
        InstanceCase("text", "hostile 36", 0xC000, Array(String(repeating: "no data set\r\n", count: 50).utf8)),
        InstanceCase("cut within pixel data", "issue 3 rule 3", 0xC000, Array(image().dropLast(100))),
        InstanceCase("cut within a value", "issue 3 rule 3", 0xC000, Array(image()[..<30])),
        InstanceCase(
            "cut within an element's header",
            "issue 3 rule 3",
            0xC000,
            header { $0.add(raw: [0x28, 0, 0x10]) }
        ),
        InstanceCase(
            "an element that runs past the end",
            "hostile 33",
            0xC000,
            header { $0.add(0x0028, 0x1050, "DS", Array("40".utf8), length: 5000) }
        ),
        InstanceCase(
            "pixel data of 7FFFFFFEH bytes",
            "hostile 33",
            0xC000,
            header { $0.add(0x7FE0, 0x0010, "OW", [0, 0], length: 0x7FFF_FFFE) }
        ),
        InstanceCase(
            "an undefined length for text",
            "hostile 33",
            0xC000,
            header { $0.add(0x0040, 0xA160, "UT", Array("text".utf8), length: undefined) }
        ),
        InstanceCase(
            "an item longer than its sequence",
            "issue 3 rule 3",
            0xC000,
            header {
                $0.add(0x0040, 0x0275, "SQ", [], length: 16)
                $0.addTag(0xFFFE, 0xE000, length: 200)
                $0.add(raw: [UInt8](repeating: 0, count: 8))
            }
        ),
        InstanceCase(
            "encapsulated pixel data cut within a fragment",
            "hostile 32",
            0xC000,
            Array(RawDataSet.encapsulatedImage(sopInstanceUID: uid).dropLast(9))
        ),
        InstanceCase(
            "an item that is never closed",
            "hostile 32",
            0xC000,
            header {
                $0.add(0x0040, 0x0275, "SQ", [], length: undefined)
                $0.addTag(0xFFFE, 0xE000, length: undefined)
            }
        ),
        InstanceCase("another instance", "hostile 35, quirk 49", 0xA900, RawDataSet.image(sopInstanceUID: "1.2.3.4.6")),
        InstanceCase(
            "another class",
            "hostile 35",
            0xA900,
            RawDataSet.image(sopClassUID: RawUID.mrImage, sopInstanceUID: uid)
        ),
        InstanceCase("no SOP Instance UID", "hostile 35", 0xA900, RawDataSet.image(sopInstanceUID: nil)),
        InstanceCase("no SOP Class UID", "hostile 35", 0xA900, RawDataSet.image(sopClassUID: nil, sopInstanceUID: uid)),
    ]

    static let filed: [InstanceCase] = [
        InstanceCase(
            "encapsulated pixel data that lacks only its delimiter",
            "issue 14",
            0,
            Array(RawDataSet.encapsulatedImage(sopInstanceUID: uid).dropLast(8))
        ),
        InstanceCase(
            "a sequence that lacks only its delimiter",
            "issue 14",
            0,
            header {
                $0.add(0x0040, 0x0275, "SQ", [], length: undefined)
                $0.addTag(0xFFFE, 0xE000, length: 0)
            }
        ),
        InstanceCase(
            "no Study and no Series UID",
            "design",
            0,
            RawDataSet.image(sopInstanceUID: uid, studyInstanceUID: nil, seriesInstanceUID: nil)
        ) {
            $0.path = "_/_/\(uid).dcm"
        },
        InstanceCase(
            "a Study UID that leads out of the archive",
            "hostile 29, DCMTK 4527dff56",
            0,
            RawDataSet.image(sopInstanceUID: uid, studyInstanceUID: "..", seriesInstanceUID: "../../../tmp")
        ) { $0.path = "%2E./%2E.%2F..%2F..%2Ftmp/\(uid).dcm" },
        InstanceCase(
            "the same UID with spaces behind it",
            "quirk 2",
            0,
            {
                var dataSet = RawDataSet()
                dataSet.add(0x0008, 0x0016, "UI", Array((RawUID.ctImage + " ").utf8))
                dataSet.add(0x0008, 0x0018, "UI", Array((uid + " ").utf8))
                dataSet.add(0x0020, 0x000D, "UI", Array("1.2.3.4 ".utf8))
                dataSet.add(0x0020, 0x000E, "UI", Array("1.2.3.4.5 ".utf8))
                return dataSet.bytes
            }()
        ),
        InstanceCase(
            "group lengths",
            "quirk 44",
            0,
            {
                var dataSet = RawDataSet()
                dataSet.add(0x0008, 0x0000, "UL", [99, 0, 0, 0])
                return dataSet.bytes + image()
            }()
        ),
        InstanceCase(
            "group 0002",
            "quirk 44, dcm4che#634",
            0,
            {
                var dataSet = RawDataSet()
                dataSet.add(0x0002, 0x0010, "UI", RawUID.explicitLittle)
                return dataSet.bytes + image()
            }()
        ),
        InstanceCase("Data Set Trailing Padding", "quirk 45", 0, image { $0.add(0xFFFC, 0xFFFC, "OB", [0, 0, 0, 0]) }),
        InstanceCase("zeros at the end", "quirk 45", 0, image { $0.add(raw: [UInt8](repeating: 0, count: 100)) }),
        InstanceCase("three bytes of garbage at the end", "quirk 45", 0, image { $0.add(raw: [0xDE, 0xAD, 0xBE]) }),
        InstanceCase(
            "garbage that is no tag at the end",
            "quirk 45",
            0,
            image { $0.add(raw: [UInt8](repeating: 0xDE, count: 64)) }
        ),
        InstanceCase(
            "a value of odd length",
            "quirk 46, pydicom#692",
            0,
            header { $0.add(0x0020, 0x4000, "LT", Array("odd".utf8)) }
        ),
        InstanceCase(
            "pixel data of odd length",
            "quirk 23, fo-dicom#284",
            0,
            header { $0.add(0x7FE0, 0x0010, "OB", [1, 2, 3]) }
        ),
        InstanceCase(
            "an unknown VR of two letters",
            "quirk 47, fo-dicom#581",
            0,
            header {
                $0.add(raw: [0x09, 0, 0x10, 0x10, 0x5A, 0x5A, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4])
            }
        ),
        InstanceCase(
            "a VR of two question marks",
            "quirk 47",
            0,
            header { $0.add(0x0009, 0x1010, "??", [1, 2, 3, 4]) }
        ),
        InstanceCase("VR UN", "quirk 47", 0, header { $0.add(0x0009, 0x1010, "UN", [1, 2, 3, 4]) }),
        InstanceCase(
            "tags out of order",
            "quirk 47",
            0,
            header {
                $0.add(0x0028, 0x0010, "US", [1, 0])
                $0.add(0x0018, 0x0050, "DS", "1")
                $0.add(0x0010, 0x0040, "CS", "M")
            }
        ),
        InstanceCase("implicit elements under an explicit syntax", "design", 0, image(.implicitLittle)),
        InstanceCase(
            "an item without its delimiter",
            "quirk 48, fo-dicom#378",
            0,
            header {
                $0.add(0x0040, 0x0275, "SQ", [], length: undefined)
                $0.addTag(0xFFFE, 0xE000, length: undefined)
                $0.add(0x0040, 0x0007, "LO", "step")
                $0.addTag(0xFFFE, 0xE0DD, length: 0)
            }
        ),
        InstanceCase(
            "a character set that does not exist",
            "quirk 50, fo-dicom#1705",
            0,
            {
                var dataSet = RawDataSet()
                dataSet.add(0x0008, 0x0005, "CS", "ISO_IR 9999")
                return dataSet.bytes + image { $0.add(0x0010, 0x4000, "LT", [0xFF, 0xFE, 0x80, 0x81]) }
            }()
        ),
        InstanceCase(
            "private elements without a creator",
            "quirk 51, mercure#50",
            0,
            header {
                $0.add(0x0029, 0x1010, "OB", (0..<200).map { UInt8($0) })
                $0.add(0x0029, 0xFFFF, "UN", [0xFF, 0xFE, 0xFD, 0xFC])
            }
        ),
        InstanceCase(
            "a patient name that is a path and an escape",
            "hostile 30, hostile 43",
            0,
            header {
                $0.add(0x0010, 0x1000, "LO", "../../../etc/passwd")
                $0.add(0x0010, 0x1001, "PN", "\u{1B}[2J\u{0}`id`;\n%s%n🩻")
            }
        ),
        InstanceCase("big endian", "issue 2", 0, image(.explicitBig)) { $0.transferSyntaxUID = RawUID.explicitBig },
        InstanceCase("an unknown transfer syntax, walked as explicit", "design", 0, image()) {
            $0.transferSyntaxUID = "1.2.3.4.5.6.7.8"
        },
        InstanceCase("an unknown transfer syntax, walked as implicit", "design", 0, image(.implicitLittle)) {
            $0.transferSyntaxUID = "1.2.3.4.5.6.7.8"
        },
        InstanceCase(
            "an unknown transfer syntax that does not walk",
            "design",
            0xC000,
            [UInt8](repeating: 0x5A, count: 999)
        ) { $0.transferSyntaxUID = "1.2.3.4.5.6.7.8" },
    ]

    /// Sequences within sequences: what overflows the stack of a recursive parser (DCMTK#1191).
    static let nesting: [InstanceCase] = [
        InstanceCase("64 sequences deep", "hostile 32", 0, header { $0.add(raw: nested(64)) }),
        InstanceCase("65 sequences deep", "hostile 32, CVE-2026-10528", 0xC000, header { $0.add(raw: nested(65)) }),
        InstanceCase(
            "20,000 sequences deep, never closed",
            "hostile 32, CVE-2026-10528",
            0xC000,
            header { $0.add(raw: nested(20_000, isClosed: false)) }
        ),
        InstanceCase(
            "200,000 sequences deep",
            "hostile 32, CVE-2026-10528",
            0xC000,
            header { $0.add(raw: nested(200_000)) }
        ),
    ]

    private static func nested(_ depth: Int, isClosed: Bool = true) -> [UInt8] {
        var dataSet = RawDataSet()
        for _ in 0..<depth {
            dataSet.add(0x0040, 0xA730, "SQ", [], length: undefined)
            dataSet.addTag(0xFFFE, 0xE000, length: undefined)
        }
        guard isClosed else { return dataSet.bytes }
        for _ in 0..<depth {
            dataSet.addTag(0xFFFE, 0xE00D, length: 0)
            dataSet.addTag(0xFFFE, 0xE0DD, length: 0)
        }
        return dataSet.bytes
    }
}
