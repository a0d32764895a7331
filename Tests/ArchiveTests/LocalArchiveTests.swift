import Archive
import Glibc
import Instances
import NIOCore
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The archive as a store: what comes through the door, and on which threads the disk is called.
@Suite struct LocalArchiveTests {
    private func buffers(_ bytes: [UInt8], by count: Int) -> [ByteBuffer] {
        stride(from: 0, to: bytes.count, by: count).map { ByteBuffer(bytes: bytes[$0..<min($0 + count, bytes.count)]) }
    }

    @Test("what is stored is read back, whole and in parts", arguments: SyncPolicy.allCases)
    func roundTrip(sync: SyncPolicy) async throws {
        let configuration = ArchiveConfiguration(path: "/archive", sync: sync, initialize: true)
        let sample = Sample("1.2.3", String(repeating: "abcdefg", count: 1_000))
        try await withLocalArchive(configuration, fileSystem: SimulatedDisk(seed: 1)) { archive in
            let pending = archive.begin(sample.meta)
            try await pending.append(buffers(Array(sample.dataSet.prefix(3_000)), by: 700))
            try await pending.append(buffers(Array(sample.dataSet[3_000..<4_000]), by: 1_000))
            let stored = try await pending.commit(
                buffers(Array(sample.dataSet.dropFirst(4_000)), by: 999),
                as: sample.keys,
                digest: sample.digest(),
                attributes: DeferredAttributes()
            )
            #expect(stored == StoredInstance(path: "1.2/1.2.9/1.2.3.dcm", outcome: .stored))

            let object = try await archive.open(stored.path)
            #expect(object.head == sample.meta)
            #expect(object.dataSetLength == 7_000)
            #expect(try await Array(object.read(at: 0, count: 1 << 20).readableBytesView) == sample.dataSet)
            let part = try await object.read(at: 6_990, count: 100)
            #expect(Array(part.readableBytesView) == Array(sample.dataSet.suffix(10)))
            #expect(try await object.read(at: 7_000, count: 1).readableBytes == 0)
            #expect(try await object.read(at: .max, count: .max).readableBytes == 0)
        }
    }

