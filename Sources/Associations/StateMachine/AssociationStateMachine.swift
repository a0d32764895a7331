/// The DICOM upper layer protocol machine (PS3.8 §9.2, Table 9-10), of both roles.
///
/// A value without clock, socket or task: an event goes in, a ``Transition`` comes out, and the caller performs its
/// effects. A peer's fault is an event like any other; only our own is an error.
///
/// Whatever begins an association ends in Sta1: by release, by rejection, by an abort, or because the transport closed.
package struct AssociationStateMachine: Equatable, Sendable {
    /// Where the association is.
    package private(set) var state: State
    /// Which side this is.
    package let role: Role
    /// What AE-1 was asked for and AE-2 sends.
    private var request: AssociateRQ?

    /// A machine in Sta1.
    package init(role: Role) { self.init(role: role, state: .sta1) }

    /// A machine that is already in a state: for tests, which go through every cell.
    ///
    /// - Parameter request: What is to be sent once the transport connection is open; needed in Sta4 only.
    package init(role: Role, state: State, request: AssociateRQ? = nil) {
        self.role = role
        self.state = state
        self.request = request
    }

    /// Takes one event.
    ///
    /// *Errors*: an event for which Table 9-10 has no action in this state. It is our own fault, since every PDU that
    /// can come has one; the machine stays as it was.
    package mutating func handle(_ event: Event) throws(LocalMisuse) -> Transition {
        guard let effects = effects(of: event) else { throw LocalMisuse(state: state, event: event.number) }
        let transition = Transition(effects, event: event, from: state)
        request = if case .evt1(let request) = event { request } else { nil }
        state = effects.next
        return transition
    }

    /// Table 9-10, column by column; `nil` is an empty cell.
    private func effects(of event: Event) -> Effects? {
        switch state {
        case .sta1: Self.sta1(event)
        case .sta2: Self.sta2(event)
        case .sta3: Self.sta3(event)
        case .sta4: Self.sta4(event, request)
        case .sta5: Self.sta5(event)
        case .sta6: Self.sta6(event)
        case .sta7: Self.sta7(event, role)
        case .sta8: Self.sta8(event)
        case .sta9: Self.sta9(event)
        case .sta10: Self.sta10(event)
        case .sta11: Self.sta11(event)
        case .sta12: Self.sta12(event)
        case .sta13: Self.sta13(event)
        }
    }
}

/// An event that cannot happen in this state: an empty cell of Table 9-10.
package struct LocalMisuse: Error, Hashable, CustomStringConvertible {
    /// Where the machine is, and stays.
    package let state: State
    /// 1 to 19.
    package let event: Int

    package init(state: State, event: Int) {
        self.state = state
        self.event = event
    }

    package var description: String { "Evt\(event) has no action in \(state)" }
}
