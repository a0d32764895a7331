/// The DICOM upper layer protocol machine (PS3.8 §9.2, Table 9-10), of both roles.
///
/// A value without clock, socket or task: an event goes in, a ``Transition`` comes out, and the caller performs its effects.
package struct AssociationStateMachine: Equatable, Sendable {
    package private(set) var state = State.sta1
    package let role: Role

    package init(role: Role) { self.role = role }

    /// Takes one event.
    ///
    /// *Errors*: an event for which Table 9-10 has no action in this state. It is our own fault, since every PDU that can
    /// come has one; the machine stays as it was.
    package mutating func handle(_ event: Event) throws(LocalMisuse) -> Transition {
        throw LocalMisuse(state: state, event: event.number)
    }
}

/// An event that cannot happen in this state: an empty cell of Table 9-10.
package struct LocalMisuse: Error, Hashable, CustomStringConvertible {
    package let state: State
    /// 1 to 19.
    package let event: Int

    package var description: String { "Evt\(event) has no action in \(state)" }
}
