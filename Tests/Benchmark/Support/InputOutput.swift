import Glibc

/// The most vectors one `writev` takes on Linux.
let vectorLimit = 1024

/// Writes all of `count` vectors; they are used up in doing so.
func writeAll(_ descriptor: Int32, _ vectors: UnsafeMutablePointer<iovec>, _ count: Int) throws {
    var next = vectors
    var left = count
    while left > 0 {
        var written = writev(descriptor, next, Int32(min(left, vectorLimit)))
        guard written >= 0 else {
            if errno == EINTR { continue }
            throw inputOutputError("send")
        }
        while left > 0, written >= next.pointee.iov_len {
            written -= next.pointee.iov_len
            next += 1
            left -= 1
        }
        if left > 0, written > 0 {
            next.pointee.iov_base += written
            next.pointee.iov_len -= written
        }
    }
}

/// Writes all of `bytes`.
func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws {
    var vector = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    try writeAll(descriptor, &vector, bytes.isEmpty ? 0 : 1)
}

/// Writes all of `bytes`.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try writeAll(descriptor, $0) }
}

/// Reads once.
/// - Returns: the number of bytes, at least 1.
/// - Throws: ``BenchError/closed`` at the end of the stream, ``BenchError/silent`` after the socket's limit.
func readSome(_ descriptor: Int32, _ into: UnsafeMutableRawPointer, _ count: Int) throws -> Int {
    while true {
        let got = read(descriptor, into, count)
        if got > 0 { return got }
        if got == 0 { throw BenchError.closed }
        if errno != EINTR { throw inputOutputError("receive") }
    }
}

/// Reads exactly `count` bytes.
func readAll(_ descriptor: Int32, _ into: UnsafeMutableRawPointer, _ count: Int) throws {
    var got = 0
    while got < count { got += try readSome(descriptor, into + got, count - got) }
}

private func inputOutputError(_ call: String) -> BenchError {
    errno == EAGAIN ? .silent : .lastSystemError(call)
}

/// The bytes of a file.
func contents(of path: String, prefix: Int = .max) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BenchError.lastSystemError(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw BenchError.lastSystemError(path) }
    let size = min(prefix, Int(status.st_size))
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        if let base = buffer.baseAddress { try readAll(descriptor, base, size) }
        count = size
    }
}

/// Replaces the file at `path`.
func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw BenchError.lastSystemError(path) }
    defer { close(descriptor) }
    try writeAll(descriptor, bytes)
}
