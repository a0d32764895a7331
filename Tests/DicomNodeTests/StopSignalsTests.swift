import Glibc
import Logging
import Synchronization
import TestSupport
import Testing
import UnixSignals

@testable import dicom_node

@Suite("What signals ask of the node")
struct StopSignalsTests {
    @Test("SIGHUP reloads, also while the node stops; the first SIGTERM or SIGINT stops, the second aborts")
    func signals() async {
        for (first, second) in [(UnixSignal.sigterm, UnixSignal.sigint), (.sigint, .sigterm), (.sigterm, .sigterm)] {
            let log = RecordedLog()
            let reloads = Mutex(0)
            let asked = StopSignals()
            let (signals, continuation) = AsyncStream<UnixSignal>.makeStream()
            for signal in [.sighup, first, .sighup, second] as [UnixSignal] {
                continuation.yield(signal)
            }
            continuation.finish()
            await asked.watch(signals, reload: { reloads.withLock { $0 += 1 } }, logger: log.logger)
            await asked.stop.wait()
            await asked.abort.wait()
            #expect(reloads.withLock { $0 } == 2)
            #expect(log.messages == ["\(second) again: aborting what is left"])
        }
    }

    @Test("SIGHUP is ignored from the start of serve, and of no other command")
    func early() {
        signal(SIGHUP, SIG_DFL)
        StopSignals.ignoreWhatMustNotStop(["send", "serve"])
        #expect(!isHangUpIgnored)
        StopSignals.ignoreWhatMustNotStop(["serve", "--port", "0"])
        #expect(isHangUpIgnored)
    }

    private var isHangUpIgnored: Bool {
        let before = signal(SIGHUP, SIG_IGN)
        signal(SIGHUP, before)
        return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    @Test("one SIGTERM aborts nothing")
    func one() async {
        let asked = StopSignals()
        let (signals, continuation) = AsyncStream<UnixSignal>.makeStream()
        for signal in [.sighup, .sighup, .sigterm] as [UnixSignal] { continuation.yield(signal) }
        continuation.finish()
        await asked.watch(signals, reload: {}, logger: RecordedLog().logger)
        await asked.stop.wait()
        #expect(!asked.abort.isOpen)
    }
}
