/// A SOP Instance UID of this generator: run, object and repetition as digits below the root 2.25 (PS3.5 §B.2).
///
/// It always has the same 28 characters, so that it can be put into the command and the data set in place, and a
/// stored file leads back to the object that was sent.
struct InstanceNumber: Hashable, Sendable {
    /// Tells runs against the same archive apart; below one million.
    var run: Int
    /// Index in the data set; below ten million.
    var object: Int
    /// How often the object was sent before; below one thousand million.
    var repetition: Int

    /// The length of every such UID.
    static let length = 28
    private static let root = Array("2.25.1".utf8)

    init(run: Int, object: Int, repetition: Int) {
        self.run = run % 1_000_000
        self.object = object
        self.repetition = repetition
    }

    /// The numbers in a UID that ``write(to:)`` made; nil for any other.
    init?(uid: some StringProtocol) {
        let digits = Array(uid.utf8)
        guard digits.count == Self.length, digits.starts(with: Self.root) else { return nil }
        func number(_ range: Range<Int>) -> Int? { Int(String(decoding: digits[range], as: UTF8.self)) }
        guard let run = number(6..<12), let object = number(12..<19), let repetition = number(19..<28) else {
            return nil
        }
        self.init(run: run, object: object, repetition: repetition)
    }

    /// Puts the UID's 28 characters at `target`.
    func write(to target: UnsafeMutableRawPointer) {
        Self.root.withUnsafeBytes { target.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(target), byteCount: 6) }
        Self.write(run, digits: 6, to: target + 6)
        Self.write(object, digits: 7, to: target + 12)
        Self.write(repetition, digits: 9, to: target + 19)
    }

    /// The UID.
    var uid: String {
        String(
            decoding: [UInt8](unsafeUninitializedCapacity: Self.length) { buffer, count in
                if let base = buffer.baseAddress { write(to: base) }
                count = Self.length
            },
            as: UTF8.self
        )
    }

    private static func write(_ value: Int, digits: Int, to target: UnsafeMutableRawPointer) {
        var rest = UInt64(value)
        for position in stride(from: digits - 1, through: 0, by: -1) {
            target.storeBytes(of: UInt8(truncatingIfNeeded: rest % 10) + 0x30, toByteOffset: position, as: UInt8.self)
            rest /= 10
        }
    }
}
