/// The wanted top-level elements of one data set, copied as they came.
///
/// *Resources*: at most `WantedElement.all.count` values of `StructureScanner.Limits.attributeBytes` each.
package struct WantedAttributes: Equatable, Sendable {
    /// One copied element.
    package struct Element: Equatable, Sendable {
        /// Which.
        package let wanted: WantedElement
        /// The value as it came, with its padding.
        package let value: [UInt8]
    }

    /// The values, one behind the other, in the order of their arrival.
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// The value begun; one that the data set breaks off never becomes an entry.
    private var begun: Entry?
    /// Bit n: `WantedElement.all[n]` is there.
    private var present: UInt128 = 0
    /// Numbers are big endian (US only; text is the same in all encodings).
    var isBigEndian = false

    private struct Entry: Equatable, Sendable {
        var index: Int
        var start: Int
        var end: Int
    }

    init() {
        bytes.reserveCapacity(1024)
        entries.reserveCapacity(WantedElement.all.count)
    }

    /// The elements by ascending tag.
    package var elements: [Element] {
        entries.sorted { $0.index < $1.index }.map {
            Element(wanted: WantedElement.all[$0.index], value: Array(bytes[$0.start..<$0.end]))
        }
    }

    /// Bytes that the values take.
    package var byteCount: Int { bytes.count }

    /// How many there are.
    var count: Int { entries.count }

    /// All text is printable ASCII, with a NUL as padding only, in a character set where that is what it seems: in
    /// ISO_IR 13 two of its characters are others, so no set is taken whose name has a 3.
    var isPlain: Bool {
        var isPlain = true
        forEach { element, bytes in
            if element.vr == "US" { return }
            let text = bytes.last == 0 ? bytes.dropLast() : bytes
            if !text.allSatisfy({ 0x20...0x7E ~= $0 }) { isPlain = false }
            if element.tag == .specificCharacterSet, bytes.contains(UInt8(ascii: "3")) { isPlain = false }
        }
        return isPlain
    }

    /// Gives each value with its element, in the order of their arrival.
    func forEach(_ body: (WantedElement, ArraySlice<UInt8>) -> Void) {
        for entry in entries { body(WantedElement.all[entry.index], bytes[entry.start..<entry.end]) }
    }

    /// The UIDs that say what the data set is.
    package var identity: Identity {
        Identity(
            sopClassUID: uid(.sopClassUID),
            sopInstanceUID: uid(.sopInstanceUID),
            studyInstanceUID: uid(.studyInstanceUID),
            seriesInstanceUID: uid(.seriesInstanceUID)
        )
    }

    /// The data set has said which instance it is.
    var hasIdentity: Bool { uid(.sopClassUID) != nil && uid(.sopInstanceUID) != nil }

    /// Starts copying `WantedElement.all[index]`.
    mutating func begin(_ index: Int) {
        begun = Entry(index: index, start: bytes.count, end: bytes.count)
    }

    /// Copies more of the value begun.
    mutating func append(_ more: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: more)
    }

    /// Takes back the value begun, of which the data set has no more.
    mutating func discard() {
        guard let entry = begun.take() else { return }
        bytes.removeSubrange(entry.start...)
    }

    /// How an element begun relates to what is there already.
    enum Kept {
        case kept
        case odd(Notes)
        case contradiction
        case tooLong
    }

    /// Characters of a UID (PS3.5 §9.1).
    private static let uidLengthMax = 64

    /// Keeps the value begun, unless the element has been there before: then the first stays.
    mutating func end() -> Kept {
        guard var entry = begun else { return .kept }
        let isThere = present & 1 &<< UInt128(truncatingIfNeeded: entry.index) != 0
        var notes: Notes = []
        if isThere || bytes.count - entry.start > Self.uidLengthMax {
            let tag = WantedElement.all[entry.index].tag
            let value = Self.trimmed(bytes[entry.start...])
            if tag.isIdentity {
                // A longer one would match no command.
                if value.count > Self.uidLengthMax { return .tooLong }
                if isThere, self.value(of: entry.index).map(Self.trimmed) != value {
                    discard()
                    return .contradiction
                }
            } else if tag == .studyInstanceUID || tag == .seriesInstanceUID, value.count > Self.uidLengthMax {
                notes.insert(.longUID)
            }
        }
        guard !isThere else {
            discard()
            return .odd(.duplicateElement)
        }
        if entry.start < bytes.count, bytes[entry.start] == 0x20, WantedElement.all[entry.index].vr == "UI" {
            notes.insert(.leadingBlank)
        }
        present |= 1 &<< UInt128(truncatingIfNeeded: entry.index)
        entry.end = bytes.count
        entries.append(entry)
        begun = nil
        return notes.isEmpty ? .kept : .odd(notes)
    }

    /// The first value of `WantedElement.all[index]`.
    private func value(of index: Int) -> ArraySlice<UInt8>? {
        entries.first { $0.index == index }.map { bytes[$0.start..<$0.end] }
    }

    private func uid(_ tag: Tag) -> String? {
        guard let index = WantedElement.index(of: tag), present & 1 &<< UInt128(truncatingIfNeeded: index) != 0,
            let value = value(of: index)
        else {
            return nil
        }
        let text = Self.trimmed(value)
        guard !text.isEmpty else { return nil }
        if text.allSatisfy({ $0 < 0x80 }) { return String(decoding: text, as: UTF8.self) }
        // Byte by byte: two UIDs that differ must never become one text, whatever their bytes are.
        return String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) }))
    }

    /// Without trailing NULs and spaces (PS3.5 §6.2, §9.1), and without the leading spaces that some writers pad with.
    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let value = value.drop { $0 == 0x20 }
        var end = value.endIndex
        while end > value.startIndex && (value[end - 1] == 0 || value[end - 1] == 0x20) {
            end -= 1
        }
        return value[..<end]
    }
}

extension Tag {
    /// SOP Class or SOP Instance UID: what a data set is, and what the command says of it.
    var isIdentity: Bool { self == .sopClassUID || self == .sopInstanceUID }
}
