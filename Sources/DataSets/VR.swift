/// A value representation as written in an explicit element header (PS3.5 §6.2): two bytes, any bytes.
struct VR: Hashable, Sendable {
    /// First character in the upper byte, so that the number reads like the text.
    let rawValue: UInt16

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    init(_ first: Character, _ second: Character) {
        rawValue = UInt16(first.asciiValue ?? 0) << 8 | UInt16(second.asciiValue ?? 0)
    }

    static let sequence = VR(rawValue: 0x5351)
    static let unknown = VR(rawValue: 0x554E)

    /// One of the 34 value representations of PS3.5 Table 6.2-1.
    var isKnown: Bool { form != .unknown && form != .noVR }

    /// Where the length stands in the header (PS3.5 §7.1.2).
    ///
    /// A VR that a later edition adds has a 32-bit length, as PS3.5 §7.1.2 promises; bytes that are no two capital
    /// letters are a writer's fault (`??`, spaces, zeros), and those writers use 16 bits.
    var hasLongLength: Bool {
        switch form {
        case .long, .unknown: true
        case .short, .noVR: false
        }
    }

    /// An undefined length under this VR is encapsulated data: fragments, not items (PS3.5 Annex A.4).
    var isEncapsulating: Bool {
        switch rawValue {
        case 0x4F42, 0x4F44, 0x4F46, 0x4F4C, 0x4F56, 0x4F57: true  // OB OD OF OL OV OW
        default: false
        }
    }

    /// UC, UR, UT: text of any length, but always a defined one (PS3.5 §7.1.2).
    var isLongText: Bool {
        switch rawValue {
        case 0x5543, 0x5552, 0x5554: true  // UC UR UT
        default: false
        }
    }

    enum Form { case short, long, unknown, noVR }

    var form: Form {
        switch rawValue {
        case 0x4145, 0x4153, 0x4154, 0x4353, 0x4441, 0x4453, 0x4454,  // AE AS AT CS DA DS DT
            0x4644, 0x464C, 0x4953, 0x4C4F, 0x4C54, 0x504E, 0x5348,  // FD FL IS LO LT PN SH
            0x534C, 0x5353, 0x5354, 0x544D, 0x5549, 0x554C, 0x5553:  // SL SS ST TM UI UL US
            .short
        case 0x4F42, 0x4F44, 0x4F46, 0x4F4C, 0x4F56, 0x4F57, 0x5351,  // OB OD OF OL OV OW SQ
            0x5356, 0x5543, 0x554E, 0x5552, 0x5554, 0x5556:  // SV UC UN UR UT UV
            .long
        default:
            isTwoCapitals ? .unknown : .noVR
        }
    }

    private var isTwoCapitals: Bool {
        let first = rawValue >> 8
        let second = rawValue & 0xFF
        return (0x41...0x5A).contains(first) && (0x41...0x5A).contains(second)
    }
}
