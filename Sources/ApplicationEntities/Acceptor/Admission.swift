import Glibc
package import NIOCore
import Synchronization
import UpperLayer

/// Counts connections and associations, and decides whether one more is taken.
///
/// A connection without association costs its peer nothing. So those have a limit of their own, and when it is reached
/// the oldest of them is closed.
///
/// *Resources*: ``leave(_:)`` must follow every ``enter(_:host:isStranger:limits:)``; it gives back whatever the
/// connection held.
package final class Admission: Sendable {
    /// A connection's place.
    package struct Place: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// A class, so that it is looked up once and changed in place; under the lock only.
    private final class Connection {
        let number: UInt64
        let channel: any Channel
        let host: String
        /// No rule accepts its address.
        let isStranger: Bool
        /// The calling AE title of its association; nil while it has none.
        var title: String?
        /// Seconds since 1970.
        var associatedSince: Int64 = 0
        /// Its entry in the list of those that wait, while it waits.
        var waitingSince: UInt64

        init(number: UInt64, channel: any Channel, host: String, isStranger: Bool) {
            self.number = number
            self.channel = channel
            self.host = host
            self.isStranger = isStranger
            waitingSince = number
        }
    }

    private struct State {
        var next: UInt64 = 0
        var connections: [UInt64: Connection] = [:]
        /// Connections without association from addresses that some rule accepts, and from others.
        var waiting = WaitingOrder()
        var strangers = WaitingOrder()
        var associations = 0
        var associationsOfHost: [String: Int] = [:]
        var associationsOfTitle: [String: Int] = [:]

        /// The channel of the connection that has waited longest: of a stranger, if there is one.
        mutating func takeOldestWaiting() -> (any Channel)? {
            let connections = connections
            func isWaiting(_ entry: WaitingOrder.Entry) -> Bool { Self.isWaiting(entry, connections) }
            guard let entry = strangers.takeFirst(where: isWaiting) ?? waiting.takeFirst(where: isWaiting) else {
                return nil
            }
            return connections[entry.number]?.channel
        }

        private static func isWaiting(_ entry: WaitingOrder.Entry, _ connections: [UInt64: Connection]) -> Bool {
            guard let connection = connections[entry.number] else { return false }
            return connection.title == nil && connection.waitingSince == entry.since
        }

        /// Counts on, and puts a connection at the end of those that wait.
        mutating func wait(_ connection: Connection) {
            connection.waitingSince = next
            let entry = WaitingOrder.Entry(number: connection.number, since: next)
            next += 1
            let connections = connections
            func isWaiting(_ entry: WaitingOrder.Entry) -> Bool { Self.isWaiting(entry, connections) }
            if connection.isStranger {
                strangers.append(entry)
                strangers.tidy(connections: connections.count, where: isWaiting)
            } else {
                waiting.append(entry)
                waiting.tidy(connections: connections.count, where: isWaiting)
            }
        }

        mutating func forgetAssociation(of connection: Connection) {
            associations -= 1
            Self.discount(connection.host, &associationsOfHost)
            if let title = connection.title { Self.discount(title, &associationsOfTitle) }
        }

        /// One less; a count of 0 takes no memory.
        static func discount(_ name: String, _ counts: inout [String: Int]) {
            guard let index = counts.index(forKey: name) else { return }
            if counts.values[index] > 1 { counts.values[index] -= 1 } else { counts.remove(at: index) }
        }
    }

    private let state = Mutex(State())

    /// There are no connections yet.
    package init() {}

    /// Associations established now.
    package var associations: Int { state.withLock { $0.associations } }
    /// When the oldest of the associations that are established now began: seconds since 1970; nil: there is none.
    package var oldestAssociation: Int64? {
        state.withLock { $0.connections.values.lazy.filter { $0.title != nil }.map(\.associatedSince).min() }
    }
    /// Connections now, with and without association.
    package var connections: Int { state.withLock { $0.connections.count } }

    /// Entries kept, for the test that a storm leaves nothing behind.
    var bookSize: Int {
        state.withLock { state in
            state.waiting.count + state.strangers.count + state.connections.count + state.associationsOfHost.count
                + state.associationsOfTitle.count
        }
    }

    /// A connection has been accepted. If there are too many without association, the one that has waited longest makes
    /// room: of a stranger, if there is one, so that strangers crowd out themselves.
    ///
    /// - Parameters:
    ///   - isStranger: No rule accepts its address.
    ///   - limits: How many there may be, as the connection sees it.
    package func enter(_ channel: any Channel, host: String, isStranger: Bool = false, limits: Limits) -> Place {
        let (place, evicted) = self.state.withLock { state -> (Place, (any Channel)?) in
            let number = state.next
            let connection = Connection(number: number, channel: channel, host: host, isStranger: isStranger)
            state.connections[number] = connection
            state.wait(connection)
            let unassociated = state.connections.count - state.associations
            let evicted = unassociated > limits.unassociatedConnections ? state.takeOldestWaiting() : nil
            return (Place(number: number), evicted)
        }
        evicted?.triggerUserOutboundEvent(UpperLayerHandler.MakeRoom(), promise: nil)
        return place
    }

    /// A limit that is reached, under the name of its setting.
    package enum Limit: String, Sendable {
        case associations = "limits.associations"
        case associationsPerHost = "limits.associations_per_host"
        case associationsPerAETitle = "limits.associations_per_ae_title"
    }

    /// An A-ASSOCIATE-RQ has come: counts the association, or says which limit is in its way (PS3.8 §9.3.4, by AE-6).
    ///
    /// - Parameters:
    ///   - title: The calling AE title.
    ///   - limits: How many there may be, as the connection sees it and its title has it.
    package func associate(_ place: Place, title: String, limits: Limits) -> Limit? {
        self.state.withLock { state in
            guard let connection = state.connections[place.number], connection.title == nil else {
                return .associations
            }
            if state.associations >= limits.associations { return .associations }
            func isReached(_ limit: Int, by name: String, _ counts: [String: Int]) -> Bool {
                limit > 0 && counts[name, default: 0] >= limit
            }
            if isReached(limits.associationsPerHost, by: connection.host, state.associationsOfHost) {
                return .associationsPerHost
            }
            if isReached(limits.associationsPerAETitle, by: title, state.associationsOfTitle) {
                return .associationsPerAETitle
            }
            connection.title = title
            connection.associatedSince = Int64(time(nil))
            state.associations += 1
            state.associationsOfHost[connection.host, default: 0] += 1
            state.associationsOfTitle[title, default: 0] += 1
            return nil
        }
    }

    /// The association is over, though its connection may linger until the peer closes.
    package func dissociate(_ place: Place) {
        self.state.withLock { state in
            guard let connection = state.connections[place.number], connection.title != nil else { return }
            state.forgetAssociation(of: connection)
            connection.title = nil
            // It waits from now on.
            state.wait(connection)
        }
    }

    /// The connection is closed.
    package func leave(_ place: Place) {
        self.state.withLock { state in
            guard let connection = state.connections.removeValue(forKey: place.number), connection.title != nil else {
                return
            }
            state.forgetAssociation(of: connection)
        }
    }

    /// The channels of all connections.
    package var channels: [any Channel] {
        state.withLock { $0.connections.values.map(\.channel) }
    }
}
