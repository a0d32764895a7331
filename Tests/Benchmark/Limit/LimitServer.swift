import ArgumentParser
import CLinux
import Glibc
import Synchronization

/// How far the raw-socket limit goes with an object.
enum LimitMode: String, CaseIterable, Codable, Sendable, ExpressibleByArgument {
    /// TCP → nothing.
    case discard
    /// TCP → file → its name.
    case file
    /// … and `fdatasync` of the file.
    case fdatasync
    /// … and `fsync` of the directory: what promise 1 of the node costs without any DICOM.
    case directory
    /// The same, but objects that come together share their syncs: what is left of it for a server that groups commits.
    case grouped
}

/// "Receive an object, put it in a file, acknowledge" without any DICOM: what no server that copies can pass on this
/// machine. An object is 8 bytes of length (little endian) and its bytes; the answer is one byte.
///
/// A thread for each connection, reads of 1 MiB, one `write` for each, a temporary name, then the final one.
struct LimitServer: Sendable {
    /// The object goes to this directory.
    let directory: Int32
    let mode: LimitMode
    private let names = NameCounter()
    private let dataSyncs = SharedSync()
    private let nameSyncs = SharedSync()

    static let bufferSize = 1 << 20

    init(mode: LimitMode, folder: String) throws {
        self.mode = mode
        directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw BenchError.lastSystemError(folder) }
    }

    /// Accepts until the listener is shut down.
    func serve(_ listener: Int32) throws {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                if errno == EINVAL || errno == EBADF { return }
                if errno == EINTR || errno == ECONNABORTED { continue }
                throw BenchError.lastSystemError("accept")
            }
            disableNagle(connection)
            try JoinableThread { self.serveConnection(connection) }.detach()
        }
    }

    /// A failure closes the connection without an acknowledgement, which the sender counts.
    private func serveConnection(_ connection: Int32) {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.bufferSize, alignment: 4_096)
        defer {
            buffer.deallocate()
            close(connection)
        }
        do {
            while true { try receiveObject(connection, buffer) }
        } catch BenchError.closed {
            return
        } catch {
            print("dicom-bench limit: \(error)")
        }
    }

    private func receiveObject(_ connection: Int32, _ buffer: UnsafeMutableRawPointer) throws {
        try readAll(connection, buffer, 8)
        var left = Int(UInt64(littleEndian: buffer.load(as: UInt64.self)))
        let name = names.next()
        let file = mode == .discard ? -1 : try create(".\(name)")
        defer { if file >= 0 { close(file) } }
        while left > 0 {
            let wanted = min(left, Self.bufferSize)
            if file < 0 {
                left -= try readSome(connection, buffer, wanted)
            } else {
                try readAll(connection, buffer, wanted)
                try writeAll(file, UnsafeRawBufferPointer(start: buffer, count: wanted))
                left -= wanted
            }
        }
        if file >= 0 { try commit(file, name) }
        buffer.storeBytes(of: 0x4B, as: UInt8.self)
        try writeAll(connection, UnsafeRawBufferPointer(start: buffer, count: 1))
    }

    private func create(_ name: String) throws -> Int32 {
        let file = openat(directory, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw BenchError.lastSystemError("open") }
        return file
    }

    private func commit(_ file: Int32, _ name: String) throws {
        switch mode {
        case .discard, .file: break
        case .fdatasync, .directory: if fdatasync(file) != 0 { throw BenchError.lastSystemError("fdatasync") }
        case .grouped: try dataSyncs.pass { $0 == 1 ? linux_sync_data(file) : linux_sync_file_system(directory) }
        }
        guard renameat(directory, ".\(name)", directory, name) == 0 else { throw BenchError.lastSystemError("rename") }
        switch mode {
        case .discard, .file, .fdatasync: break
        case .directory: if fsync(directory) != 0 { throw BenchError.lastSystemError("fsync") }
        case .grouped: try nameSyncs.pass { _ in linux_sync_all(directory) }
        }
    }
}

private final class NameCounter: Sendable {
    private let counter = Atomic<Int>(0)
    func next() -> String { "o\(counter.wrappingAdd(1, ordering: .relaxed).newValue)" }
}
