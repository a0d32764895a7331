import Glibc
import Instances

extension InstanceArchive {
    /// Opens an archived instance, and reads its head.
    ///
    /// - Parameter path: As ``StoredInstance/path``. One that no layout gives is refused: `.notFound`.
    func open(_ path: String) throws(ArchiveError) -> ArchivedFile {
        guard let place = ArchivedPath(path) else {
            throw ArchiveError(.notFound, "\(path) is no path of an archived instance")
        }
        let root = try root.get()
        let file: OpenFile
        do throws(SystemError) {
            file = try root.open(place)
        } catch {
            guard error.code != ENOENT, error.code != ENOTDIR, error.code != ELOOP else {
                throw ArchiveError(.notFound, "there is no \(path) in the archive")
            }
            throw ArchiveError(error, doing: "open \(path)")
        }
        return try ArchivedFile(file, path: path)
    }
}

/// An archived instance, open for reading. Every call may wait for the disk.
///
/// *Resources*: one descriptor, closed with the last reference.
final class ArchivedFile: Sendable {
    let head: FileMetaInformation
    let dataSetLength: UInt64
    private let file: OpenFile
    private let path: String
    private let headerLength: UInt64

    /// Bytes of a file that hold its head: 512 as this archive writes it, more in files that were brought from
    /// elsewhere.
    private static let headBytes = 64 << 10

    fileprivate init(_ file: OpenFile, path: String) throws(ArchiveError) {
        self.file = file
        self.path = path
        let status = try attempt("look at \(path)") { () throws(SystemError) in
            try file.disk.status(of: file.descriptor)
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.headBytes, alignment: 16)
        defer { bytes.deallocate() }
        let count = try attempt("read \(path)") { () throws(SystemError) in try file.read(into: bytes, at: 0) }
        do throws(FileMetaInformation.ParsingError) {
            let (head, offset) = try FileMetaInformation.parse(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            self.head = head
            headerLength = UInt64(offset)
        } catch {
            throw ArchiveError(.notFound, "\(path) is no DICOM file (PS3.10 §7.1)")
        }
        dataSetLength = status.size - min(headerLength, status.size)
    }

    /// Fills as much of `bytes` as the data set has from `offset` on; returns how much that is.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ArchiveError) -> Int {
        guard offset < dataSetLength else { return 0 }
        return try attempt("read \(path)") { () throws(SystemError) in
            try file.read(into: bytes, at: headerLength + offset)
        }
    }
}
