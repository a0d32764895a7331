import NIOCore
import Synchronization

/// Has each connection go to the event loop that has the fewest; among equals to the listener's.
///
/// NIO gives connections to the loops of a group in turn. A peer that comes alone, one association after the other, would be on another loop
/// than the listener every other time, which costs two changes of thread. So the turn is moved on (``EventLoopGroup/next()``) after each
/// connection that comes or goes. Where several come in the same instant it may be a connection off; the next one sets that right.
final class LeastBusyLoops: Sendable {
    private let group: any EventLoopGroup
    private let loops: [any EventLoop]
    /// Connections of each loop.
    private let counts: Mutex<[Int]>

    init(_ group: any EventLoopGroup) {
        self.group = group
        self.loops = Array(group.makeIterator())
        self.counts = Mutex(Array(repeating: 0, count: self.loops.count))
    }

    /// A connection of this loop is there, or is closed.
    func count(_ loop: any EventLoop, by change: Int, listener: any EventLoop) {
        guard self.loops.count > 1, let index = self.loops.firstIndex(where: { $0 === loop }) else { return }
        self.counts.withLock { counts in
            counts[index] += change
            let fewest = counts.min()
            let next = counts.indices.first { counts[$0] == fewest && self.loops[$0] === listener }
            self.move(to: next ?? counts.firstIndex { $0 == fewest } ?? 0)
        }
    }

    /// Moves the turn on until it is this loop's.
    private func move(to index: Int) {
        let before = self.loops[(index + self.loops.count - 1) % self.loops.count]
        for _ in self.loops where self.group.next() === before { return }
    }
}
