import NIOCore
import Synchronization

// What a courier's thread does when there is nothing to run: it reads the socket, and waits.
extension Courier {
    /// Waits for the peer if the association's task does, and otherwise for a job.
    func receive(_ socket: CourierSocket, _ thread: CourierThread) {
        guard self.visit.withLock({ $0?.reader != nil }) else {
            _ = self.wait(socket, includesSocket: false, milliseconds: -1, thread)
            return
        }
        let reading = self.mayReceive ? self.read(socket, thread) : .over
        switch reading {
        case .nothing: return
        case .over: self.visit.withLock { $0?.reader.take() }?.resume(returning: nil)
        case .fragments(let fragments): self.visit.withLock { $0?.reader.take() }?.resume(returning: fragments)
        }
    }

    private var mayReceive: Bool {
        if self.queue.withLock({ $0.isRecalled }) { return false }
        if self.crew.isCrowded, !self.activity.value.isWithinMessage { return false }
        return self.visit.withLock { $0?.mayReceive ?? false }
    }

    private func read(_ socket: CourierSocket, _ thread: CourierThread) -> CourierVisit.Reading {
        // While nobody waits for the turn there is no need to look first whether the peer is to be waited for.
        let hasOthersWaiting = self.crew.turn.waiting > 0
        if hasOthersWaiting { thread.shareTurn() }
        var events = hasOthersWaiting ? socket.events : []
        if events.isEmpty {
            let start = NIODeadline.now()
            events = self.wait(forPeerOn: socket, since: start, thread)
            if events.contains(.rung) { return .nothing }
            let isTrickle = self.visit.withLock { $0?.waited(since: start, now: .now()) ?? true }
            if events.isEmpty || isTrickle { return .over }
        }
        // What a peer sent before it closed is read by the event loop, whether it wants or not: one of us must, or the order is lost.
        if events.contains(.ended) { return .over }
        return self.visit.withLock { $0?.receive() } ?? .over
    }

    /// Watches for a while if the peer is a quick one (decisions/0050); sleeps until something comes.
    private func wait(
        forPeerOn socket: CourierSocket,
        since start: NIODeadline,
        _ thread: CourierThread
    ) -> CourierSocket.Events {
        let activity = self.activity.value
        // Who is committing may have something to run at any moment: that is not seen while watching.
        if activity.commits == 0, self.crew.hasOneAboard, self.visit.withLock({ $0?.isPeerQuick ?? false }) {
            let events = socket.watch { .now() - start >= Limits.courierWatch }
            if !events.isEmpty { return events }
        }
        let isPeerDue = activity.operations == 0 || activity.isWithinMessage
        return self.wait(
            socket,
            includesSocket: true,
            milliseconds: isPeerDue ? Limits.courierWait : -1,
            thread
        )
    }

    /// Lets the rest of the crew work meanwhile.
    private func wait(
        _ socket: CourierSocket,
        includesSocket: Bool,
        milliseconds: CInt,
        _ thread: CourierThread
    ) -> CourierSocket.Events {
        let mayWait = self.queue.withLock { queue in
            queue.isWaiting = queue.jobs.isEmpty && !(includesSocket && queue.isRecalled)
            return queue.isWaiting
        }
        guard mayWait else { return .rung }
        thread.giveTurn()
        let events = socket.wait(includesSocket: includesSocket, milliseconds: milliseconds)
        thread.takeTurn()
        self.queue.withLock { $0.isWaiting = false }
        return events
    }
}
