package import CLinux
package import SystemPackage

/// What the archive asks of a disk: each operation is one system call, and each of them can fail or be the last.
///
/// The archive reaches the disk only through this protocol, so that a simulated disk can fail or crash at every
/// operation. Names are single path components, relative to an open directory. A class-bound protocol, because a
/// call then costs one indirect jump, which does not show beside a system call.
///
/// - Errors: every operation but `close` throws the kernel's error number. `EINTR` is passed on; the caller retries.
package protocol FileSystem: AnyObject, Sendable {
    /// Opens the directory at a path; symbolic links are followed.
    func openDirectory(at path: FilePath) throws(SystemError) -> Descriptor
    /// Opens a directory below another; a symbolic link is refused.
    func openDirectory(_ name: String, in parent: Descriptor) throws(SystemError) -> Descriptor
    /// Opens a file for reading; symbolic links are refused.
    func openFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor
    /// Makes a file for reading and writing; `EEXIST` if the name is taken.
    func createFile(_ name: String, in directory: Descriptor) throws(SystemError) -> Descriptor
    /// Makes a file without a name, gone when it is closed; `EOPNOTSUPP`, `EISDIR` or `EINVAL` where there is no such
    /// thing.
    func createNamelessFile(in directory: Descriptor) throws(SystemError) -> Descriptor
    /// Makes a directory at a path; `EEXIST` if the name is taken.
    func makeDirectory(at path: FilePath) throws(SystemError)
    /// Makes a directory below another; `EEXIST` if the name is taken.
    func makeDirectory(_ name: String, in parent: Descriptor) throws(SystemError)
    /// Closes a descriptor, whatever the kernel says of it.
    func close(_ descriptor: Descriptor)

    /// Appends; returns how many bytes were taken, perhaps fewer than given.
    func write(_ slices: UnsafeBufferPointer<iovec>, to file: Descriptor) throws(SystemError) -> Int
    /// Tells how many bytes will be written from an offset on, so that their space is found at once. Only a hint:
    /// whether there is room, the write tells.
    func reserve(_ count: UInt64, at offset: UInt64, of file: Descriptor)
    /// Reads at an offset; returns how many bytes came, 0 at the end.
    func read(
        into bytes: UnsafeMutableRawBufferPointer,
        from file: Descriptor,
        at offset: UInt64
    ) throws(SystemError) -> Int

    /// Names a nameless file; `EEXIST` if the name is taken.
    func link(_ file: Descriptor, as name: String, in directory: Descriptor) throws(SystemError)
    /// Renames; unless `replacing`, `EEXIST` if the new name is taken.
    func rename(
        _ name: String,
        in directory: Descriptor,
        to newName: String,
        in newDirectory: Descriptor,
        replacing: Bool
    ) throws(SystemError)
    /// Removes the name of a file.
    func remove(_ name: String, in directory: Descriptor) throws(SystemError)
    /// Removes an empty directory.
    func removeDirectory(_ name: String, in parent: Descriptor) throws(SystemError)
    /// The names in a directory, in no order, without `.` and `..`.
    func names(in directory: Descriptor) throws(SystemError) -> [String]

    /// Waits until what was written is on stable storage.
    func synchronize(_ descriptor: Descriptor, _ extent: SyncExtent) throws(SystemError)
    /// Starts to write `start` back and waits for `settle`, so that little is left to do for the sync at the end. No
    /// promise of durability; an error is the file's, as if its sync had failed.
    func writeBack(_ file: Descriptor, start: Range<UInt64>, settle: Range<UInt64>) throws(SystemError)

    /// What a descriptor is.
    func status(of descriptor: Descriptor) throws(SystemError) -> FileStatus
    /// What is found now at a path, symbolic links followed.
    func status(ofPath path: FilePath) throws(SystemError) -> FileStatus
    /// The file system that a descriptor is on.
    func volume(of descriptor: Descriptor) throws(SystemError) -> Volume
    /// Takes a lock that ends with the descriptor; `EWOULDBLOCK` if another process has it.
    func lock(_ file: Descriptor) throws(SystemError)

    /// Nanoseconds of a clock that only goes forward, and never fails.
    func now() -> UInt64

    /// Reads an extended attribute of at most 256 bytes; `ENODATA` if there is none.
    func attribute(_ name: String, of file: Descriptor) throws(SystemError) -> [UInt8]
    /// Sets an extended attribute; `EOPNOTSUPP` where there are none.
    func setAttribute(_ name: String, to value: [UInt8], of file: Descriptor) throws(SystemError)
}

/// An open file or directory of a `FileSystem`.
package struct Descriptor: Hashable, Sendable {
    package let number: Int32
    package init(number: Int32) { self.number = number }
}

/// How much a sync covers.
package enum SyncExtent: Sendable {
    /// A file's bytes and length (`fdatasync`).
    case data
    /// A file or directory, with all its metadata; a directory's names (`fsync`).
    case everything
    /// The whole file system that the descriptor is on (`syncfs`).
    case fileSystem
}

/// What a name or descriptor stands for.
package struct FileStatus: Equatable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var size: UInt64
    package var isRegular: Bool
    /// The user that it belongs to.
    package var owner: UInt32
    /// Nanoseconds since 1970 at which it was made; 0 where the file system does not say. An inode's number is given
    /// again soon after its file or directory has gone.
    package var made: Int64

    package init(
        device: UInt64,
        inode: UInt64,
        size: UInt64,
        isRegular: Bool,
        owner: UInt32 = 0,
        made: Int64 = 0
    ) {
        self.device = device
        self.inode = inode
        self.size = size
        self.isRegular = isRegular
        self.owner = owner
        self.made = made
    }
}

/// What the archive needs to know of a file system.
package struct Volume: Equatable, Sendable {
    /// Bytes that we may still write.
    package var available: UInt64
    package var isReadOnly: Bool
    /// `SyncExtent.fileSystem` covers data and names alike, and reports every failed write-back.
    package var syncIsTrusted: Bool
    /// A long write is faster where its space was reserved.
    package var reservingPays: Bool

    package init(available: UInt64, isReadOnly: Bool, syncIsTrusted: Bool, reservingPays: Bool = false) {
        self.available = available
        self.isReadOnly = isReadOnly
        self.syncIsTrusted = syncIsTrusted
        self.reservingPays = reservingPays
    }
}

/// The kernel's refusal.
package struct SystemError: Error, Hashable, Sendable {
    /// An `errno` value.
    package let code: Int32
    package init(code: Int32) { self.code = code }
}
