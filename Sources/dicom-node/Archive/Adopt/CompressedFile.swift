import Archive
import DataSets
import Glibc

/// A file of an Orthanc storage with `StorageCompression`: eight bytes that say how long the content is, little endian,
/// then the content as a zlib stream (RFC 1950).
enum CompressedFile {
    private static let lengthBytes = 8
    private static let pieceBytes = 1 << 20

    /// Whether a file may be one: its stream begins as zlib's do.
    static func isOne(_ file: InputFile) -> Bool {
        guard file.length > lengthBytes + 2,
            let bytes = try? file.read(at: lengthBytes, count: 2)
        else { return false }
        // RFC 1950 §2.2: deflate, and a check of 5 bits over both.
        return bytes[0] & 0x0F == 8 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    }

    /// Inflates one into a file without a name.
    ///
    /// - Parameter bytes: No more than these, and some; nil: all of it.
    ///
    /// *Resources*: the file goes with the last reference to what is returned.
    ///
    /// *Errors*: it is no zlib stream, or not as long as it says.
    static func inflate(_ file: InputFile, upTo bytes: Int? = nil) throws(InstanceFile.Unreadable) -> InputFile {
        let declared = try file.read(at: 0, count: lengthBytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let (output, path) = try TemporaryFile.make(for: "a compressed file")
        unlink(path)
        do throws(InstanceFile.Unreadable) {
            let length = try inflate(file, to: output, limit: min(declared, UInt64(bytes ?? .max)))
            guard bytes != nil || length == declared else {
                throw InstanceFile.Unreadable("it inflates to \(length) bytes, and says that it has \(declared)")
            }
        } catch {
            close(output)
            throw error
        }
        do throws(SystemError) { return try InputFile(adopting: output) } catch {
            throw InstanceFile.Unreadable("no temporary file for a compressed file: \(error)")
        }
    }

    /// - Parameter limit: Ends when there are more bytes than these.
    /// - Returns: How many bytes there are.
    private static func inflate(
        _ file: InputFile,
        to output: Int32,
        limit: UInt64
    ) throws(InstanceFile.Unreadable) -> UInt64 {
        var stream = ZlibInflation()
        var position = lengthBytes
        var length: UInt64 = 0
        var failure: Int32 = 0
        while position < file.length, !stream.isAtEnd, length <= limit, failure == 0 {
            let piece = try file.read(at: position, count: min(pieceBytes, file.length - position))
            position += piece.count
            let isStream = stream.inflate(piece) { block in
                failure = write(block, to: output)
                length += UInt64(block.count)
                return failure == 0 && length <= limit
            }
            guard isStream else { throw InstanceFile.Unreadable("no zlib stream (RFC 1950)", isOtherThanDICOM: true) }
        }
        guard failure == 0 else {
            throw InstanceFile.Unreadable("cannot write the temporary file: \(SystemError(code: failure))")
        }
        return length
    }

    /// 0 if all is written, else an `errno` value.
    private static func write(_ bytes: [UInt8], to output: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}
