/// The head of a DICOM file: preamble, prefix and group 0002 (PS3.10 §7.1).
///
/// The preamble is zero: what a peer sends never becomes the first bytes of a file, so no archived file is a program.
package struct FileMetaInformation: Hashable, Sendable {
    /// (0002,0002)
    package var mediaStorageSOPClassUID: String
    /// (0002,0003)
    package var mediaStorageSOPInstanceUID: String
    /// (0002,0010): how the data set is encoded, as negotiated for its presentation context.
    package var transferSyntaxUID: String
    /// (0002,0012): the implementation that wrote the file.
    package var implementationClassUID: String
    /// (0002,0013): at most 16 characters; empty: left out.
    package var implementationVersionName: String
    /// (0002,0016): the application entity that the instance came from; empty: left out.
    package var sourceApplicationEntityTitle: String
    /// (0002,0018): the application entity that received it, by the title that it was called; empty: left out.
    package var receivingApplicationEntityTitle: String
    /// The address that the instance came from. Not part of the file: an index keeps it. Empty: not known.
    package var sourceHost: String

    package init(
        mediaStorageSOPClassUID: String,
        mediaStorageSOPInstanceUID: String,
        transferSyntaxUID: String,
        implementationClassUID: String,
        implementationVersionName: String = "",
        sourceApplicationEntityTitle: String = "",
        receivingApplicationEntityTitle: String = "",
        sourceHost: String = ""
    ) {
        self.mediaStorageSOPClassUID = mediaStorageSOPClassUID
        self.mediaStorageSOPInstanceUID = mediaStorageSOPInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.sourceApplicationEntityTitle = sourceApplicationEntityTitle
        self.receivingApplicationEntityTitle = receivingApplicationEntityTitle
        self.sourceHost = sourceHost
    }

    /// The bytes that go before the data set, in Explicit VR Little Endian whatever its transfer syntax.
    package func encoded() -> [UInt8] {
        // Room for all of it at once.
        var bytes = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            buffer[..<Self.preambleLength].initialize(repeating: 0)
            count = Self.preambleLength
        }
        bytes += Self.prefix
        bytes += [0x02, 0x00, 0x00, 0x00, 0x55, 0x4C, 0x04, 0x00, 0, 0, 0, 0]  // (0002,0000) UL, filled in below
        let group = bytes.count
        bytes += [0x02, 0x00, 0x01, 0x00, 0x4F, 0x42, 0, 0, 0x02, 0, 0, 0, 0x00, 0x01]  // (0002,0001) OB: version 1
        bytes.append(element: 0x0002, "UI", mediaStorageSOPClassUID, padding: 0x00)
        bytes.append(element: 0x0003, "UI", mediaStorageSOPInstanceUID, padding: 0x00)
        bytes.append(element: 0x0010, "UI", transferSyntaxUID, padding: 0x00)
        bytes.append(element: 0x0012, "UI", implementationClassUID, padding: 0x00)
        if !implementationVersionName.isEmpty {
            bytes.append(element: 0x0013, "SH", String(implementationVersionName.prefix(16)), padding: 0x20)
        }
        if !sourceApplicationEntityTitle.isEmpty {
            bytes.append(element: 0x0016, "AE", String(sourceApplicationEntityTitle.prefix(16)), padding: 0x20)
        }
        if !receivingApplicationEntityTitle.isEmpty {
            bytes.append(element: 0x0018, "AE", String(receivingApplicationEntityTitle.prefix(16)), padding: 0x20)
        }
        let length = UInt32(truncatingIfNeeded: bytes.count - group)
        for (index, shift) in [UInt32(0), 8, 16, 24].enumerated() {
            bytes[group - 4 + index] = UInt8(truncatingIfNeeded: length >> shift)
        }
        return bytes
    }

    static let preambleLength = 128
    static let prefix: [UInt8] = [0x44, 0x49, 0x43, 0x4D]  // "DICM"
}

extension [UInt8] {
    /// An element of group 0002 whose VR has a 16-bit length (PS3.5 §7.1.2), padded to an even length.
    ///
    /// A byte that no UI, SH or AE value may hold becomes `?`, so that a peer cannot put control characters, or more
    /// values than one, into a file's head.
    fileprivate mutating func append(element: UInt16, _ vr: String, _ value: String, padding: UInt8) {
        append(0x02)
        append(0x00)
        append(littleEndian: element)
        append(utf8: vr, max: 2)
        let start = count + 2
        append(littleEndian: 0)
        append(utf8: value, max: 0xFFFE)
        withUnsafeMutableBufferPointer { bytes in
            for index in start..<bytes.count
            where bytes[index] < 0x20 || bytes[index] > 0x7E || bytes[index] == UInt8(ascii: "\\") {
                bytes[index] = UInt8(ascii: "?")
            }
        }
        if (count - start) % 2 == 1 { append(padding) }
        self[start - 2] = UInt8(truncatingIfNeeded: count - start)
        self[start - 1] = UInt8(truncatingIfNeeded: (count - start) >> 8)
    }

    private mutating func append(littleEndian value: UInt16) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    /// Copied as one piece where the string is one.
    private mutating func append(utf8 text: String, max: Int) {
        let isCopied: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: $0.prefix(max)) }
        if isCopied == nil { append(contentsOf: text.utf8.prefix(max)) }
    }
}
