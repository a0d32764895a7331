// Most elements of most data sets are plain: explicit VR little endian, no sequence, whole in the bytes at hand. They are walked here, in a
// loop that keeps its place in registers; whatever is not plain is left to the general walk, which comes to the same result for these too.

extension StructureWalker {
    /// Takes the plain elements from `start` on.
    ///
    /// - Returns: where the first one begins that is not plain.
    mutating func takePlainElements(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard innermost.encoding == .explicitLittleEndian, detection == .none, undecided == nil else { return start }
        let isTop = outer.isEmpty
        guard innermost.kind == (isTop ? .dataSet : .item), !(isTop && isAfterPixelData) else { return start }
        let before = position
        // What ends together with its container, or with these bytes, is not plain.
        let end = start + min(bytes.count - start, innermost.end - position)
        var cursor = start
        while end - cursor >= 12 {
            let low = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
            let element = Tag(
                UInt32(UInt16(truncatingIfNeeded: low)) << 16 | UInt32(UInt16(truncatingIfNeeded: low >> 16))
            )
            let vr = VR(rawValue: UInt16(truncatingIfNeeded: low >> 32).byteSwapped)
            let size: Int
            let length: Int
            switch vr.plainness {
            case .short:
                size = 8
                length = Int(low >> 48)
            case .long:
                size = 12
                length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor + 8, as: UInt32.self)))
            case .none:
                return cursor
            }
            // An undefined length is longer than anything.
            guard length < end - cursor - size, element.group != 0xFFFE else { return cursor }
            var wanted: Int?
            if isTop {
                guard element.group != 0x0002, element.group != 0x7FE0 else { return cursor }
                wanted = WantedElement.index(of: element)
                guard wanted == nil || length <= attributeBytes else { return cursor }
            }
            if length & 1 != 0 { notes.insert(.oddLength) }
            let value = cursor + size
            cursor = value + length
            position = before + (cursor - start)
            tag = element
            if let wanted {
                isCopying = true
                attributes.begin(wanted)
                attributes.append(UnsafeRawBufferPointer(rebasing: bytes[value..<cursor]))
                endValue()
                guard phase == .walking else { return cursor }
            }
        }
        return cursor
    }
}

extension VR {
    /// How the header of an element is laid out whose value is neither a sequence nor may be one.
    enum Plainness { case short, long }

    var plainness: Plainness? {
        guard self != .sequence, self != .unknown else { return nil }
        switch form {
        case .short: return .short
        case .long: return .long
        case .unknown, .noVR: return nil
        }
    }
}
