import Foundation
import TestSupport
import Testing

@Suite("System calls that fail", .serialized, .enabled(if: Strace.isAvailable, "strace may not trace here"))
struct InjectionTests {
    /// One node and one association for all cases: both must live through all of them.
    @Test("A700H, nothing left behind, and the next instance is stored (hostile 38)", arguments: [false, true])
    func injected(isNamed: Bool) throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        let node = try isNamed ? Strace.startWithNamedTemporaries(archive) : ServedArchive(archive)
        let ownFiles = try ArchiveVerdict.ownFiles(of: archive)
        try InjectedNode.withAssociation(node) { association in
            let run = InjectedNode(node: node, association: association, ownFiles: ownFiles)
            for (index, injection) in InjectionCase.all.enumerated() where injection.isNamed == isNamed {
                do { try run.check(injection, number: index) } catch {
                    throw ProcessError("\(injection.testDescription): \(error)\n\(node.process.errors.suffix(2000))")
                }
            }
        }
        try node.stop()
    }

    /// Where many instances wait, one sync of the whole file system takes the place of theirs. Its error does not say
    /// whose bytes were lost, so none of them is answered 0000H.
    @Test(
        "after a failed sync of the whole file system no instance is a success",
        arguments: ["EIO", "ENOSPC", "EDQUOT"]
    )
    func wholeFileSystem(error: String) throws {
        let directory = try TemporaryDirectory()
        let node = try ServedArchive(directory.path + "/archive")
        let ownFiles = try ArchiveVerdict.ownFiles(of: node.archive)
        // Slow syncs make the others wait, so that there is something to share.
        let (record, _) = try Strace.injecting(
            ["fdatasync:delay_enter=100000", "syncfs:error=\(error)"],
            into: node
        ) {
            try Load(seed: 1, port: node.port, associations: 12, steps: .max, limit: 3).finish()
        }
        #expect(record.ends.isEmpty)
        #expect(!record.refused.isEmpty && record.refused.values.allSatisfy { $0 == 0xA700 }, "\(record.refused)")
        // Without the tampering, everything is taken.
        let statuses = try store(Array(record.refused.keys), port: node.port)
        #expect(statuses.allSatisfy { $0 == 0 })
        try node.stop()
        var after = record
        after.acknowledged.formUnion(record.refused.keys)
        let faults = try ArchiveVerdict.faults(node.archive, after, ownFiles: ownFiles)
        #expect(faults.isEmpty)
        #expect(after.acknowledged == after.begun)
    }

    /// Where the sandbox refuses `syncfs`, and the tools of the archive's user remove what is empty.
    @Test(
        "what a sandbox refuses and the node can do without is done without",
        arguments: ["EPERM", "ENOSYS", "EACCES"]
    )
    func sandbox(error: String) throws {
        let directory = try TemporaryDirectory()
        let calls = ["syncfs", "sync_file_range", "fallocate", "fsetxattr", "renameat2"]
        let node = try ServedArchive(
            directory.path + "/archive",
            // Slow syncs make instances wait, so that one sync for all of them pays.
            prefix: ["strace", "-D", "-f", "-o", "/dev/null", "-e", "signal=none"]
                + [
                    "-e", "trace=fdatasync," + calls.joined(separator: ","), "-e",
                    "inject=fdatasync:delay_enter=100000",
                ]
                + calls.flatMap { ["-e", "inject=\($0):error=\(error)"] }
        )
        let ownFiles = try ArchiveVerdict.ownFiles(of: node.archive)
        let record = try Load(seed: 4, port: node.port, associations: 12, steps: .max, limit: 3).finish()
        #expect(record.ends.isEmpty && record.refused.isEmpty, "\(record.ends) \(record.refused)")
        #expect(record.acknowledged.count == 36)
        try node.stop()
        let faults = try ArchiveVerdict.faults(node.archive, record, ownFiles: ownFiles)
        #expect(faults.isEmpty)
    }

    @Test("the folder for named temporaries is made again when it was removed, and instances are stored")
    func incomingRemoved() throws {
        let directory = try TemporaryDirectory()
        let node = try Strace.startWithNamedTemporaries(directory.path + "/archive")
        for number in 1...2 {
            try succeed("find", [node.archive, "-type", "d", "-empty", "-delete"])
            let sent = SentInstance(seed: 6, sender: 0, number: number, pixels: 2000, study: number)
            #expect(try store([sent], port: node.port) == [0])
        }
        try node.stop()
        #expect(node.process.errors.components(separatedBy: "was removed, and is made again").count == 3)
    }

    @Test("writes that are short or interrupted are taken up where they ended")
    func shortWrites() throws {
        let library = packageRoot.appendingPathComponent(".build/short-writes.so").path
        guard FileManager.default.fileExists(atPath: library) else {
            throw ProcessError("\(library) is missing: make test builds it")
        }
        let directory = try TemporaryDirectory()
        let node = try ServedArchive(directory.path + "/archive", prefix: ["env", "LD_PRELOAD=" + library])
        let ownFiles = try ArchiveVerdict.ownFiles(of: node.archive)
        let load = Load(seed: 2, port: node.port, associations: 4, steps: .max, limit: 6)
        let record = try load.finish()
        try node.stop()
        #expect(record.acknowledged.count == 24 && record.ends.isEmpty && record.refused.isEmpty)
        let faults = try ArchiveVerdict.faults(node.archive, record, ownFiles: ownFiles)
        #expect(faults.isEmpty)
    }
}

