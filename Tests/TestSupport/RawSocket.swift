import Foundation

/// A blocking TCP connection to the node on loopback, under a test's full control.
package final class RawSocket: Sendable {
    /// What ended the reading.
    package enum End: Error, Equatable {
        /// The node closed its side in order (FIN).
        case closed
        /// The connection was reset (RST): an answer may have been destroyed.
        case reset
        /// Nothing came in time.
        case silence
    }

    private let descriptor: Int32
    private let tls: RawTLSSession?

    /// Connects.
    /// - Parameter seconds: how long a read or a write may take before it counts as silence.
    /// - Parameter receiveBuffer: size of the kernel's receive buffer in bytes; nil leaves the system's choice.
    /// - Parameter tls: how it speaks TLS; nil: it does not.
    package init(port: UInt16, seconds: Int = 30, receiveBuffer: Int32? = nil, tls: RawTLS? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ProcessError("socket: errno \(errno)") }
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            throw ProcessError("connect to port \(port): errno \(errno)")
        }
        do {
            self.tls = try tls.map { try RawTLSSession($0, on: descriptor) }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Takes over a connection that was accepted.
    package init(adopting descriptor: Int32, seconds: Int = 30) {
        self.descriptor = descriptor
        tls = nil
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Writes all bytes.
    package func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try send($0) }
    }

    /// Writes all bytes.
    package func send(_ bytes: UnsafeRawBufferPointer) throws {
        if let tls { return try tls.send(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.send(
                descriptor,
                UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                rest.count,
                Int32(MSG_NOSIGNAL)
            )
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                throw End.silence
            } else if errno != EINTR {
                throw errno == EPIPE ? End.closed : End.reset
            }
        }
    }

    /// Writes what can be written of `bytes`; the node may answer and close before it has read all of them.
    package func sendWhatIsTaken(_ bytes: [UInt8]) {
        try? send(bytes)
    }

    /// Reads at least one and at most `limit` bytes.
    package func receive(limit: Int) throws -> [UInt8] {
        if let tls { return try tls.receive(limit: limit) }
        var buffer = [UInt8](repeating: 0, count: limit)
        while true {
            let count = recv(descriptor, &buffer, limit, 0)
            if count > 0 { return Array(buffer[..<count]) }
            if count == 0 { throw End.closed }
            if errno == EAGAIN || errno == EWOULDBLOCK { throw End.silence }
            if errno != EINTR { throw End.reset }
        }
    }

    /// Reads exactly `count` bytes.
    package func receive(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            bytes += try receive(limit: count - bytes.count)
        }
        return bytes
    }

    /// Whether something can be read now, an end included.
    package var hasInput: Bool {
        if tls?.hasInput == true { return true }
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// No more will be sent (FIN); reading goes on.
    /// - Parameter saysSo: to TLS, too, with `close_notify`.
    package func shutdownSending(saysSo: Bool = true) {
        if saysSo { tls?.shutdown() }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes the close that follows (when the last reference goes) a reset (RST).
    package func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
