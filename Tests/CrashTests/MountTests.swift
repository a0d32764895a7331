import Foundation
import TestSupport
import Testing

/// The archive's file system goes and comes back while the node runs, and is not there when it starts.
@Suite(
    "A mount that goes",
    .serialized,
    .enabled(if: FileSystemKind.ext4.obstacle == nil, "nothing can be mounted here")
)
struct MountTests {
    private let directory: TemporaryDirectory
    private let volume: LoopVolume
    /// Where the volume is seen by the node; it can go without being unmounted elsewhere.
    private let mountPoint: String

    init() throws {
        directory = try TemporaryDirectory()
        try FileSystemKind.ext4.make(on: directory.path + "/image")
        volume = try LoopVolume(directory.path + "/image", at: directory.path + "/volume")
        mountPoint = directory.path + "/mount"
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
    }

    private func instance(_ number: Int) -> SentInstance {
        SentInstance(seed: 5, sender: 0, number: number, pixels: 300_000, study: number)
    }

    private func store(_ number: Int, _ association: RawAssociation) throws -> Int? {
        let instance = instance(number)
        return try association.store(instance.dataSet, sopInstanceUID: instance.sopInstanceUID).status
    }

    @Test("a vanished mount is A700H, nothing is written beneath it, and it is taken up again when it is back")
    func vanishes() throws {
        try succeed("mount", ["--bind", volume.path, mountPoint])
        defer { _ = try? run("umount", ["--lazy", "--quiet", mountPoint]) }
        let node = try ServedArchive(mountPoint + "/archive")
        let association = try RawAssociation(port: node.port)
        #expect(try store(1, association) == 0)
        try succeed("umount", ["--lazy", mountPoint])
        #expect(try store(2, association) == 0xA700)
        #expect(try filesBelow(mountPoint).isEmpty)
        // A folder of the same name beneath is no archive either.
        try FileManager.default.createDirectory(atPath: mountPoint + "/archive", withIntermediateDirectories: false)
        #expect(try store(2, association) == 0xA700)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: mountPoint) == ["archive"])
        try succeed("mount", ["--bind", volume.path, mountPoint])
        #expect(try store(2, association) == 0)
        try association.release()
        try node.stop()
        #expect(try filesBelow(volume.path + "/archive").filter { $0.hasSuffix(".dcm") }.count == 2)
    }

    @Test("a file system that becomes read-only is A700H until it is writable again")
    func readOnly() throws {
        let node = try ServedArchive(volume.path + "/archive")
        let association = try RawAssociation(port: node.port)
        #expect(try store(1, association) == 0)
        try succeed("mount", ["-o", "remount,ro", volume.path])
        #expect(try store(2, association) == 0xA700)
        #expect(try store(1, association) == 0xA700, "nothing can be answered for on a disk that takes nothing")
        try succeed("mount", ["-o", "remount,rw", volume.path])
        #expect(try store(2, association) == 0)
        try association.release()
        try node.stop()
    }

    @Test("a start on a file system that is read-only says so")
    func readOnlyAtStart() throws {
        try ServedArchive(volume.path + "/archive").stop()
        try succeed("mount", ["-o", "remount,ro", volume.path])
        for archive in ["/archive", "/new/archive"] {
            let refused = try ServedArchive.start(volume.path + archive)
            #expect(try refused.wait() == .exit(1))
            for word in [volume.path, "ead-only", "mount it writable"] {
                #expect(refused.errors.contains(word), "\(refused.errors)")
            }
        }
        try succeed("mount", ["-o", "remount,rw", volume.path])
    }

    @Test(
        "a start on a bare mount point is refused where a marker is required, until --initialize makes an archive of it"
    )
    func bareMountPoint() throws {
        let careful = ["--archive-marker-required", "true"]
        let refused = try ServedArchive.start(mountPoint, careful)
        #expect(try refused.wait() == .exit(1))
        #expect(refused.errors.contains("--initialize"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: mountPoint).isEmpty)
        let node = try ServedArchive(mountPoint, careful + ["--initialize"])
        #expect(try CrashTests.store([instance(1)], port: node.port) == [0])
        try node.stop()
        try ServedArchive(mountPoint, careful).stop()
    }
}