/// A node whose system calls are tampered with, and the association that must live through it.
private struct InjectedNode {
    let node: ServedArchive
    let association: RawAssociation
    let ownFiles: [String]

    /// The connection is closed when this returns, so that the node need not wait for us when it stops.
    static func withAssociation(_ node: ServedArchive, _ body: (RawAssociation) throws -> Void) throws {
        let association = try RawAssociation(port: node.port, seconds: 60)
        try body(association)
        try association.release()
    }

    func check(_ injection: InjectionCase, number: Int) throws {
        // Each in a study of its own, so that directories are made.
        let uid = "1.2.3.\(number).1"
        let dataSet = image(uid, number, pixels: injection.pixels)
        try visitDirectories()
        let descriptors = try node.openDescriptors()
        let (status, injected) = try Strace.injecting([injection.injection], into: node) {
            try store(dataSet, uid)
        }
        let name = injection.testDescription
        #expect(injected > 0 || !injection.isCertain, "\(name): the call was not made")
        switch injection.outcome {
        case .refused: #expect(status == 0xA700, "\(name)")
        case .stored: #expect(status == 0, "\(name)")
        case .consistent: #expect(status == 0 || status == 0xA700, "\(name)")
        }
        try expect(uid, status == 0 ? dataSet : nil, name)

        // The cause is gone: the same again, and the next, on the same association.
        #expect(try store(dataSet, uid) == 0, "\(name), again")
        let next = "1.2.3.\(number).2"
        let other = image(next, number, pixels: 2000)
        #expect(try store(other, next) == 0, "\(name), the next")
        try expect(uid, dataSet, name)
        try expect(next, other, name)
        if !injection.injection.hasPrefix("close") {
            // The answer may go out just before the file is closed.
            try visitDirectories()
            try Strace.wait(for: "\(name): descriptors to be closed") { try node.openDescriptors() <= descriptors }
        }
    }

    /// Has the archive keep open as many directories as it ever does, so that descriptors can be compared.
    private func visitDirectories() throws {
        for number in 0..<8 {
            let uid = "1.2.4.\(number).1"
            let dataSet = RawDataSet.image(sopInstanceUID: uid, studyInstanceUID: "1.2.4.\(number)", pixels: 2)
            guard try store(dataSet, uid) == 0 else { throw ProcessError("a directory cannot be visited") }
        }
    }

    private func store(_ dataSet: [UInt8], _ uid: String) throws -> Int? {
        let fragmentation = Fragmentation("large values") { $0.dataValue = 60_000 }
        return try association.store(dataSet, sopInstanceUID: uid, fragmentation).status
    }

    private func image(_ uid: String, _ number: Int, pixels: Int) -> [UInt8] {
        RawDataSet.image(sopInstanceUID: uid, studyInstanceUID: "1.2.3.\(number)", pixels: 0) {
            $0.add(0x7FE0, 0x0010, "OW", [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: pixels))
        }
    }

    /// The instance is there with these bytes, or not at all, and nothing half-written is.
    private func expect(_ uid: String, _ dataSet: [UInt8]?, _ name: String) throws {
        // The answer may go out just before a temporary's name is removed.
        try Strace.wait(for: "\(name): temporaries to be removed") {
            try ArchiveVerdict.ownFiles(of: node.archive) == ownFiles
        }
        let files = try filesBelow(node.archive).filter { $0.contains(uid) }
        #expect(files.count == (dataSet == nil ? 0 : 1), "\(name): \(files)")
        if let dataSet, let file = files.first {
            let stored = try Part10File(path: node.archive + "/" + file).dataSet
            #expect(stored.count == dataSet.count && memcmp(stored, dataSet, stored.count) == 0, "\(name): \(file)")
        }
    }
}