    @Test(
        "a location that names no archived instance is not opened",
        arguments: [
            "", "/", "1.2/1.2.9/1.2.4.dcm", "1.2/1.2.9", "../outside.dcm", "1.2/../1.2/1.2.9/1.2.3.dcm",
            "1.2//1.2.9/1.2.3.dcm",
            ".dicom-node/marker", "/etc/passwd", "1.2/1.2.9/1.2.3.dcm/x", "1.2/1.2.9/link", "1.2/1.2.9/text",
        ]
    )
    func unknownLocation(location: String) async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/archive"
        try await withLocalArchive(ArchiveConfiguration(path: FilePath(path))) { archive in
            let pending = archive.begin(Sample().meta)
            _ = try await pending.commit([], as: Sample().keys, digest: Digest(.xxh3), attributes: DeferredAttributes())
            run("cp \(path)/1.2/1.2.9/1.2.3.dcm \(directory.path)/outside.dcm")
            run("ln -s 1.2.3.dcm \(path)/1.2/1.2.9/link; echo text > \(path)/1.2/1.2.9/text")
            let error = await #expect(throws: StoreError.self) { _ = try await archive.open(location) }
            let kinds: [StoreError.Kind?] = location == "1.2/1.2.9/text" ? [.damaged] : [.notFound]
            #expect(kinds.contains(error?.kind) || location == "1.2/1.2.9")
        }
    }

    @Test("an object that is discarded leaves nothing, written or not", arguments: SyncPolicy.allCases, [0, 1, 3])
    func discarded(sync: SyncPolicy, appends: Int) async throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = ArchiveConfiguration(path: "/archive", sync: sync, initialize: true)
        try await withLocalArchive(configuration, fileSystem: disk) { archive in
            let pending = archive.begin(Sample().meta)
            for _ in 0..<appends { try await pending.append(buffers([1, 2, 3], by: 2)) }
            await pending.discard()
            #expect(disk.openCount == 4)
            #expect(Array(disk.files(below: "/archive").keys) == [".dicom-node/marker"])
        }
    }

    @Test(
        "what the disk refused names the archive",
        arguments: SyncPolicy.allCases,
        [["createNamelessFile": EMFILE, "createFile": EMFILE], ["makeDirectory": EACCES]]
    )
    func refused(sync: SyncPolicy, operations: [String: Int32]) async throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = ArchiveConfiguration(path: "/archive", sync: sync, initialize: true)
        try await withLocalArchive(configuration, fileSystem: disk) { archive in
            disk.refuse(operations)
            let sample = Sample()
            let error = await #expect(throws: StoreError.self) {
                _ = try await archive.begin(sample.meta).commit(
                    [],
                    as: sample.keys,
                    digest: sample.digest(),
                    attributes: DeferredAttributes()
                )
            }
            #expect(error?.description.hasPrefix("/archive: cannot make ") == true, "\(error as Any)")
            disk.refuse([:])
        }
    }

    /// How many operations of the disk were made on the calling thread, and how many on the archive's.
    private final class Places: Sendable {
        private let counts = Mutex((calling: 0, own: 0))

        init(_ disk: SimulatedDisk) {
            disk.onOperation { [weak self] in
                // "TP-#": what NIO calls the threads of a pool.
                let isOwn = (try? contents(of: "/proc/thread-self/comm"))?.starts(with: Array("TP-#".utf8)) == true
                self?.counts.withLock { if isOwn { $0.own += 1 } else { $0.calling += 1 } }
            }
        }

        /// Since the last time.
        func take() -> (calling: Int, own: Int) {
            counts.withLock { counts in
                defer { counts = (0, 0) }
                return counts
            }
        }
    }

    private func store(_ sample: Sample, in archive: LocalArchive) async throws -> StoredInstance.Outcome {
        let pending = archive.begin(sample.meta)
        try await pending.append([ByteBuffer(bytes: sample.dataSet)])
        return try await pending.commit([], as: sample.keys, digest: sample.digest(), attributes: DeferredAttributes())
            .outcome
    }

    @Test("with syncs, no call is made on the calling thread")
    func alwaysOnOwnThreads() async throws {
        let disk = SimulatedDisk(seed: 1)
        let places = Places(disk)
        let configuration = ArchiveConfiguration(path: "/archive", initialize: true)
        try await withLocalArchive(configuration, fileSystem: disk) { archive in
            for sample in [Sample("1.2.3"), Sample("1.2.4"), Sample("1.2.3"), Sample("1.2.3", "other")] {
                _ = try await store(sample, in: archive)
            }
            let dropped = archive.begin(Sample().meta)
            try await dropped.append([ByteBuffer(bytes: [1])])
            await dropped.discard()
            _ = try await archive.open("1.2/1.2.9/1.2.3.dcm").read(at: 0, count: 10)
            let (calling, own) = places.take()
            #expect(calling == 0)
            #expect(own > 40)
        }
    }

    @Test("without syncs, what is written is written on the calling thread, and what reads is left to the archive's")
    func neverOnCallingThread() async throws {
        let disk = SimulatedDisk(seed: 1)
        let places = Places(disk)
        let configuration = ArchiveConfiguration(path: "/archive", sync: .never, initialize: true)
        try await withLocalArchive(configuration, fileSystem: disk) { archive in
            _ = places.take()
            // Its directories are made.
            #expect(try await store(Sample("1.2.3"), in: archive) == .stored)
            #expect(places.take().own == 0)
            #expect(try await store(Sample("1.2.4"), in: archive) == .stored)
            let free = places.take()
            #expect(free.own == 0)
            // Status of the marker, file, writing, digest, status of the name, of the marker, of the directory, link.
            #expect(free.calling == 8)
            // All of both files is read, which takes as long as they are.
            #expect(try await store(Sample("1.2.4"), in: archive) == .identical)
            let compared = places.take()
            #expect(compared.calling <= free.calling)
            #expect(compared.own > 4)
            _ = try await archive.open("1.2/1.2.9/1.2.3.dcm").read(at: 0, count: 10)
            #expect(places.take().calling == 0)
        }
    }

    @Test("attributes are read when the layout asks for them, and only those")
    func attributes() async throws {
        let configuration = ArchiveConfiguration(
            path: "/archive",
            layout: try Layout("{PatientID}/{SOPInstanceUID}.dcm"),
            initialize: true
        )
        try await withLocalArchive(configuration, fileSystem: SimulatedDisk(seed: 1)) { archive in
            let attributes = DeferredAttributes { ["PatientID": "P7", "PatientName": "NAME"] }
            let stored = try await archive.begin(Sample().meta)
                .commit([], as: Sample().keys, digest: Digest(.xxh3), attributes: attributes)
            #expect(stored.path == "P7/1.2.3.dcm")
        }
        let plain = ArchiveConfiguration(path: "/archive", initialize: true)
        try await withLocalArchive(plain, fileSystem: SimulatedDisk(seed: 1)) { archive in
            let attributes = DeferredAttributes {
                Issue.record("the layout needs none")
                return [:]
            }
            _ = try await archive.begin(Sample().meta)
                .commit([], as: Sample().keys, digest: Digest(.xxh3), attributes: attributes)
        }
    }

    @Test("what the disk says reaches the caller as the store's error, and the next object finds the store well")
    func failures() async throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = ArchiveConfiguration(path: "/archive", duplicates: .reject, initialize: true)
        try await withLocalArchive(configuration, fileSystem: disk) { archive in
            disk.fail(with: FaultPlan(forever: (1, .error(ENOSPC))))
            let full = await #expect(throws: StoreError.self) { _ = try await store(Sample(), in: archive) }
            #expect(full?.kind == .outOfSpace)
            disk.heal()
            let again = try await store(Sample(), in: archive)
            #expect(again == .stored)
            let other = await #expect(throws: StoreError.self) {
                _ = try await store(Sample("1.2.3", "x"), in: archive)
            }
            #expect(other?.kind == .duplicate)
        }
        #expect(disk.openCount == 0)
    }

    @Test("an object that has failed, or was discarded, takes nothing more", arguments: SyncPolicy.allCases)
    func ended(sync: SyncPolicy) async throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = ArchiveConfiguration(path: "/archive", sync: sync, initialize: true)
        try await withLocalArchive(configuration, fileSystem: disk) { archive in
            let failed = archive.begin(Sample().meta)
            disk.fail(with: FaultPlan(forever: (1, .error(EIO))))
            await #expect(throws: StoreError.self) { try await failed.append(buffers([1, 2], by: 2)) }
            disk.heal()
            let discarded = archive.begin(Sample().meta)
            await discarded.discard()
            for object in [failed, discarded] {
                await #expect(throws: StoreError.self) { try await object.append(buffers([3, 4], by: 2)) }
                await #expect(throws: StoreError.self) {
                    _ = try await object.commit(
                        [],
                        as: Sample().keys,
                        digest: Digest(.xxh3),
                        attributes: DeferredAttributes()
                    )
                }
            }
            #expect(Array(disk.files(below: "/archive").keys) == [".dicom-node/marker"])
        }
    }
}
