import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// SIGTERM and SIGINT as a stream of bytes: all that a signal handler may do is write to a pipe.
enum Signals {
    private static let pipe = Atomic<Int32>(-1)

    /// Installs the handlers; from now on only the second signal ends the process by itself, for an operator who does
    /// not want to wait.
    static func open(on eventLoop: any EventLoop) async throws -> NIOAsyncChannel<ByteBuffer, Never> {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0, fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 else {
            throw IOError(errnoCode: errno, reason: "pipe")
        }
        pipe.store(ends[1], ordering: .sequentiallyConsistent)
        for signal in [SIGTERM, SIGINT] {
            Glibc.signal(signal) { number in
                let before = errno
                var byte: UInt8 = 0
                _ = Glibc.write(Signals.pipe.load(ordering: .sequentiallyConsistent), &byte, 1)
                Glibc.signal(number, SIG_DFL)
                errno = before
            }
        }
        return try await NIOPipeBootstrap(group: eventLoop).takingOwnershipOfDescriptor(input: ends[0]) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
    }
}

/// Writes a line at once, because a buffered one would not reach the program that waits for it at a pipe.
func writeLine(_ line: String, to descriptor: Int32) {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}

/// Lets this process have as many descriptors as it may: a soft limit of 1,024 is usual, and few for a server.
func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(resource, &limit)
}
