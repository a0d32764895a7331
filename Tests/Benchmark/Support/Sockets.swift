import Glibc

/// Where a server listens.
struct Endpoint: Sendable {
    private let storage: sockaddr_storage
    private let length: socklen_t
    /// TLS over the connections of a ``Requestor``; nil: none.
    var tls: TLSSettings?

    /// Resolves a name or address once, so that connecting costs no look-up.
    init(host: String, port: Int) throws {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else {
            throw BenchError.unusable("cannot resolve \(host)")
        }
        defer { freeaddrinfo(found) }
        guard let address = first.pointee.ai_addr else { throw BenchError.unusable("cannot resolve \(host)") }
        var storage = sockaddr_storage()
        let size = Int(first.pointee.ai_addrlen)
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: min(size, $0.count)))
        }
        self.storage = storage
        length = first.pointee.ai_addrlen
    }

    /// A new connection, without Nagle's algorithm; reads and writes fail after `timeout` seconds.
    /// - Returns: a descriptor that the caller closes.
    func connect(timeout: Int = 60) throws -> Int32 {
        let descriptor = socket(Int32(storage.ss_family), streamSocket, 0)
        guard descriptor >= 0 else { throw BenchError.lastSystemError("socket") }
        disableNagle(descriptor)
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, length) }
        }
        guard result == 0 else {
            let error = BenchError.lastSystemError("connect")
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }
}

private let streamSocket = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

/// TCP_NODELAY: a response in two pieces would otherwise wait for the delayed acknowledgement (44 ms).
func disableNagle(_ descriptor: Int32) {
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
}

/// Writing to a connection the peer has closed is an error to count, not a signal that ends the process.
func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

/// A listening socket on the loopback address.
/// - Returns: the descriptor and the port taken (which matters if `port` is 0).
func listen(port: Int, backlog: Int32 = 1024) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, streamSocket, 0)
    guard descriptor >= 0 else { throw BenchError.lastSystemError("socket") }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, backlog) == 0
                && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard bound else {
        let error = BenchError.lastSystemError("listen")
        Glibc.close(descriptor)
        throw error
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

/// A port that nothing listens on at this moment.
func freePort() throws -> Int {
    let (descriptor, port) = try listen(port: 0)
    Glibc.close(descriptor)
    return port
}
