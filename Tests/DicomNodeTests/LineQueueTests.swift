import Foundation
import TestSupport
import Testing

@testable import dicom_node

/// Promise 4: a stream that is not read holds up no thread that has something to say.
@Suite("Lines on their way to a stream")
struct LineQueueTests {
    @Test("lines come out whole and in their order, and all of them before the end")
    func order() async throws {
        let pipe = try FullPipe(filled: false)
        let lines = (0..<200).map { "line \($0)" }
        try await withLineQueue(to: pipe.writing) { queue in
            for line in lines { queue.write(line) }
        }
        #expect(try pipe.drain() == lines.map { $0 + "\n" }.joined())
    }

    @Test("a pipe that is not read holds up neither the writer nor the end")
    func full() async throws {
        let pipe = try FullPipe(filled: true)
        try await withLineQueue(to: pipe.writing, bounds: .init(flush: .zero)) { queue in
            for _ in 0..<10_000 { queue.write("a line that is never read") }
        }
        #expect(!(try pipe.drain().contains("line")))
    }

    @Test("two queues end in the time of one")
    func together() async throws {
        let (first, second) = (try FullPipe(filled: true), try FullPipe(filled: true))
        try await withLineQueue(to: first.writing, bounds: .init(flush: .seconds(60))) { log in
            log.write("a line that is never read")
            #expect(log.deadline == nil)
            let begin = ContinuousClock.now
            try await withLineQueue(to: second.writing, bounds: .init(flush: .zero), endingWith: log) { output in
                output.write("a line that is never read")
            }
            let deadline = try #require(log.deadline)
            // By the inner queue's time, not by its own.
            #expect(begin <= deadline && deadline <= .now)
            log.write("late")
        }
        #expect(!(try first.drain().contains("line")))
        #expect(!(try second.drain().contains("line")))
    }

    @Test("what finds the queue full is dropped, and a line before the next says how many")
    func dropped() async throws {
        let pipe = try FullPipe(filled: true)
        let long = String(repeating: "x", count: 100)
        try await withLineQueue(to: pipe.writing, bounds: .init(bytes: 1_000)) { queue in
            // Ten fill it, because the pipe takes nothing before it is read.
            for _ in 0..<17 { queue.write(long) }
            pipe.skipWhatFilledIt()
            // The ten are in the pipe, and the queue is empty.
            #expect(pipe.read(bytes: 10 * 101) == String(repeating: long + "\n", count: 10))
            queue.write("after")
        }
        #expect(try pipe.drain() == "7 lines dropped: they were not read\nafter\n")
    }

    @Test("the number of those that were dropped is said at the end, if no line follows")
    func droppedAtTheEnd() async throws {
        let pipe = try FullPipe(filled: true)
        try await withLineQueue(to: pipe.writing, bounds: .init(bytes: 10)) { queue in
            queue.write("0123456789")
            queue.write("one more")
            pipe.skipWhatFilledIt()
        }
        #expect(try pipe.drain() == "0123456789\n1 lines dropped: they were not read\n")
    }

    @Test("a stream that is closed takes its lines with it")
    func closed() async throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try brokenPipe()
        defer { close(pipe) }
        try await withLineQueue(to: pipe) { queue in
            for _ in 0..<1_000 { queue.write("nowhere") }
        }
    }
}
