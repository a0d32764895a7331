internal import CDCMTK

/// The wanted attributes of a data set as text, by DICOM keyword.
package struct HeaderAttributes: Equatable, Sendable {
    /// The values in UTF-8, without padding, several with a backslash between (PS3.5 §6.4). Empty ones are left out.
    package private(set) var values: [String: String] = [:]

    /// The keywords of the values that the data set's Specific Character Set does not explain, for the log.
    ///
    /// Such a value is taken as UTF-8 if it is that; else each byte outside ASCII stands there as `%E9`.
    package var unexplained: [String] { undecoded.keys.sorted() }

    /// Their bytes, as they came.
    package private(set) var undecoded: [String: [UInt8]] = [:]

    /// The value of the attribute with this keyword.
    package subscript(keyword: String) -> String? { values[keyword] }

    /// DCMTK did not read what the scanner wrote for it.
    package struct ReadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// In words.
        package let description: String
    }

    fileprivate mutating func take(_ tag: Tag, _ text: UnsafeRawBufferPointer, isConverted: Bool) {
        guard let index = WantedElement.index(of: tag) else { return }
        let keyword = WantedElement.all[index].keyword
        let text = Padding.stripped(from: text, vr: WantedElement.all[index].vr)
        guard !text.isEmpty else { return }
        let isASCII = text.allSatisfy { $0 < 0x80 && $0 != 0x1B }
        if let unicode = String(validating: text, as: UTF8.self) {
            values[keyword] = unicode
        } else {
            values[keyword] = Self.escaped(text)
        }
        if !isConverted && !isASCII { undecoded[keyword] = text }
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { text, byte in
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension HeaderAttributes {
    /// Reads what is printable ASCII throughout, which is the same text in every character set but the Japanese ones of
    /// one byte, because DCMTK takes ten times as long; nil if anything else is there.
    init?(plain attributes: WantedAttributes) {
        guard attributes.isPlain else { return nil }
        values.reserveCapacity(attributes.count)
        attributes.forEach { element, bytes in
            let text =
                element.vr == "US"
                ? Self.numbers(bytes, isBigEndian: attributes.isBigEndian)
                : bytes.withUnsafeBytes { String(decoding: Padding.stripped(from: $0, vr: element.vr), as: UTF8.self) }
            if !text.isEmpty { values[element.keyword] = text }
        }
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> String {
        guard bytes.count.isMultiple(of: 2) else { return "" }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return String(isBigEndian ? first << 8 | second : second << 8 | first)
        }.joined(separator: "\\")
    }
}

extension WantedAttributes {
    /// The attributes as text. What is not the same in every character set is read by DCMTK.
    ///
    /// A wrong or missing Specific Character Set (0008,0005) is no error (PS3.3 §C.12.1.1.2).
    ///
    /// *Errors*: only if DCMTK refuses the buffer or runs out of memory.
    package func attributes() throws(HeaderAttributes.ReadingError) -> HeaderAttributes {
        if let attributes = HeaderAttributes(plain: self) { return attributes }
        let bytes = explicitLittleEndian()
        var attributes = HeaderAttributes()
        let result = withUnsafeMutablePointer(to: &attributes) { context in
            cdcmtk_read(bytes, bytes.count, context) { context, group, element, text, length, isConverted in
                context?.assumingMemoryBound(to: HeaderAttributes.self).pointee.take(
                    Tag(UInt32(group) << 16 | UInt32(element)),
                    UnsafeRawBufferPointer(start: text, count: length),
                    isConverted: isConverted
                )
            }
        }
        guard result == CDCMTKResultOK else {
            throw HeaderAttributes.ReadingError(
                description: result == CDCMTKResultNotADataSet
                    ? "DCMTK refuses the header attributes" : "DCMTK failed on the header attributes"
            )
        }
        return attributes
    }

    /// The elements as a data set in explicit VR little endian, with the VRs of PS3.6: the only bytes that DCMTK
    /// parses.
    ///
    /// Ascending, each once, of even length; what cannot be written so is left out.
    package func explicitLittleEndian() -> [UInt8] {
        elements.reduce(into: []) { bytes, element in
            var value = element.value
            if element.wanted.vr == "US" {
                guard value.count.isMultiple(of: 2) else { return }
                if isBigEndian {
                    for index in stride(from: 0, to: value.count, by: 2) { value.swapAt(index, index + 1) }
                }
            } else if !value.count.isMultiple(of: 2) {
                value.append(element.wanted.vr == "UI" ? 0 : 0x20)
            }
            // All wanted elements have a 16-bit length (PS3.5 §7.1.2).
            guard let length = UInt16(exactly: value.count) else { return }
            for number in [element.wanted.tag.group, element.wanted.tag.element] {
                bytes += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)]
            }
            bytes += element.wanted.vr.utf8
            bytes += [UInt8(truncatingIfNeeded: length), UInt8(length >> 8)]
            bytes += value
        }
    }
}
