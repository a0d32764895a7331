import Glibc
import Instances

/// A file to send: what its head says, and where its data set lies.
struct SendFile: Sendable {
    var path: String
    var sopClassUID: String
    var sopInstanceUID: String
    var transferSyntaxUID: String
    var dataSetOffset: Int
    var dataSetLength: Int

    /// Why a file cannot be sent.
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
        /// It can be read, and is something else.
        var isOtherThanDICOM = false
    }

    /// Bytes read of a file to find its data set: group 0002 of a real file is below 1 KiB.
    private static let headBytes = 65_536

    /// A DICOMDIR: a file about files, which no network service takes (PS3.10 §8.6).
    private static let mediaStorageDirectory = "1.2.840.10008.1.3.10"

    /// Reads a file's head. Blocks.
    static func read(_ path: String) throws(Unreadable) -> SendFile {
        let file = try File(path)
        let length = try file.length()
        let head = try file.read(at: 0, count: min(length, Self.headBytes))
        do throws(FileMetaInformation.ParsingError) {
            let (meta, offset) = try Self.parse(head)
            guard meta.mediaStorageSOPClassUID != Self.mediaStorageDirectory else {
                throw FileMetaInformation.ParsingError.noPrefix
            }
            return SendFile(
                path: path,
                sopClassUID: meta.mediaStorageSOPClassUID,
                sopInstanceUID: meta.mediaStorageSOPInstanceUID,
                transferSyntaxUID: meta.transferSyntaxUID,
                dataSetOffset: offset,
                dataSetLength: length - offset
            )
        } catch {
            throw Unreadable(description: "no DICOM file (PS3.10)", isOtherThanDICOM: true)
        }
    }

    private static func parse(
        _ head: [UInt8]
    ) throws(FileMetaInformation.ParsingError) -> (meta: FileMetaInformation, dataSetOffset: Int) {
        try head.withUnsafeBytes { bytes in
            Result { () throws(FileMetaInformation.ParsingError) in try FileMetaInformation.parse(bytes) }
        }.get()
    }
}

/// An open file, read by position. Blocks.
///
/// *Resources*: closed when it is dropped.
final class File: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws(SendFile.Unreadable) {
        self.descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard self.descriptor >= 0 else { throw SendFile.Unreadable(description: String(cString: strerror(errno))) }
    }

    deinit {
        close(self.descriptor)
    }

    func length() throws(SendFile.Unreadable) -> Int {
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else {
            throw SendFile.Unreadable(description: String(cString: strerror(errno)))
        }
        return Int(status.st_size)
    }

    /// Exactly `count` bytes at `offset`; a file that has become shorter is an error.
    func read(at offset: Int, count: Int) throws(SendFile.Unreadable) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...]
                )
                let read = pread(self.descriptor, rest.baseAddress, rest.count, off_t(offset + initialized))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else {
                    failure = read < 0 ? errno : ENODATA
                    return
                }
                initialized += read
            }
        }
        guard failure == 0 else { throw SendFile.Unreadable(description: String(cString: strerror(failure))) }
        return bytes
    }
}
