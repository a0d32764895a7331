import TestSupport
import Testing

/// A message on an association, right or odd or wrong, and the status that answers it. After each the next request on
/// the same association must succeed.
struct MessageCase: CustomTestStringConvertible, Sendable {
    enum Status: Sendable {
        case exactly(Int)
        /// A failure, whichever of PS3.7 Annex C fits.
        case failure
        /// Nothing is answered.
        case none
    }

    let name: String
    let source: String
    let command: RawCommand
    let status: Status
    var dataSet: [UInt8]? = MessageCase.image
    var context: UInt8 = 3
    var fragmentation = Fragmentation.usual
    /// Whether the instance is filed.
    var isFiled: Bool { if case .exactly(0) = status { command.number(0x0100) == 1 } else { false } }

    var testDescription: String { "\(name) (\(source))" }

    init(
        _ name: String,
        _ source: String,
        _ command: RawCommand,
        _ status: Status,
        _ change: (inout MessageCase) -> Void = { _ in }
    ) {
        self.name = name
        self.source = source
        self.command = command
        self.status = status
        change(&self)
    }

    static let uid = "1.2.3.4.5"
    private static let image = RawDataSet.image(sopInstanceUID: uid)
    private static let store = RawCommand.store(sopInstanceUID: uid)

    private static func us(_ value: Int) -> [UInt8] { RawCommand.us(value) }
    private static func instance(_ bytes: [UInt8]?) -> RawCommand { store.setting(0x1000, bytes) }

    static let all: [MessageCase] = tolerated + identities + others

