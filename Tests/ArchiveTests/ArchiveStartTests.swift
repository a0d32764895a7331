import Archive
import Glibc
import Instances
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What was remarked.
final class Remarks: Sendable {
    private let stored = Mutex<[ArchiveRemark]>([])
    var all: [ArchiveRemark] { stored.withLock { $0 } }
    var report: ArchiveRemark.Report { { [self] remark in stored.withLock { $0.append(remark) } } }
}

/// Where an archive may be opened.
@Suite struct ArchiveStartTests {
    let directory: TemporaryDirectory
    let remarks = Remarks()
    var path: String { "\(directory.path)/archive" }
    var configuration: ArchiveConfiguration { ArchiveConfiguration(path: directory.archive) }

    init() throws { directory = try TemporaryDirectory() }

    @Test("a directory that does not exist is made, and taken the next time") func missing() throws {
        try InstanceArchive(configuration, report: remarks.report).file(Sample())
        try InstanceArchive.again(configuration, report: remarks.report).file(Sample("1.2.4"))
        #expect(try directory.files().count == 2)
        #expect(remarks.all == [ArchiveRemark(.information, "made the archive \(path)")])
    }

    @Test("what is missing on the way is made") func parents() throws {
        try InstanceArchive(ArchiveConfiguration(path: FilePath("\(path)/not/there"))).file(Sample())
        #expect(try directory.files(below: "archive/not/there") == ["1.2/1.2.9/1.2.3.dcm"])
    }

    @Test("a relative path is below the working directory") func relative() throws {
        let disk = SimulatedDisk(seed: 1)
        _ = try InstanceArchive(ArchiveConfiguration(path: "a/b"), fileSystem: disk)
        #expect(Array(disk.files(below: "a/b").keys) == [".dicom-node/marker"])
    }

    @Test("a name that is no UTF-8 is that name, and no other") func anyBytes() throws {
        let bytes = Array(directory.path.utf8CString.dropLast()) + "/m".utf8CString.dropLast() + [-28, -1, 0]
        try InstanceArchive(ArchiveConfiguration(path: FilePath(platformString: bytes))).file(Sample())
        #expect(run("test -f \"$(printf '\(directory.path)/m\\344\\377')/1.2/1.2.9/1.2.3.dcm\""))
        #expect(output("ls \(directory.path) | wc -l") == ["1"])
    }

    @Test(
        "an empty directory is taken, also where mkfs or a broken start left something",
        arguments: ["", "mkdir lost+found", "mkdir -p .dicom-node/incoming", "mkdir .dicom-node-trial-1-0"]
    )
    func empty(_ preparation: String) throws {
        run("mkdir \(path); cd \(path); \(preparation)")
        try InstanceArchive(configuration, report: remarks.report).file(Sample())
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        #expect(remarks.all == [ArchiveRemark(.information, "made an archive of \(path), which existed")])
    }

    @Test("a directory with other files needs --initialize") func otherFiles() throws {
        run("mkdir \(path); touch \(path)/a \(path)/b \(path)/c \(path)/d")
        let error = #expect(throws: ArchiveError.self) { try InstanceArchive(configuration) }
        #expect(error?.kind == .notInitialized)
        for word in [path, "a, b, c and 1 more", "--initialize"] {
            #expect(error?.description.contains(word) == true, "\(word)")
        }
        #expect(output("ls -A \(path)") == ["a", "b", "c", "d"])
        var willing = configuration
        willing.initialize = true
        try InstanceArchive(willing).file(Sample())
        try InstanceArchive.again(configuration).file(Sample("1.2.4"))
        #expect(try directory.files().count == 6)
    }

    @Test("a marker that is required must be there, at start and later") func markerRequired() throws {
        var careful = configuration
        careful.markerRequired = true
        for preparation in ["true", "mkdir \(path)"] {
            run(preparation)
            let before = output("find \(directory.path)")
            let error = #expect(throws: ArchiveError.self) { try InstanceArchive(careful) }
            #expect(error?.kind == .notInitialized)
            #expect(error?.description.contains("--initialize") == true)
            #expect(output("find \(directory.path)") == before)
        }
        careful.initialize = true
        _ = try InstanceArchive(careful)
        careful.initialize = false
        let archive = try InstanceArchive.again(careful)
        run("rm \(path)/.dicom-node/marker")
        let begun = #expect(throws: ArchiveError.self) { try archive.file(Sample()) }
        #expect(begun?.kind == .unavailable)
    }

    @Test("a second process is refused") func second() throws {
        let first = try InstanceArchive(configuration)
        let error = #expect(throws: ArchiveError.self) { try InstanceArchive(configuration) }
        #expect(error?.kind == .inUse)
        try first.file(Sample())
    }

