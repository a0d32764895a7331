/// A command set as elements of group 0000, in implicit little endian (PS3.7 §6.3), that a test can make wrong.
package struct RawCommand: Equatable, Sendable {
    /// Element number and value, in the order of the wire, without the group length.
    package var elements: [(element: UInt16, value: [UInt8])]
    /// What stands in Command Group Length; nil: the truth.
    package var groupLength: Int?
    /// The group length element is left out.
    package var omitsGroupLength = false

    package init(_ elements: [(UInt16, [UInt8])]) {
        self.elements = elements.map { (element: $0.0, value: $0.1) }
    }

    package static func == (left: RawCommand, right: RawCommand) -> Bool {
        left.elements.elementsEqual(right.elements) { $0 == $1 }
    }

    /// A C-ECHO-RQ.
    package static func echo(messageID: Int = 1) -> RawCommand {
        RawCommand([
            (0x0002, [UInt8](even: RawUID.verification)), (0x0100, us(0x0030)), (0x0110, us(messageID)),
            (0x0800, us(0x0101)),
        ])
    }

    /// A C-STORE-RQ.
    package static func store(
        messageID: Int = 1,
        sopClassUID: String = RawUID.ctImage,
        sopInstanceUID: String
    ) -> RawCommand {
        RawCommand([
            (0x0002, [UInt8](even: sopClassUID)), (0x0100, us(0x0001)), (0x0110, us(messageID)), (0x0700, us(0)),
            (0x0800, us(0)), (0x1000, [UInt8](even: sopInstanceUID)),
        ])
    }

    /// The value of an element with VR US.
    package static func us(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    /// A copy in which the element has this value; it is added in order if it is not there, and left out if nil.
    package func setting(_ element: UInt16, _ value: [UInt8]?) -> RawCommand {
        var copy = self
        copy.elements.removeAll { $0.element == element }
        if let value {
            let place = copy.elements.firstIndex { $0.element > element } ?? copy.elements.endIndex
            copy.elements.insert((element, value), at: place)
        }
        return copy
    }

    /// A copy with changes.
    package func with(_ change: (inout RawCommand) -> Void) -> RawCommand {
        var copy = self
        change(&copy)
        return copy
    }

    /// The first 16-bit number of an element.
    package func number(_ element: UInt16) -> Int? {
        elements.first { $0.element == element }.flatMap { $0.value.count >= 2 ? $0.value.little16(at: 0) : nil }
    }

    /// The value of an element, padding included.
    package func value(_ element: UInt16) -> [UInt8]? {
        elements.first { $0.element == element }?.value
    }

    /// The text of an element without its padding.
    package func text(_ element: UInt16) -> String? {
        value(element).map { String(decoding: $0, as: UTF8.self).trimmingPadding() }
    }

    /// Status (0000,0900).
    package var status: Int? { number(0x0900) }

    /// The bytes of the command set.
    package func encoded() -> [UInt8] {
        var rest: [UInt8] = []
        for (element, value) in elements { rest += RawCommand.element(element, value) }
        guard !omitsGroupLength else { return rest }
        var length: [UInt8] = []
        length.append(little32: groupLength ?? rest.count)
        return RawCommand.element(0, length) + rest
    }

    private static func element(_ element: UInt16, _ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0, 0]
        bytes.append(little16: Int(element))
        bytes.append(little32: value.count)
        return bytes + value
    }

    /// Reads a command set; throws if it is not one, or if its group length is not the truth.
    package init(decoding bytes: [UInt8]) throws {
        var elements: [(UInt16, [UInt8])] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + 8 <= bytes.count, bytes.little16(at: offset) == 0 else {
                throw ProcessError("not a command set: \(bytes)")
            }
            let length = bytes.little32(at: offset + 4)
            guard offset + 8 + length <= bytes.count, length % 2 == 0 else {
                throw ProcessError("an element of the command set has a wrong length: \(bytes)")
            }
            elements.append((UInt16(bytes.little16(at: offset + 2)), Array(bytes[offset + 8..<offset + 8 + length])))
            offset += 8 + length
        }
        guard let first = elements.first, first.0 == 0, first.1.count == 4, first.1.little32(at: 0) == bytes.count - 12
        else {
            throw ProcessError("Command Group Length is missing or wrong: \(bytes)")
        }
        self.init(Array(elements.dropFirst()))
    }
}
