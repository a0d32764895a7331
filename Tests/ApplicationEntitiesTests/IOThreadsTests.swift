import NIOCore
import ServiceClasses
import Synchronization
import TestSupport
import Testing

@testable import ApplicationEntities

/// How the threads share the calls. Nothing here takes time but what must: a call ends when another one lets it.
@Suite struct IOThreadsTests {
    @Test("a call that waits and does not tell holds nobody up")
    func stuck() async throws {
        try await withIOThreads(count: 4, atWork: 1) { threads in
            let gate = Gate()
            let isOpened = await withUnsafeContinuation { continuation in
                threads.submit { continuation.resume(returning: gate.wait(seconds: 60)) }
                threads.submit { gate.open() }
            }
            #expect(isOpened)
        }
    }

    @Test("whoever tells that it waits gives its place to another at once")
    func told() async throws {
        try await withIOThreads(count: 4, atWork: 1, watch: .hours(1)) { threads in
            let gates = [Gate(), Gate()]
            let isOpened = await withUnsafeContinuation { continuation in
                threads.submit {
                    threads.willWait(forDevice: true)
                    continuation.resume(returning: gates[0].wait(seconds: 60))
                    threads.didWait(forDevice: true)
                }
                threads.submit {
                    threads.willWait(forDevice: true)
                    if gates[1].wait(seconds: 60) { gates[0].open() }
                    threads.didWait(forDevice: true)
                }
                threads.submit { gates[1].open() }
            }
            #expect(isOpened)
        }
    }

    @Test("no more are at work at once than may be", arguments: [1, 2, 3])
    func bounded(atWork: Int) async throws {
        let running = Mutex((now: 0, most: 0))
        try await withIOThreads(count: 8, atWork: atWork, watch: .hours(1)) { threads in
            for _ in 0..<1_000 {
                threads.submit {
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    running.withLock { $0.now -= 1 }
                }
            }
        }
        #expect(running.withLock { $0.most } <= atWork)
    }

    @Test("what was submitted is done before the threads end")
    func ends() async throws {
        let done = Mutex(0)
        try await withIOThreads(count: 2, atWork: 1) { threads in
            for _ in 0..<1_000 { threads.submit { done.withLock { $0 += 1 } } }
        }
        #expect(done.withLock { $0 } == 1_000)
    }
}