    @Test(
        "a disk that cannot do what an instance needs is refused, with the path and a cure",
        arguments: [
            (["makeDirectory": EACCES], "chown"), (["createNamelessFile": EACCES, "createFile": EACCES], "chown"),
            (["write": EIO], "dmesg"), (["link": EPERM, "rename": EOPNOTSUPP], "ext4"),
            (["synchronize": EINVAL], "ext4"),
            (["createNamelessFile": EROFS, "createFile": EROFS], "ReadWritePaths="),
            (["createNamelessFile": EMFILE, "createFile": EMFILE], "LimitNOFILE="),
            (["createNamelessFile": ENFILE, "createFile": ENFILE], "fs.file-max"),
            (["lock": ENOLCK], "lock service"), (["makeDirectory": ENOENT], "symbolic link"),
        ]
    )
    func trial(_ refused: [String: Int32], _ cure: String) throws {
        var traits = SimulatedDisk.Traits()
        traits.owner = geteuid() + 1
        let disk = SimulatedDisk(seed: 1, traits: traits)
        _ = try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        disk.refuse(refused)
        let error = #expect(throws: ArchiveError.self) {
            try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        }
        for word in ["/archive", cure] { #expect(error?.description.contains(word) == true, "\(error as Any)") }
        #expect(disk.openCount == 0)
        disk.refuse([:])
        _ = try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        #expect(Array(disk.files(below: "/archive").keys) == [".dicom-node/marker"])
    }

    @Test("what no other file system mends has no such cure", arguments: [EBUSY, ENOTEMPTY, ENAMETOOLONG])
    func noCure(_ code: Int32) throws {
        let disk = SimulatedDisk(seed: 1)
        _ = try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        disk.refuse(["remove": code])
        let error = #expect(throws: ArchiveError.self) {
            try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        }
        #expect(error?.kind == .io(code))
        #expect(error?.description.contains(";") == false, "\(error as Any)")
        disk.refuse([:])
        _ = try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        #expect(Array(disk.files(below: "/archive").keys) == [".dicom-node/marker"])
    }

    @Test("a symbolic link to nothing is called that") func danglingLink() throws {
        run("ln -s \(directory.path)/nothing \(path)")
        let error = #expect(throws: ArchiveError.self) { try InstanceArchive(configuration) }
        #expect(error?.description.contains("symbolic link") == true, "\(error as Any)")
    }

    @Test("root is not told to give a directory to root", .enabled(if: geteuid() == 0)) func root() {
        let error = #expect(throws: ArchiveError.self) {
            try InstanceArchive(ArchiveConfiguration(path: "/sys/dicom-node-archive"))
        }
        #expect(error?.description.contains("chown") == false, "\(error as Any)")
        #expect(error?.description.contains("--archive") == true, "\(error as Any)")
    }

    @Test("what has a trial's name and is not the node's stops no start, and is left alone") func trialNames() throws {
        _ = try InstanceArchive(configuration)
        let foreign = ["\(path)/.dicom-node-trial", "\(path)/.dicom-node-trial-\(getpid())-0"]
        for name in foreign { run("mkdir -p \(name)/foreign; touch \(name)/instance") }
        // Of earlier processes, whose starts a power cut broke off.
        let left = ["\(path)/.dicom-node-trial-\(getpid())-1", "\(path)/.dicom-node-trial-1-0"]
        for name in left { run("mkdir \(name)") }
        run("touch \(left[1])/instance")
        _ = try InstanceArchive.again(configuration, report: remarks.report)
        for name in foreign { #expect(output("ls \(name)") == ["foreign", "instance"]) }
        for name in left { #expect(run("test ! -e \(name)")) }
        #expect(remarks.all == [ArchiveRemark(.information, "left alone, since not the node's: \(foreign[1])")])
    }

    @Test("a disk without hard links will do") func noLinks() throws {
        let disk = SimulatedDisk(seed: 1)
        disk.refuse(["link": EPERM])
        let archive = try InstanceArchive(ArchiveConfiguration(path: "/archive"), fileSystem: disk)
        #expect(try archive.file(Sample()).outcome == .stored)
    }

    @Test("a full disk is a warning", arguments: [2_000, 0]) func full(_ room: Int) throws {
        let disk = SimulatedDisk(seed: 1)
        var configuration = ArchiveConfiguration(path: "/archive", minimumFree: 5_000)
        do { _ = try InstanceArchive(configuration, fileSystem: disk) }
        let used = disk.files(below: "/").values.reduce(0) { $0 + $1.count }
        disk.setCapacity(used + room)
        if room == 0 { configuration.minimumFree = 0 }
        let archive = try InstanceArchive(configuration, fileSystem: disk, report: remarks.report)
        #expect(remarks.all.map(\.level) == [.warning])
        #expect(remarks.all.first?.description.contains("/archive") == true)
        let error = #expect(throws: ArchiveError.self) { try archive.file(Sample()) }
        #expect(error?.kind == .outOfSpace)
        disk.setCapacity(100_000)
        try archive.file(Sample())
    }

    @Test("another archive found at the path is opened") func exchanged() throws {
        _ = try InstanceArchive(ArchiveConfiguration(path: FilePath("\(directory.path)/other")))
        let archive = try InstanceArchive(configuration)
        run("mv \(path) \(path).away; mv \(directory.path)/other \(path)")
        try archive.file(Sample())
        #expect(try directory.files() == ["1.2/1.2.9/1.2.3.dcm"])
        #expect(try directory.files(below: "archive.away") == [])
    }
}
