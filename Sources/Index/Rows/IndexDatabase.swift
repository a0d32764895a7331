import CLinux
import GRDB
import Glibc
package import SystemPackage

/// The database with the rows, in SQLite.
///
/// Any number of processes may have it open at once (WAL): the node that writes what it archives, a command that lists
/// or makes the index anew. The calls wait for the disk.
///
/// *Resources*: descriptors for one writing connection and up to `readersMax` reading ones, closed with the last
/// reference; a copy in a temporary folder where ``init(reading:)`` needs one.
package final class IndexDatabase: Sendable {
    package let path: FilePath
    let connections: any DatabaseWriter & Sendable
    private let copy: TemporaryCopy?
    /// Of the file that is open.
    private let inode: UInt64

    private static let readersMax = 4
    /// How long a statement waits for another process.
    private static let busySeconds = 1.0

    /// Where an archive has its index, unless it is told otherwise.
    package static func path(in archive: FilePath) -> FilePath {
        archive.appending(".dicom-node").appending("index.sqlite")
    }

    /// Opens a database for writing; makes it if it is missing, and brings it to this version.
    ///
    /// *Errors*: `IndexError.newer`; what the database says.
    package init(writing path: FilePath) throws {
        self.path = path
        copy = nil
        // SQLite would make the file without write access for the group, whatever the umask allows; its other files
        // have the modes of this one.
        let made = Glibc.open(path.string, O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
        if made >= 0 { close(made) }
        var configuration = Self.configuration
        configuration.maximumReaderCount = Self.readersMax
        let pool = try DatabasePool(path: path.string, configuration: configuration)
        try pool.write { try Schema.migrate($0) }
        connections = pool
        inode = Self.inode(of: path)
    }

    /// Opens a database that is only read, also on a disk that may not be written: there what another process has not
    /// moved from the log to the database yet is read from a copy.
    ///
    /// *Errors*: `IndexError.missing`, `.newer`, `.older`; what the database says.
    package init(reading path: FilePath) throws {
        self.path = path
        guard access(path.string, F_OK) == 0 else { throw IndexError.missing(path.string) }
        var configuration = Self.configuration
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path.string, configuration: configuration)
            try queue.read { try Schema.check($0) }
            (connections, copy) = (queue, nil)
        } catch let error as DatabaseError where Self.mayNotWrite(beside: path) && !IndexError.isDamage(error) {
            if Self.size(of: path.string + "-wal") > 0 {
                let copy = try TemporaryCopy(of: path)
                configuration.readonly = false
                (connections, self.copy) = (try DatabaseQueue(path: copy.path, configuration: configuration), copy)
            } else {
                let address = Self.immutableAddress(path)
                (connections, copy) = (try DatabaseQueue(path: address, configuration: configuration), nil)
            }
        }
        inode = Self.inode(of: path)
        try connections.read { try Schema.check($0) }
    }

    /// Opens a database that is there for changing rows.
    ///
    /// *Errors*: `IndexError.missing`; those of ``init(writing:)``.
    package convenience init(changing path: FilePath) throws {
        guard access(path.string, F_OK) == 0 else { throw IndexError.missing(path.string) }
        try self.init(writing: path)
    }

    /// SQLite needs two more files beside a database that it reads, unless they are there.
    private static func mayNotWrite(beside path: FilePath) -> Bool {
        let folder = path.removingLastComponent()
        return access(folder.isEmpty ? "." : folder.string, W_OK) != 0
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        // One type writes the rows of all levels, so it need not be checked at each of them.
        configuration.foreignKeysEnabled = false
        return configuration
    }

    /// SQLite looks for neither log nor lock.
    private static func immutableAddress(_ path: FilePath) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~".utf8)
        let escaped = path.string.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "file:\(escaped.joined())?immutable=1"
    }

    /// The path still leads to the file that is open.
    package var isInPlace: Bool { Self.inode(of: path) == inode }

    /// Changes rows in one transaction.
    ///
    /// *Errors*: what `body` throws, and what the database says: then nothing has been changed.
    package func write<Value>(_ body: (inout IndexChanges) throws -> Value) throws -> Value {
        try connections.write { database in
            var changes = IndexChanges(try RowWriter(database))
            let value = try body(&changes)
            try changes.finish()
            return value
        }
    }

    /// Reads rows as they are at one moment.
    package func read<Value>(_ body: (IndexReader) throws -> Value) throws -> Value {
        try connections.read { try body(IndexReader($0)) }
    }

    /// Reads rows as they are at one moment, on a thread of the database.
    package func read<Value: Sendable>(_ body: @escaping @Sendable (IndexReader) throws -> Value) async throws -> Value
    {
        try await connections.read { try body(IndexReader($0)) }
    }

    /// Puts a database aside that is none any more; where it is now.
    static func putAside(_ path: FilePath) -> String? {
        for suffix in ["-wal", "-shm"] { unlink(path.string + suffix) }
        let aside = path.string + ".damaged"
        return rename(path.string, aside) == 0 ? aside : nil
    }

    private static func inode(of path: FilePath) -> UInt64 {
        var status = linux_status()
        return linux_path_status(path.string, &status) == 0 ? status.inode : 0
    }

    private static func size(of path: String) -> UInt64 {
        var status = linux_status()
        return linux_path_status(path, &status) == 0 ? status.size : 0
    }
}

/// Rows to be changed in one transaction.
package struct IndexChanges {
    private var writer: RowWriter

    fileprivate init(_ writer: RowWriter) { self.writer = writer }

    /// Writes the row of a file, in place of the one that it has.
    package mutating func put(_ instance: IndexedInstance) throws { try writer.put(instance) }

    /// Removes the row of a file, if there is one.
    package mutating func remove(_ path: String) throws {
        let (directory, name) = IndexedInstance.split(path)
        try writer.remove(directory, name)
    }

    /// A file has arrived once more, the same as it is; false: it has no row.
    func touch(_ instance: IndexedInstance) throws -> Bool {
        try writer.touch(instance.directory, instance.name, at: instance.received)
    }

    /// Notes of all copies of an instance that its SCU has been told that they are kept (PS3.4 Annex J).
    ///
    /// - Parameter time: Seconds since 1970 at which they were checked: later ones are others.
    package func commit(_ sopInstanceUID: String, at time: Int64) throws { try writer.commit(sopInstanceUID, at: time) }

    /// Says of a folder that its names were last changed then, and that all its files have rows; 0: not known.
    mutating func setFolder(_ directory: String, modified: Int64) throws {
        try writer.setFolder(directory, modified: modified)
    }

    mutating func removeFolder(_ directory: String) throws { try writer.removeFolder(directory) }

    fileprivate mutating func finish() throws { try writer.finish() }
}