    /// Odd, and stored all the same.
    static let tolerated: [MessageCase] = [
        MessageCase("no Command Group Length", "quirk 26", store.with { $0.omitsGroupLength = true }, .exactly(0)),
        MessageCase("a wrong Command Group Length", "quirk 26", store.with { $0.groupLength = 7 }, .exactly(0)),
        MessageCase(
            "a huge Command Group Length",
            "quirk 26",
            store.with { $0.groupLength = 0xFFFF_FFFF },
            .exactly(0)
        ),
        MessageCase("no Priority", "quirk 27, dcmjs-dimse#9", store.setting(0x0700, nil), .exactly(0)),
        MessageCase("a Priority that does not exist", "quirk 27", store.setting(0x0700, us(9)), .exactly(0)),
        MessageCase("two values of Message ID", "quirk 27", store.setting(0x0110, us(1) + us(2)), .exactly(0)),
        MessageCase("Data Set Type 0001H", "quirk 28", store.setting(0x0800, us(1)), .exactly(0)),
        MessageCase("Data Set Type 0102H", "quirk 28, ACR-NEMA", store.setting(0x0800, us(0x0102)), .exactly(0)),
        MessageCase("Data Set Type FEFEH", "quirk 28", store.setting(0x0800, us(0xFEFE)), .exactly(0)),
        MessageCase("no Data Set Type: data follows", "design", store.setting(0x0800, nil), .exactly(0)),
        MessageCase(
            "move originator, retired and private elements",
            "quirk 30",
            store.setting(0x0001, [0, 0, 0, 0]).setting(0x0010, Array("ACR-NEMA 2.0".utf8)).setting(
                0x1030,
                rawTitle("X")
            )
            .setting(0x1031, us(5)).setting(0x5110, us(1)).setting(0xFFFE, [1, 2]),
            .exactly(0)
        ),
        MessageCase(
            "elements in the wrong order",
            "quirk 30",
            store.with { $0.elements.reverse() },
            .exactly(0)
        ),
        MessageCase(
            "UIDs padded with spaces, echoed as sent",
            "quirk 2, DCMTK dcmPeerRequiresExactUIDCopy",
            instance(Array((uid + " ").utf8)).setting(0x0002, Array((RawUID.ctImage + " ").utf8)),
            .exactly(0)
        ),
        MessageCase("a UID with three NULs behind it", "quirk 1", instance(Array((uid + "\0\0\0").utf8)), .exactly(0)),
        MessageCase("a UID of odd length without padding", "quirk 1", instance(Array(uid.utf8)), .exactly(0)),
        MessageCase("the command cut into single bytes", "quirk 20, 23", store, .exactly(0)) {
            $0.fragmentation = Fragmentation("1") { $0.commandValue = 1 }
        },
        MessageCase("the last value is empty", "quirk 21", store, .exactly(0)) {
            $0.fragmentation = Fragmentation("empty") { $0.endsWithEmptyValue = true }
        },
        MessageCase("each byte a value, all in one PDU", "quirk 19, 20, 23", store, .exactly(0)) {
            $0.fragmentation = Fragmentation("single bytes, joined") {
                $0.commandValue = 1
                $0.dataValue = 1
                $0.valuesInPDU = 10_000
                $0.joinsCommandAndData = true
            }
        },
        MessageCase("command and data in one PDU", "quirk 19, fo-dicom#1960", store, .exactly(0)) {
            $0.fragmentation = Fragmentation("joined") {
                $0.joinsCommandAndData = true
                $0.valuesInPDU = 9
            }
        },
        MessageCase("a PDU of 1 MiB, above what was offered", "quirk 24, dicom-rs#712", store, .exactly(0)) {
            $0.fragmentation = Fragmentation("large") { $0.dataValue = 1 << 20 }
            $0.dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: 1 << 20)
        },
    ]

    /// The instance is refused, its data drained, nothing is filed.
    static let identities: [MessageCase] = [
        MessageCase("no Affected SOP Instance UID", "hostile 24", instance(nil), .exactly(0x0120)),
        MessageCase("an empty Affected SOP Instance UID", "hostile 24", instance([]), .exactly(0x0121)),
        MessageCase("an Affected SOP Instance UID of padding", "hostile 24", instance([0, 0]), .exactly(0x0121)),
        MessageCase("no Affected SOP Class UID", "hostile 24", store.setting(0x0002, nil), .exactly(0x0120)),
        MessageCase("an empty Affected SOP Class UID", "hostile 24", store.setting(0x0002, []), .exactly(0x0121)),
        MessageCase(
            "a UID of 65 characters",
            "quirk 3, hostile 24",
            instance(Array(("1.2." + String(repeating: "3", count: 61)).utf8)),
            .exactly(0x0117)
        ),
        MessageCase(
            "a UID of 80 characters",
            "quirk 3, hostile 24",
            instance(Array(("1.2." + String(repeating: "3", count: 76)).utf8)),
            .exactly(0x0117)
        ),
        MessageCase(
            "a UID of 10,000 characters",
            "hostile 29",
            instance(Array(("1." + String(repeating: "3", count: 9998)).utf8)),
            .exactly(0x0117)
        ),
        MessageCase("a UID with NUL inside", "hostile 24", instance(Array("1.2.3\01.2".utf8)), .exactly(0x0117)),
        MessageCase("a UID with a line feed", "hostile 43", instance(Array("1.2\n.3".utf8)), .exactly(0x0117)),
        MessageCase(
            "a UID with a terminal escape",
            "hostile 43",
            instance(Array("\u{1B}[2J1.2".utf8)),
            .exactly(0x0117)
        ),
        MessageCase("../../x", "hostile 29, CVE-2026-56445", instance(Array("../../x".utf8)), .exactly(0x0117)),
        MessageCase("/abs", "hostile 29", instance(Array("/tmp/abs".utf8)), .exactly(0x0117)),
        MessageCase("..", "hostile 29", instance(Array("..".utf8)), .exactly(0x0117)),
        MessageCase(".", "hostile 29", instance(Array(".".utf8)), .exactly(0x0117)),
        MessageCase(
            "a UID that is not the data set's",
            "quirk 49, fo-dicom#2017",
            instance(Array("9.9.9".utf8)),
            .exactly(0xA900)
        ),
        MessageCase(
            "a class that is not the context's",
            "quirk 32",
            store.setting(0x0002, Array(RawUID.mrImage.utf8)),
            .exactly(0x0122)
        ),
        MessageCase("a store on the context of Verification", "quirk 32, hostile 26", store, .exactly(0x0122)) {
            $0.context = 1
        },
    ]

    /// Not a store, or not one that is known.
    static let others: [MessageCase] = [
        MessageCase("C-ECHO on a storage context", "quirk 31", .echo(), .exactly(0)) { $0.dataSet = nil },
        MessageCase(
            "C-ECHO without a class",
            "quirk 31",
            RawCommand.echo().setting(0x0002, nil),
            .exactly(0x0120)
        ) { $0.dataSet = nil },
        MessageCase(
            "a stray C-CANCEL-RQ",
            "quirk 33",
            RawCommand([(0x0100, us(0x0FFF)), (0x0120, us(77)), (0x0800, us(0x0101))]),
            .none
        ) { $0.dataSet = nil },
        MessageCase(
            "a stray C-CANCEL-RQ that names no operation",
            "quirk 33",
            RawCommand([(0x0100, us(0x0FFF)), (0x0800, us(0x0101))]),
            .none
        ) { $0.dataSet = nil },
        MessageCase("C-FIND-RQ", "hostile 26", other(0x0020), .exactly(0x0211)),
        MessageCase("C-MOVE-RQ", "hostile 26", other(0x0021), .exactly(0x0211)),
        MessageCase("C-GET-RQ without data", "hostile 26", other(0x0010).setting(0x0800, us(0x0101)), .exactly(0x0211))
        {
            $0.dataSet = nil
        },
        MessageCase("N-ACTION-RQ", "hostile 26", other(0x0130), .exactly(0x0211)),
        MessageCase("N-DELETE-RQ", "hostile 26", other(0x0150).setting(0x0800, us(0x0101)), .exactly(0x0211)) {
            $0.dataSet = nil
        },
        MessageCase("a command that is not defined", "hostile 26", other(0x0555), .exactly(0x0211)),
    ]

    private static func other(_ field: Int) -> RawCommand {
        store.setting(0x0100, us(field))
    }
}
