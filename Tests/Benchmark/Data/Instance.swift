/// One SOP instance to be sent: its data set in memory, and where its SOP Instance UID is.
///
/// A class, so that handing one to the writer costs one reference count and not one for each field.
final class Instance: Sendable {
    let sopClassUID: String
    let sopInstanceUID: String
    let transferSyntaxUID: String
    /// The data set, without preamble and meta header.
    let dataSet: [UInt8]
    /// The start of the data set up to and with a SOP Instance UID of ``InstanceNumber/length`` characters.
    let head: [UInt8]
    /// Where in ``dataSet`` the element SOP Instance UID ends: the rest is the same under every UID.
    let tailOffset: Int

    /// The bytes of the data set under a UID of the generator.
    var renumberedLength: Int { head.count + dataSet.count - tailOffset }

    /// - Throws: ``BenchError/unusable(_:)`` if the data set has no SOP Instance UID that can be replaced.
    init(sopClassUID: String, sopInstanceUID: String, transferSyntaxUID: String, dataSet: [UInt8]) throws {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.dataSet = dataSet
        let implicit = transferSyntaxUID == "1.2.840.10008.1.2"
        guard transferSyntaxUID != "1.2.840.10008.1.2.1.99", transferSyntaxUID != "1.2.840.10008.1.2.2",
            let element = ElementHeaders(dataSet, implicit: implicit).first(where: { $0.tag >= 0x0008_0018 }),
            element.tag == 0x0008_0018
        else { throw BenchError.unusable("no SOP Instance UID that can be replaced in \(sopInstanceUID)") }
        tailOffset = element.value.upperBound
        var head = Array(dataSet[..<element.start])
        head += [0x08, 0x00, 0x18, 0x00]
        head +=
            implicit ? [UInt8(InstanceNumber.length), 0, 0, 0] : Array("UI".utf8) + [UInt8(InstanceNumber.length), 0]
        head += Array(InstanceNumber(run: 0, object: 0, repetition: 0).uid.utf8)
        self.head = head
    }

    /// The whole data set as it is sent under `number`.
    func renumbered(_ number: InstanceNumber) -> [UInt8] {
        head.dropLast(InstanceNumber.length) + Array(number.uid.utf8) + dataSet[tailOffset...]
    }
}

/// The headers of a little-endian data set's top-level elements, as far as they have a defined length.
struct ElementHeaders: Sequence, IteratorProtocol {
    struct Element {
        let tag: UInt32
        let start: Int
        let value: Range<Int>
    }

    private let bytes: [UInt8]
    private let implicit: Bool
    private var offset: Int

    init(_ bytes: [UInt8], implicit: Bool, from offset: Int = 0) {
        self.bytes = bytes
        self.implicit = implicit
        self.offset = offset
    }

    mutating func next() -> Element? {
        let start = offset
        guard start + 12 <= bytes.count else { return nil }
        let tag = UInt32(bytes.littleEndian16(start)) << 16 | UInt32(bytes.littleEndian16(start + 2))
        var value = start + 8
        var length = Int(bytes.littleEndian32(start + 4))
        if !implicit {
            let vr = String(decoding: bytes[(start + 4)..<(start + 6)], as: UTF8.self)
            if DataSetWriter.longFormVRs.contains(vr) {
                value = start + 12
                length = Int(bytes.littleEndian32(start + 8))
            } else {
                length = Int(bytes.littleEndian16(start + 6))
            }
        }
        guard length <= bytes.count - value else { return nil }
        offset = value + length
        return Element(tag: tag, start: start, value: value..<offset)
    }
}

extension [UInt8] {
    func littleEndian16(_ offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }
    func littleEndian32(_ offset: Int) -> UInt32 {
        UInt32(littleEndian16(offset)) | UInt32(littleEndian16(offset + 2)) << 16
    }
}
