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
        return try ArchivedFile(file, path: path, root: root, isSecure: configuration.sync == .always)
    }
}

/// An archived instance, open for reading. Every call may wait for the disk.
///
/// *Resources*: one descriptor, closed with the last reference.
final class ArchivedFile: Sendable {
    let head: FileMetaInformation
    let dataSetLength: UInt64
    let keptDigest: KeptDigest?
    private let file: OpenFile
    private let path: String
    private let root: Root
    /// It was on stable storage before it had its name.
    private let isSecure: Bool
    private let headerLength: UInt64

    /// Bytes of a file that hold its head: 512 as this archive writes it, more in files that were brought from
    /// elsewhere.
    private static let headBytes = 64 << 10

    fileprivate init(_ file: OpenFile, path: String, root: Root, isSecure: Bool) throws(ArchiveError) {
        self.file = file
        self.path = path
        self.root = root
        self.isSecure = isSecure
        keptDigest = Self.keptDigest(of: file)
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
            throw ArchiveError(.damaged, "\(path) is no DICOM file (PS3.10 §7.1)")
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

    /// Returns when the file, its name and every directory on the way are on stable storage.
    func secure() throws(ArchiveError) {
        guard !isSecure else { return }
        try attempt("sync \(path)") { () throws(SystemError) in
            try file.synchronize(.everything)
            var directory = root.directory
            try directory.synchronize(.everything)
            for component in path.split(separator: "/").dropLast() {
                directory = try OpenFile(directory: String(component), in: directory)
                try directory.synchronize(.everything)
            }
        }
    }

    /// What the archive wrote beside the file, whichever algorithm it was told to use then.
    private static func keptDigest(of file: OpenFile) -> KeptDigest? {
        for algorithm in DigestAlgorithm.allCases where algorithm != .none {
            guard let value = try? file.disk.attribute(algorithm.attribute, of: file.descriptor) else { continue }
            return KeptDigest(algorithm: algorithm, value: String(decoding: value, as: UTF8.self))
        }
        return nil
    }
}
