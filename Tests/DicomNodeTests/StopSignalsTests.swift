import Glibc
import Logging
import Synchronization
import Testing
import UnixSignals

@testable import dicom_node

@Suite("What signals ask of the node")
struct StopSignalsTests {
    @Test("SIGHUP is logged and asks for nothing; the first SIGTERM or SIGINT stops, the second aborts")
    func signals() async {
        for (first, second) in [(UnixSignal.sigterm, UnixSignal.sigint), (.sigint, .sigterm), (.sigterm, .sigterm)] {
            let lines = Mutex<[String]>([])
            let asked = StopSignals()
            let (signals, continuation) = AsyncStream<UnixSignal>.makeStream()
            for signal in [.sighup, first, .sighup, second] as [UnixSignal] {
                continuation.yield(signal)
            }
            continuation.finish()
            let logger = Logger(label: "test") { _ in
                StandardErrorLogHandler(level: .info, format: .text) { line in lines.withLock { $0.append(line) } }
            }
            await asked.watch(signals, logger: logger)
            await asked.stop.wait()
            await asked.abort.wait()
            #expect(lines.withLock { $0.map { $0.contains("SIGHUP ignored") } } == [true, true, false])
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
        await asked.watch(signals, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await asked.stop.wait()
        #expect(!asked.abort.isOpen)
    }
}
