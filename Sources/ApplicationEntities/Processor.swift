import CLinux
package import NIOCore

/// One of the machine's processors.
///
/// What an event loop has read is in the caches of the processor it runs on, so the thread that writes it to a file is fastest there.
package struct Processor: Hashable, Sendable {
    /// The kernel's number for it.
    package let number: Int

    /// Those that this process may run on, in order; empty if the kernel does not tell.
    package static var all: [Processor] {
        var numbers = [CInt](repeating: 0, count: Limits.processors)
        let count = linux_processors(&numbers, CInt(numbers.count))
        guard count > 0, count <= numbers.count else { return [] }
        return numbers.prefix(Int(count)).map { Processor(number: Int($0)) }
    }

    /// Keeps the calling thread on this processor, whatever else runs there.
    ///
    /// *Errors*: if the kernel refuses (the processor was taken from the process), the thread runs where it may, only slower.
    package func keepThread() {
        _ = linux_stay_on(CInt(self.number))
    }

    /// Keeps each event loop on a processor of its own, if there are as many processors as loops; otherwise, nothing.
    ///
    /// With fewer loops (a container with a quota of a large machine's time), all such processes would crowd on the same processors.
    ///
    /// - Returns: The processors that the loops are kept on; empty if they are not.
    package static func keep(_ loops: any EventLoopGroup) async throws -> [Processor] {
        let processors = Processor.all
        let loops = Array(loops.makeIterator())
        guard processors.count == loops.count else { return [] }
        for (loop, processor) in zip(loops, processors) {
            try await loop.submit { processor.keepThread() }.get()
        }
        return processors
    }
}
