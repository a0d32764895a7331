import Archive
import TestSupport
import Testing

@testable import ServiceClasses

/// Files are made ahead only where that may wait for a disk.
@Suite struct NextFileTests {
    private struct EventLoopLike: BlockingExecutor {
        let isCurrent = false
        func submit(_ work: @escaping @Sendable () -> Void) { work() }
    }

    private func openFiles(_ executor: any BlockingExecutor, _ body: (NextFile) -> Void) throws -> Int {
        let disk = SimulatedDisk(seed: 1)
        let archive = try InstanceArchive(ArchiveConfiguration(path: "/archive", initialize: true), fileSystem: disk)
        let nextFile = NextFile(archive: archive, executor: executor)
        let before = disk.openCount
        body(nextFile)
        return disk.openCount - before
    }

    @Test("one at the most, and none where nobody may wait")
    func prepare() throws {
        #expect(try self.openFiles(InlineExecutor()) { $0.prepare() } == 1)
        #expect(try self.openFiles(InlineExecutor()) { for _ in 1...3 { $0.prepare() } } == 1)
        #expect(try self.openFiles(EventLoopLike()) { $0.prepare() } == 0)
    }

    @Test("it is taken once, or dropped")
    func ends() throws {
        let left = try self.openFiles(InlineExecutor()) { nextFile in
            nextFile.prepare()
            #expect(nextFile.take() != nil && nextFile.take() == nil)
            nextFile.prepare()
            nextFile.drop()
        }
        #expect(left == 0)
    }
}
