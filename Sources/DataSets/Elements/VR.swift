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

    /// Two printable characters of ASCII, if not a VR. Other bytes are the low half of a 32-bit length: the element has
    /// no VR.
    var isPrintable: Bool {
        (0x20...0x7E).contains(rawValue >> 8) && (0x20...0x7E).contains(rawValue & 0xFF)
    }

    /// Where the length should stand in the header (PS3.5 §7.1.2): a VR that a later edition adds has a 32-bit length.
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

    @inline(__always)
    var form: Form {
        let first = rawValue >> 8
        let second = (rawValue & 0xFF) &- 0x41
        guard first &- 0x41 < 26, second < 26 else { return .noVR }
        let letter: UInt32 = 1 &<< UInt32(second)
        if Self.shortForms[Int(first &- 0x41)] & letter != 0 { return .short }
        return Self.longForms[Int(first &- 0x41)] & letter != 0 ? .long : .unknown
    }

    /// For each first letter, the second letters of those with a 16-bit length (PS3.5 Table 7.1-2).
    private static let shortForms: InlineArray<26, UInt32> = [
        Letter.e | Letter.s | Letter.t,  // AE AS AT
        0,
        Letter.s,  // CS
        Letter.a | Letter.s | Letter.t,  // DA DS DT
        0,
        Letter.d | Letter.l,  // FD FL
        0, 0,
        Letter.s,  // IS
        0, 0,
        Letter.o | Letter.t,  // LO LT
        0, 0, 0,
        Letter.n,  // PN
        0, 0,
        Letter.h | Letter.l | Letter.s | Letter.t,  // SH SL SS ST
        Letter.m,  // TM
        Letter.i | Letter.l | Letter.s,  // UI UL US
        0, 0, 0, 0, 0,
    ]
    /// Of those with a 32-bit length (PS3.5 Table 7.1-1).
    private static let longForms: InlineArray<26, UInt32> = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        Letter.b | Letter.d | Letter.f | Letter.l | Letter.v | Letter.w,  // OB OD OF OL OV OW
        0, 0, 0,
        Letter.q | Letter.v,  // SQ SV
        0,
        Letter.c | Letter.n | Letter.r | Letter.t | Letter.v,  // UC UN UR UT UV
        0, 0, 0, 0, 0,
    ]
}

/// A bit for each second letter.
private enum Letter {
    static let a: UInt32 = 1 << 0
    static let b: UInt32 = 1 << 1
    static let c: UInt32 = 1 << 2
    static let d: UInt32 = 1 << 3
    static let e: UInt32 = 1 << 4
    static let f: UInt32 = 1 << 5
    static let h: UInt32 = 1 << 7
    static let i: UInt32 = 1 << 8
    static let l: UInt32 = 1 << 11
    static let m: UInt32 = 1 << 12
    static let n: UInt32 = 1 << 13
    static let o: UInt32 = 1 << 14
    static let q: UInt32 = 1 << 16
    static let r: UInt32 = 1 << 17
    static let s: UInt32 = 1 << 18
    static let t: UInt32 = 1 << 19
    static let v: UInt32 = 1 << 21
    static let w: UInt32 = 1 << 22
}
