import Crypto
import NIOPosix
import Synchronization

/// Finds out whether passcodes are right, on a thread of its own: an event loop that computed one would stand still for
/// all its associations.
///
/// How many wait is bounded, all together and for each host. A passcode that was right is remembered, by a code that
/// only this process can make, because many modalities ask for an association for each image.
///
/// *Resources*: a thread from the first passcode on, until ``shutDown()``.
package final class PasscodeChecks: Sendable {
    /// What became of a question.
    enum Answer: Equatable, Sendable {
        case right
        case wrong
        /// Too many wait.
        case busy
    }

    private struct State {
        var waiting = 0
        var waitingOfHost: [String: Int] = [:]
        /// Codes of passcodes that are right, by their hashes.
        var right: [String: HMAC<SHA256>.MAC] = [:]
        var isShutDown = false
    }

    private let state = Mutex(State())
    private let threads = NIOThreadPool(numberOfThreads: AcceptorLimits.passcodeThreads)
    private let matches: @Sendable (PasscodeHash, [UInt8]) -> Bool
    private let key = SymmetricKey(size: .bits256)

    /// - Parameter matches: Computes whether a hash is a passcode's; called on the thread.
    package init(matches: @escaping @Sendable (PasscodeHash, [UInt8]) -> Bool = { $0.matches($1) }) {
        self.matches = matches
    }

    /// Whether the passcode of a request is the user's. For a user that does not exist it takes as long.
    ///
    /// - Parameter host: Where the request comes from.
    ///
    /// *Errors*: none; cancelled, or while the node stops, it is `busy`.
    func answer(_ question: PasscodeQuestion, from host: String) async -> Answer {
        let code = HMAC<SHA256>.authenticationCode(for: question.passcode, using: key)
        let name = question.hash.map { "\($0)" }
        if let name, state.withLock({ $0.right[name] }) == code { return .right }
        guard begin(host) else { return .busy }
        defer { end(host) }
        let (matches, hash) = (matches, question.hash ?? question.substitute)
        guard let isRight = try? await threads.runIfActive({ matches(hash, question.passcode) }) else { return .busy }
        guard isRight, let name else { return .wrong }
        state.withLock { state in
            if state.right.count >= AcceptorLimits.passcodesRemembered { state.right = [:] }
            state.right[name] = code
        }
        return .right
    }

    private func begin(_ host: String) -> Bool {
        state.withLock { state in
            let ofHost = state.waitingOfHost[host, default: 0]
            guard !state.isShutDown, state.waiting < AcceptorLimits.passcodesWaiting,
                ofHost < AcceptorLimits.passcodesWaitingOfHost
            else { return false }
            // Does nothing when it runs already.
            threads.start()
            state.waiting += 1
            state.waitingOfHost[host] = ofHost + 1
            return true
        }
    }

    private func end(_ host: String) {
        state.withLock { state in
            state.waiting -= 1
            let ofHost = state.waitingOfHost[host, default: 1] - 1
            state.waitingOfHost[host] = ofHost > 0 ? ofHost : nil
        }
    }

    /// Ends the thread; what is asked from then on is `busy`.
    func shutDown() async {
        state.withLock { $0.isShutDown = true }
        try? await threads.shutdownGracefully()
    }

    /// Requests that wait now, for tests.
    var waiting: Int { state.withLock { $0.waiting } }
}
