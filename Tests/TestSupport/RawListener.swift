import Foundation

/// A listening socket on a port that the system chose, for programs that a test connects to itself.
package final class RawListener: Sendable {
    /// The port.
    package let port: UInt16

    private let descriptor: Int32

    /// - Parameters:
    ///   - backlog: connections that the kernel holds before they are accepted.
    ///   - patience: seconds that a wait for a connection may take before it fails; 0 is for ever.
    package init(backlog: Int32 = 64, patience: Int = 30) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ProcessError("socket: errno \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var timeout = timeval(tv_sec: patience, tv_usec: 0)
        // SO_RCVTIMEO bounds accept(2), too.
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = self.descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, backlog) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else {
            close(descriptor)
            throw ProcessError("bind: errno \(errno)")
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    /// Has every wait for a connection fail, now and in future.
    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Waits for a connection and gives it to `use` as a file descriptor, which is closed afterwards.
    package func accept<R>(_ use: (Int32) throws -> R) throws -> R {
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0 else { throw ProcessError("accept: errno \(errno)") }
        defer { close(connection) }
        guard fcntl(connection, F_SETFD, FD_CLOEXEC) == 0 else { throw ProcessError("fcntl: errno \(errno)") }
        return try use(connection)
    }
}
