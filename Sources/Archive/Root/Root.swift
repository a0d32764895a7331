import Glibc
import Synchronization
import SystemPackage

/// The archive's directory, open: the mount as it was found.
///
/// Below it, `.dicom-node/` is the archive's own: `marker` tells that this is an archive and that its disk is there,
/// and is locked while a node has it open; `incoming/` holds what has no name yet, and `adopting/`, which is locked
/// too, that of a process that adopts files. No component made from a peer's
/// value begins with a full stop, so nothing of a peer's gets there; what others put there is left alone.
///
/// *Resources*: four descriptors, closed with the last reference; pending instances hold one.
final class Root: Sendable {
    let disk: any FileSystem
    let path: FilePath
    let directory: OpenFile
    let directoryStatus: FileStatus
    let role: ArchiveRole
    /// `incoming` as it was last found.
    let incomingDirectory: Mutex<OpenFile>
    let report: ArchiveRemark.Report
    let marker: Mutex<Marker>
    /// Whether `SyncExtent.fileSystem` may stand for the syncs of single files and directories.
    let syncIsTrusted: Bool
    /// Whether `FileSystem.reserve` is worth its call.
    let reservingPays: Bool
    /// Directories of records that are known to be durable.
    let recordDirectories = Mutex<Set<String>>([])
    private let nameless = Atomic<NamelessFiles>(.untried)
    private let failures = Atomic<Int>(0)
    /// The archive's directory once more. A failed write-back is told once to each descriptor, so those who sync names
    /// have one of their own: they must not miss what those who sync data were told.
    private let names: OpenFile

    static let ownDirectory = ".dicom-node"

    /// Opens an archive that exists: locks it and clears away what an earlier process left half-written.
    init(
        _ path: FilePath,
        on disk: any FileSystem,
        as role: ArchiveRole,
        report: @escaping ArchiveRemark.Report
    ) throws(ArchiveError) {
        self.disk = disk
        self.role = role
        self.path = path
        self.report = report
        let directory = try Root.open(path, on: disk)
        self.directory = directory
        directoryStatus = try attempt("look at \(path)") { () throws(SystemError) in
            try disk.status(of: directory.descriptor)
        }
        names = try Root.open(path, on: disk)
        let own = try Root.open(Root.ownDirectory, in: directory, "open \(path)/\(Root.ownDirectory)")
        marker = Mutex(try Root.lockMarker(in: own, path, as: role))
        let volume = try attempt("look at the file system of \(path)") { () throws(SystemError) in
            try disk.volume(of: directory.descriptor)
        }
        guard !volume.isReadOnly else {
            throw ArchiveError(.unavailable, "the file system of \(path) is read-only")
        }
        syncIsTrusted = volume.syncIsTrusted
        reservingPays = volume.reservingPays
        let incomingPath = Root.incomingPath(in: path, of: role)
        let incoming = try Root.ensure(role.incomingName, in: own, "make \(incomingPath)")
        incomingDirectory = Mutex(incoming)
        try attempt("sync \(path)/\(Root.ownDirectory)") { () throws(SystemError) in
            // An earlier process may have died between making the marker and this.
            try own.synchronize(.everything)
        }
        try lockIncoming(incoming)
        try sweep(incoming)
        _ = hasNamelessFiles
    }

    /// How often `synchronizeData` has failed. Its error may have been that of a file still being written, and is told
    /// only once; so files older than the last failure are synced one by one.
    var failedSyncs: Int { failures.load(ordering: .acquiring) }

    /// Waits until all data on the file system is on stable storage. One thread at a time.
    func synchronizeData() throws(SystemError) {
        do throws(SystemError) {
            try directory.synchronize(.fileSystem)
        } catch {
            failures.wrappingAdd(1, ordering: .acquiringAndReleasing)
            throw error
        }
    }

    /// Waits until all names on the file system are on stable storage. One thread at a time.
    func synchronizeNames() throws(SystemError) {
        try names.synchronize(.fileSystem)
    }

    private enum NamelessFiles: UInt8, AtomicRepresentable {
        case untried, work, fail
    }

    /// Files without a name can be made, and be given one. Tried once; a full disk is no reason to do without for ever.
    var hasNamelessFiles: Bool {
        switch nameless.load(ordering: .relaxed) {
        case .work: return true
        case .fail: return false
        case .untried: break
        }
        do throws(SystemError) {
            let file = try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.createNamelessFile(in: directory.descriptor)
            }
            let probe = Temporary.freshName()
            try inIncoming { incoming throws(SystemError) in
                try disk.link(file.descriptor, as: probe, in: incoming.descriptor)
                nameless.store(.work, ordering: .relaxed)
                try disk.remove(probe, in: incoming.descriptor)
            }
        } catch {
            let unsupported = [EOPNOTSUPP, EISDIR, EINVAL, ENOENT, EPERM, EACCES, ENOSYS, ELOOP]
            if unsupported.contains(error.code) { nameless.store(.fail, ordering: .relaxed) }
        }
        return nameless.load(ordering: .relaxed) == .work
    }

    static func open(_ path: FilePath, on disk: any FileSystem) throws(ArchiveError) -> OpenFile {
        try attempt("open \(path)") { () throws(SystemError) in
            try OpenFile(on: disk) { disk throws(SystemError) in try disk.openDirectory(at: path) }
        }
    }

    static func open(
        _ name: String,
        in parent: OpenFile,
        _ doing: @autoclosure () -> String
    ) throws(ArchiveError) -> OpenFile {
        try attempt(doing()) { () throws(SystemError) in try OpenFile(directory: name, in: parent) }
    }

    /// Opens a directory of the archive's own, made if it is missing.
    static func ensure(
        _ name: String,
        in parent: OpenFile,
        _ doing: @autoclosure () -> String
    ) throws(ArchiveError) -> OpenFile {
        try attempt(doing()) { () throws(SystemError) in
            try ignoring(EEXIST) { () throws(SystemError) in
                try parent.disk.makeDirectory(name, in: parent.descriptor)
            }
        }
        return try open(name, in: parent, doing())
    }
}

/// Runs an operation for which one error is no failure.
func ignoring(_ code: Int32, _ operation: () throws(SystemError) -> Void) throws(SystemError) {
    do throws(SystemError) {
        try SystemError.retrying(operation)
    } catch {
        guard error.code == code else { throw error }
    }
}
