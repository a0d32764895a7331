import NIOCore
import Synchronization

/// The channels that are being served, to count them and to end their input when the server stops.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a channel in; false if the server is full.
    func enter(_ channel: any Channel) -> Bool {
        let (hasEntered, isStopping) = state.withLock { state in
            guard state.channels.count < limit else { return (false, false) }
            state.channels[ObjectIdentifier(channel)] = channel
            return (true, state.isStopping)
        }
        if isStopping { channel.close(mode: .input, promise: nil) }
        return hasEntered
    }

    /// Lets a channel go.
    func leave(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Ends the input of all, now and in future, so that each reading loop ends in its usual place.
    func endInput() {
        let channels = state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(mode: .input, promise: nil) }
    }
}
