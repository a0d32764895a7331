import Dispatch
import Glibc
package import NIOPosix
import Synchronization
package import SystemPackage

/// Brings the rows in line with the files, by reading only what may have changed.
///
/// For each folder the index knows when its names had last changed when all of its files had their rows, and that they
/// have not changed since if the folder's time is the same. So a scan looks at the times of all folders that it knows;
/// of those that differ it reads the names, and of the files without a row the attributes. A folder that is new stands
/// in one that has changed.
///
/// The thread that writes the rows runs it, step by step, so that what is archived meanwhile has its turn.
package struct FolderScan {
    /// How much is read.
    package enum Extent: Equatable, Sendable {
        /// Folders whose names have changed.
        case changes
        /// Every file.
        case everything
    }

    /// What one step has done.
    package struct Progress: Equatable, Sendable {
        package var folders = 0
        package var files = 0
        package var rowsWritten = 0
        package var rowsRemoved = 0
        /// Files that are no DICOM instances.
        package var others = 0
    }

    private let database: IndexDatabase
    private let archive: ArchiveFolder
    private let extent: Extent
    private let threads: NIOThreadPool?
    private let parallel: Int
    /// Told of each instance that gets a row.
    private let onRow: (IndexedInstance) -> Void
    /// Folders to be read, the next one last.
    private var stack: [String]
    /// Those that were ever there, because a folder may be found in two ways.
    private var found: Set<String>
    /// The folder whose files are being read.
    private var current: FolderFiles?
    /// The last known folder whose time was looked at; nil: none yet.
    private var lastKnown: String?
    private var hasLookedAtKnown: Bool

    /// - Parameters:
    ///   - archive: The archive's directory.
    ///   - folders: Only these; nil: all.
    ///   - threads: They read as many files at once; nil: the calling thread reads them.
    ///   - parallel: How many they are.
    ///
    /// *Errors*: the archive's directory cannot be opened.
    package init(
        _ database: IndexDatabase,
        archive: FilePath,
        extent: Extent,
        folders: Set<String>? = nil,
        threads: NIOThreadPool? = nil,
        parallel: Int = 1,
        onRow: @escaping (IndexedInstance) -> Void = { _ in }
    ) throws {
        self.database = database
        self.archive = try ArchiveFolder(archive: archive.string)
        self.extent = extent
        self.threads = threads
        self.parallel = max(1, parallel)
        self.onRow = onRow
        stack = folders?.sorted() ?? []
        found = folders ?? []
        hasLookedAtKnown = folders != nil
    }

    package var isDone: Bool { stack.isEmpty && current == nil && hasLookedAtKnown }

    /// Does a bounded piece of the work.
    ///
    /// *Errors*: what the database or the disk says; the step can be made again.
    package mutating func step() throws -> Progress {
        var progress = Progress()
        if !hasLookedAtKnown {
            try lookAtKnown(&progress)
        } else if current != nil {
            try readFiles(&progress)
        } else if let directory = stack.last {
            try begin(directory, &progress)
        }
        return progress
    }

    /// Looks at the times of folders that the index knows, and puts aside those that have changed.
    private mutating func lookAtKnown(_ progress: inout Progress) throws {
        let after = lastKnown
        let known = try database.read { try $0.folders(after: after, limit: IndexLimits.scannedFolders) }
        if after == nil, known.first?.directory != "" { push("") }
        var gone: [String] = []
        for folder in known {
            guard let entry = archive.entry(folder.directory), entry.isFolder else {
                gone.append(folder.directory)
                continue
            }
            if extent == .everything || entry.modified != folder.modified { push(folder.directory) }
        }
        for directory in gone { try forget(directory, &progress) }
        lastKnown = known.last?.directory ?? lastKnown
        hasLookedAtKnown = known.count < IndexLimits.scannedFolders
    }

    private mutating func push(_ directory: String) {
        if found.insert(directory).inserted { stack.append(directory) }
    }

    /// A folder is no more: neither are its files.
    private func forget(_ directory: String, _ progress: inout Progress) throws {
        let names = try database.read { try $0.files(in: directory) }.keys
        progress.rowsRemoved += names.count
        try database.write { changes in
            for name in names { try changes.remove(FolderFiles.path(name, in: directory)) }
            try changes.removeFolder(directory)
        }
    }

    private mutating func begin(_ directory: String, _ progress: inout Progress) throws {
        guard let folder = try archive.folder(directory), let entry = folder.entry("") else {
            try forget(directory, &progress)
            stack.removeLast()
            return
        }
        progress.folders += 1
        // The rows before the names: a file that comes between the two has no row yet, and one that has a row was
        // there.
        let rows = try database.read { try $0.files(in: directory) }
        var files = FolderFiles(directory: directory, folder: folder, modified: entry.modified)
        var names = Set<String>()
        var below: [String] = []
        for name in try folder.names() {
            guard let found = folder.entry(name) else { continue }
            if found.isFolder {
                let path = FolderFiles.path(name, in: directory)
                if path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < IndexLimits.folderDepth { below.append(path) }
            } else if found.isFile {
                names.insert(name)
                // A file that was replaced is younger than what the row tells of.
                let isKnown = rows[name].map { found.modified / 1_000_000_000 <= $0 } ?? false
                if extent == .everything || !isKnown { files.unread.append(name) }
            }
        }
        files.removed = rows.keys.filter { !names.contains($0) }
        // Of those that have a time it was looked at.
        let unknown = try database.read { reader in try below.filter { try reader.folder($0) ?? 0 == 0 } }
        stack.removeLast()
        unknown.forEach { push($0) }
        current = files
    }

    /// Reads some files.
    private func read(_ names: [String], of files: FolderFiles) -> [IndexedInstance] {
        let share = (names.count + parallel - 1) / parallel
        guard let threads, share >= Self.shareMin else {
            return names.compactMap { ArchivedFileReader.read($0, in: files.folder, directory: files.directory) }
        }
        let read = Mutex([Int: [IndexedInstance]]())
        let isDone = DispatchSemaphore(value: 0)
        let all = files
        for number in 0..<parallel {
            threads.submit { _ in
                let own = names[min(number * share, names.count)..<min((number + 1) * share, names.count)]
                let instances = own.compactMap {
                    ArchivedFileReader.read($0, in: all.folder, directory: all.directory)
                }
                read.withLock { $0[number] = instances }
                isDone.signal()
            }
        }
        for _ in 0..<parallel { isDone.wait() }
        return read.withLock { read in (0..<parallel).flatMap { read[$0] ?? [] } }
    }

    /// Files for which a thread is worth its wake-up.
    private static let shareMin = 8

    private mutating func readFiles(_ progress: inout Progress) throws {
        guard var files = current else { return }
        let names = Array(files.unread.suffix(IndexLimits.scannedFiles))
        let instances = read(names, of: files)
        progress.others += names.count - instances.count
        let isLast = files.unread.count == names.count
        let isSettled = files.wasOld && files.folder.entry("")?.modified == files.modified
        let modified = isSettled ? files.modified : 0
        try database.write { changes in
            for instance in instances { try changes.put(instance) }
            guard isLast else { return }
            for name in files.removed { try changes.remove(FolderFiles.path(name, in: files.directory)) }
            try changes.setFolder(files.directory, modified: modified)
        }
        instances.forEach(onRow)
        progress.files += names.count
        progress.rowsWritten += instances.count
        progress.rowsRemoved += isLast ? files.removed.count : 0
        files.unread.removeLast(names.count)
        current = isLast ? nil : files
    }
}

/// The files of one folder that are to be read.
private struct FolderFiles: Sendable {
    let directory: String
    let folder: ArchiveFolder
    /// When the folder's names had last changed before they were read.
    let modified: Int64
    /// That was so long ago that a change after the reading shows in the folder's time.
    let wasOld: Bool
    var unread: [String] = []
    /// Names with a row that are no more.
    var removed: [String] = []

    init(directory: String, folder: ArchiveFolder, modified: Int64) {
        self.directory = directory
        self.folder = folder
        self.modified = modified
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        wasOld = nanoseconds - modified > IndexLimits.settledNanoseconds
    }

    static func path(_ name: String, in directory: String) -> String {
        directory.isEmpty ? name : directory + "/" + name
    }
}
