import Synchronization

/// What the nursery knows of its association and the handler's timers need: whether a message is under way, and whether
/// we are still working for the peer.
///
/// A peer that owes us bytes is held to `stall`; a peer that owes us nothing, and that we owe nothing, to `idle`; while
/// we are late ourselves (the disk is slow), no clock runs against the peer.
package struct AssociationActivity: Sendable {
    /// A message has begun and is not complete: part of a command set, or a data set that was announced.
    package var isWithinMessage = false
    /// The association's task waits for the store, or for a place: this side is late.
    package var isLate = false
    /// Requests whose response has not been written yet.
    package var operations = 0
    /// Requests of ours whose last response has not come yet: the peer owes it.
    package var invocations = 0
    /// Messages that the peer has completed; a change is progress.
    package var messages: UInt64 = 0

    /// Nothing has come yet.
    package init() {}

    /// What a peer owes that has stalled, in words for an abort.
    var owed: String {
        invocations > 0 ? "no response in time (response timeout)" : "no progress within a message (stall)"
    }
}

/// The activity of one association: its tasks write it, one at a time, wherever they run; its handler reads it.
package final class SharedActivity: Sendable {
    private let activity = Mutex(AssociationActivity())
    private let ending = Mutex<AssociationEnd?>(nil)

    /// How the association has ended: as the last indication says it, which may not have been taken yet.
    package var end: AssociationEnd? {
        get { ending.withLock { $0 } }
        set { ending.withLock { $0 = newValue } }
    }

    /// Nothing has come yet.
    package init() {}

    /// As it is now. To change a part of it is not one step: only one task at a time may.
    package var value: AssociationActivity {
        get { activity.withLock { $0 } }
        set { activity.withLock { $0 = newValue } }
    }
}
