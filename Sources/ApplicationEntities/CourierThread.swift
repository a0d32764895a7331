import Dispatch
import NIOCore
import NIOPosix
import Synchronization

/// One thread of a crew: who runs on it, and whether it is its turn. All but the threads themselves leave it alone.
final class CourierThread: Sendable {
    private let crew: CourierCrew
    /// What it is told its turn by.
    private let signal = DispatchSemaphore(value: 0)
    private let hasTurn = Atomic(false)

    private static let own = ThreadSpecificVariable<CourierThread>()

    /// The calling thread, if it is a courier's.
    static var current: CourierThread? { Self.own.currentValue }

    /// Makes the calling thread one of the crew's.
    init(of crew: CourierCrew) {
        self.crew = crew
        Self.own.currentValue = self
    }

    /// Waits for the turn, but not for long.
    func takeTurn() { self.hasTurn.store(self.crew.turn.take(self.signal), ordering: .relaxed) }

    /// Lets the next one work, if it is this one's turn.
    func giveTurn() {
        self.crew.turn.give(self.hasTurn.exchange(false, ordering: .relaxed))
    }

    /// Lets the others have their turns, if they have waited for long enough.
    func shareTurn() {
        guard self.hasTurn.load(ordering: .relaxed), self.crew.turn.isOver(now: .now()) else { return }
        self.giveTurn()
        self.takeTurn()
    }
}
