import CLinux
import DataSets
import Glibc
import Instances

/// Reads from files of the archive what the index keeps of them: the head, the attributes at the beginning of the data
/// set, the digest that stands beside it.
///
/// *Resources*: memory for one piece of a file during the call. Any thread may call.
enum ArchivedFileReader {

    /// Reads one file; nil: it is gone, cannot be read, or is no DICOM file with an instance.
    ///
    /// - Parameter directory: The folder's path.
    static func read(_ name: String, in folder: ArchiveFolder, directory: String) -> IndexedInstance? {
        let descriptor = linux_open_file(folder.descriptor, name)
        guard descriptor >= 0 else { return nil }
        defer { linux_close(descriptor) }
        var entry = linux_entry()
        guard linux_entry(descriptor, "", &entry) == 0, entry.is_regular != 0 else { return nil }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: IndexLimits.readBytes, alignment: 16)
        defer { bytes.deallocate() }
        let count = linux_read(descriptor, bytes.baseAddress, bytes.count, 0)
        guard count > 0 else { return nil }
        let first = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        guard let (head, offset) = try? FileMetaInformation.parse(first) else { return nil }
        var scanner = StructureScanner(transferSyntaxUID: head.transferSyntaxUID, limits: IndexLimits.scanner)
        scanner.consume(UnsafeRawBufferPointer(rebasing: first[offset...]))
        var position = count
        while !scanner.hasPassedAttributes, position < IndexLimits.attributesWithin {
            let count = linux_read(descriptor, bytes.baseAddress, bytes.count, UInt64(position))
            guard count > 0 else { break }
            scanner.consume(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            position += count
        }
        let identity = scanner.identity
        guard let sopInstanceUID = identity.sopInstanceUID ?? Self.nonEmpty(head.mediaStorageSOPInstanceUID) else {
            return nil
        }
        let attributes = (try? scanner.attributes.attributes()).map {
            InstanceAttributes(values: $0.values, undecoded: $0.undecoded)
        }
        return IndexedInstance(
            path: directory.isEmpty ? name : directory + "/" + name,
            sopClassUID: identity.sopClassUID ?? head.mediaStorageSOPClassUID,
            sopInstanceUID: sopInstanceUID,
            studyInstanceUID: identity.studyInstanceUID ?? "",
            seriesInstanceUID: identity.seriesInstanceUID ?? "",
            transferSyntaxUID: head.transferSyntaxUID,
            bytes: Int64(clamping: entry.size) - Int64(offset),
            digest: digest(of: descriptor),
            callingAETitle: head.sourceApplicationEntityTitle,
            calledAETitle: head.receivingApplicationEntityTitle,
            received: entry.modified / 1_000_000_000,
            attributes: attributes ?? [:]
        )
    }

    private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// As the archive has written it beside the file, whichever algorithm it had then.
    private static func digest(of descriptor: Int32) -> String {
        for algorithm in [DigestAlgorithm.xxh3, .sha256] {
            let text = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { value -> String? in
                let count = linux_get_attribute(descriptor, algorithm.attribute, value.baseAddress, value.count)
                guard count > 0 else { return nil }
                return String(decoding: value[..<count], as: UTF8.self)
            }
            if let text, text.utf8.allSatisfy(Hexadecimal.digits.contains) { return text }
        }
        return ""
    }
}
