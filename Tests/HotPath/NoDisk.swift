import Archive
import CLinux
import Glibc
import SystemPackage

/// A disk that takes everything and keeps nothing: what is left is what the archive itself does.
///
/// The archive's marker is there, every directory is, and no name is ever taken.
final class NoDisk: FileSystem {
    private let directory = Descriptor(number: 3)
    private let file = Descriptor(number: 4)
    private let found = FileStatus(device: 1, inode: 1, size: 0, isRegular: true)

    func openDirectory(at path: FilePath) throws(SystemError) -> Descriptor { directory }
    func openDirectory(_ name: String, in parent: Descriptor) throws(SystemError) -> Descriptor { directory }
    func openFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor { file }
    func createFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor { file }
    func createNamelessFile(in directory: Descriptor) throws(SystemError) -> Descriptor { file }
    func makeDirectory(at path: FilePath) throws(SystemError) {}
    func makeDirectory(_ name: String, in parent: Descriptor) throws(SystemError) {}
    func close(_ descriptor: Descriptor) {}

    func write(_ slices: UnsafeBufferPointer<iovec>, to file: Descriptor) throws(SystemError) -> Int {
        slices.reduce(0) { $0 + $1.iov_len }
    }

    func read(
        into bytes: UnsafeMutableRawBufferPointer,
        from file: Descriptor,
        at offset: UInt64
    ) throws(SystemError) -> Int { 0 }

    func link(_ file: Descriptor, as name: String, in directory: Descriptor) throws(SystemError) {}
    func rename(
        _ name: String,
        in directory: Descriptor,
        to newName: String,
        in newDirectory: Descriptor,
        replacing: Bool
    ) throws(SystemError) {}
    func remove(_ name: String, in directory: Descriptor) throws(SystemError) {}
    func removeDirectory(_ name: String, in parent: Descriptor) throws(SystemError) {}
    func names(in directory: Descriptor) throws(SystemError) -> [String] { [] }

    func synchronize(_ descriptor: Descriptor, _ extent: SyncExtent) throws(SystemError) {}
    func reserve(_ count: UInt64, at offset: UInt64, of file: Descriptor) {}
    func writeBack(_ file: Descriptor, start: Range<UInt64>, settle: Range<UInt64>) throws(SystemError) {}

    func status(of descriptor: Descriptor) throws(SystemError) -> FileStatus { found }
    func status(ofPath path: FilePath) throws(SystemError) -> FileStatus { found }
    func volume(of descriptor: Descriptor) throws(SystemError) -> Volume {
        Volume(available: 1 << 50, isReadOnly: false, syncIsTrusted: true)
    }
    func lock(_ file: Descriptor) throws(SystemError) {}
    func now() -> UInt64 { 0 }
    func attribute(_ name: String, of file: Descriptor) throws(SystemError) -> [UInt8] {
        throw SystemError(code: ENODATA)
    }
    func setAttribute(_ name: String, to value: [UInt8], of file: Descriptor) throws(SystemError) {}
}
