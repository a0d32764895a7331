import NIOPosix
import TestSupport
import Testing

@testable import Index

/// An archive that asks a database which does not answer.
@Suite struct CopySearchTests {
    @Test("a late answer is given up once, and until it has come no other question is asked")
    func late() throws {
        let directory = try TemporaryDirectory()
        let database = try IndexDatabase(writing: directory.index)
        try database.put([.sample("1.2.1.1")])
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        defer { try? thread.syncShutdownGracefully() }
        let search = CopySearch(thread: thread)
        #expect(search.paths(of: "1.2.1.1", in: database) == ["1.2/1.2.1/1.2.1.1.dcm"])
        #expect(search.paths(of: "1.2.1.2", in: database) == [])

        let hangs = Gate()
        let isOver = Gate()
        thread.submit { _ in _ = hangs.wait(seconds: 600) }
        #expect(search.paths(of: "1.2.1.1", in: database) == nil)
        // The disk hangs still: each of these would wait, if it asked.
        let answers = (0..<100_000).compactMap { _ in search.paths(of: "1.2.1.1", in: database) }
        #expect(answers.isEmpty)
        hangs.open()
        thread.submit { _ in isOver.open() }
        #expect(isOver.wait(seconds: 600))
        #expect(search.paths(of: "1.2.1.1", in: database) == ["1.2/1.2.1/1.2.1.1.dcm"])
    }
}
