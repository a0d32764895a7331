import Glibc
import Synchronization

/// The archive's directory, open: the mount as it was found.
///
/// Below it, `.dicom-node/` is the archive's own: `marker` tells that this is an archive and that its disk is there,
/// and is locked while a process has it open; `incoming/` holds what has no name yet. No component made from a peer's
/// value begins with a full stop, so nothing else gets there.
///
/// *Resources*: four descriptors, closed with the last reference; pending instances hold one.
final class Root: Sendable {
    let disk: any FileSystem
    let directory: OpenFile
    let incoming: OpenFile
    /// Holds the lock.
    private let marker: OpenFile
    let markerStatus: FileStatus
    /// Whether `SyncExtent.fileSystem` may stand for the syncs of single files and directories.
    let syncIsTrusted: Bool
    /// Whether `FileSystem.reserve` is worth its call.
    let reservingPays: Bool
    private let nameless = Atomic<NamelessFiles>(.untried)
    private let failures = Atomic<Int>(0)
    /// The archive's directory once more. A failed write-back is told once to each descriptor, so those who sync names
    /// have one of their own: they must not miss what those who sync data were told.
    private let names: OpenFile

    static let ownDirectory = ".dicom-node"
    static let markerName = "marker"

    /// Opens an archive that exists: locks it and clears away what an earlier process left half-written.
    init(_ path: String, on disk: any FileSystem) throws(ArchiveError) {
        self.disk = disk
        directory = try Root.open(path, in: nil, on: disk, "open the archive \(path)")
        names = try Root.open(path, in: nil, on: disk, "open the archive \(path)")
        let own = try Root.open(Root.ownDirectory, in: directory, on: disk, "open \(path)/\(Root.ownDirectory)")
        let marker = try attempt("open the archive's marker") { () throws(SystemError) in
            try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.openFile(Root.markerName, in: own.descriptor)
            }
        }
        do throws(SystemError) {
            try SystemError.retrying { () throws(SystemError) in try disk.lock(marker.descriptor) }
        } catch {
            guard error.code != EWOULDBLOCK else {
                throw ArchiveError(.inUse, "another process has the archive \(path) open")
            }
            throw ArchiveError(error, doing: "lock the archive's marker")
        }
        self.marker = marker
        markerStatus = try attempt("look at the archive's marker") { () throws(SystemError) in
            try disk.status(of: marker.descriptor)
        }
        let directory = directory
        let volume = try attempt("look at the archive's file system") { () throws(SystemError) in
            try disk.volume(of: directory.descriptor)
        }
        guard !volume.isReadOnly else {
            throw ArchiveError(.unavailable, "the archive's file system is read-only")
        }
        syncIsTrusted = volume.syncIsTrusted
        reservingPays = volume.reservingPays
        let incoming = try Root.ensure("incoming", in: own, on: disk)
        self.incoming = incoming
        try attempt("sync the archive's own directory") { () throws(SystemError) in
            // An earlier process may have died between making the marker and this.
            try own.synchronize(.everything)
        }
        try attempt("remove what was left half-written") { () throws(SystemError) in
            for name in try disk.names(in: incoming.descriptor) {
                try ignoring(ENOENT) { () throws(SystemError) in try disk.remove(name, in: incoming.descriptor) }
            }
        }
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
                try disk.createNamelessFile(in: incoming.descriptor)
            }
            try ignoring(EEXIST) { () throws(SystemError) in
                try disk.link(file.descriptor, as: "probe", in: incoming.descriptor)
            }
            nameless.store(.work, ordering: .relaxed)
            try disk.remove("probe", in: incoming.descriptor)
        } catch {
            let unsupported = [EOPNOTSUPP, EISDIR, EINVAL, ENOENT, EPERM, EACCES, ENOSYS, ELOOP]
            if unsupported.contains(error.code) { nameless.store(.fail, ordering: .relaxed) }
        }
        return nameless.load(ordering: .relaxed) == .work
    }

    static func open(
        _ name: String,
        in parent: OpenFile?,
        on disk: any FileSystem,
        _ doing: @autoclosure () -> String
    ) throws(ArchiveError) -> OpenFile {
        try attempt(doing()) { () throws(SystemError) in
            try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.openDirectory(name, in: parent?.descriptor)
            }
        }
    }

    /// Opens a directory of the archive's own, made if it is missing.
    static func ensure(_ name: String, in parent: OpenFile, on disk: any FileSystem) throws(ArchiveError) -> OpenFile {
        try attempt("make \(name)") { () throws(SystemError) in
            try ignoring(EEXIST) { () throws(SystemError) in try disk.makeDirectory(name, in: parent.descriptor) }
        }
        return try open(name, in: parent, on: disk, "open \(name)")
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
