import Glibc
import Logging
import Synchronization
import UnixSignals

/// What signals ask of the node: SIGTERM and SIGINT to stop, a second one of them to stop at once, SIGHUP to read its
/// configuration anew.
struct StopSignals: Sendable {
    /// Opened by the first SIGTERM or SIGINT.
    let stop = Latch()
    /// Opened by the second.
    let abort = Latch()

    /// The signals that ``watch(_:reload:logger:)`` is told of.
    static let all: [UnixSignal] = [.sigterm, .sigint, .sighup]

    /// If the command is `serve`, has the kernel drop what would end the process though nothing is wrong with it:
    /// SIGPIPE, because a stream that is closed shows in `write`, and SIGHUP until ``watch(_:reload:logger:)`` takes
    /// it.
    static func ignoreWhatMustNotStop(_ arguments: [String]) {
        guard arguments.first == "serve" else { return }
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
    }

    /// Takes one signal after the other, until the task is cancelled.
    ///
    /// - Parameter reload: What SIGHUP asks for.
    func watch(
        _ signals: some AsyncSequence<UnixSignal, Never>,
        reload: () async -> Void,
        logger: Logger
    ) async {
        var isStopping = false
        for await signal in signals {
            if signal == .sighup {
                await reload()
            } else if isStopping {
                logger.notice("\(signal) again: aborting what is left")
                abort.open()
            } else {
                isStopping = true
                stop.open()
            }
        }
    }
}

/// Opened once, and open from then on.
final class Latch: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Atomic(false)

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    var isOpen: Bool { state.load(ordering: .acquiring) }

    func open() {
        state.store(true, ordering: .releasing)
        continuation.finish()
    }

    /// Returns when it is open, or the task is cancelled.
    func wait() async {
        for await _ in stream {}
    }
}
