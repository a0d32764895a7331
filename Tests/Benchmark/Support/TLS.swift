import CSSL
import Glibc

/// How the generator speaks TLS: AES-GCM, TLS 1.2 or 1.3. The server's certificate is not verified: what is sent is
/// synthetic, or its own.
struct TLSSettings: Sendable {
    /// The generator's own certificate and private key (PEM), for a server that asks for one.
    var certificate: String?
    var privateKey: String?
}

/// A session over a connected socket (PS3.15 Annex B): blocking, like the socket.
///
/// Made and used by one thread. The socket is its caller's, to be closed after the session is let go.
final class TLSSession {
    /// The longest record (RFC 8446 §5.1); shorter ones would cost a tag and a header each.
    private static let recordLength = 16_384
    private static let bytesPerWrite = 262_144

    private let context: OpaquePointer
    private let session: OpaquePointer
    private let record = UnsafeMutableRawPointer.allocate(byteCount: TLSSession.recordLength, alignment: 16)
    private var filled = 0

    /// Shakes hands.
    init(_ settings: TLSSettings, on descriptor: Int32) throws {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Self.failure("no context") }
        guard let session = Self.configured(context, settings) else {
            SSL_CTX_free(context)
            throw Self.failure("its certificate, key or ciphers")
        }
        self.context = context
        self.session = session
        guard SSL_set_fd(session, descriptor) == 1 else { throw Self.failure("no session") }
        let result = SSL_connect(session)
        guard result == 1 else { throw error(result, "handshake") }
        guard cssl_buffer_writes(session, descriptor, Int32(Self.bytesPerWrite)) == 1 else {
            throw Self.failure("no buffer")
        }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
        record.deallocate()
    }

    private static func configured(_ context: OpaquePointer, _ settings: TLSSettings) -> OpaquePointer? {
        guard cssl_configure(context) == 1,
            SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384") == 1,
            SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:DHE+AESGCM") == 1
        else { return nil }
        if let certificate = settings.certificate {
            guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else { return nil }
        }
        if let key = settings.privateKey {
            guard SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 else { return nil }
        }
        return SSL_new(context)
    }

    /// Protocol and cipher agreed on.
    var description: String {
        String(cString: SSL_get_version(session)) + " "
            + (SSL_CIPHER_get_name(SSL_get_current_cipher(session)).map { String(cString: $0) } ?? "")
    }

    /// Sends `close_notify`, without waiting for an answer.
    func close() { SSL_shutdown(session) }

    /// Reads once; at least 1 byte.
    func readSome(_ into: UnsafeMutableRawPointer, _ count: Int) throws -> Int {
        let got = SSL_read(session, into, Int32(clamping: count))
        guard got > 0 else { throw error(got, "receive") }
        return Int(got)
    }

    /// Writes all of `count` vectors, in records as long as may be.
    func writeAll(_ vectors: UnsafeMutablePointer<iovec>, _ count: Int) throws {
        for index in 0..<count {
            guard var base = UnsafeRawPointer(vectors[index].iov_base) else { continue }
            var left = vectors[index].iov_len
            while left > 0 {
                if filled == 0, left >= Self.recordLength {
                    try write(base, Self.recordLength)
                    base += Self.recordLength
                    left -= Self.recordLength
                    continue
                }
                let part = min(left, Self.recordLength - filled)
                (record + filled).copyMemory(from: base, byteCount: part)
                filled += part
                base += part
                left -= part
                if filled == Self.recordLength { try writeFilled() }
            }
        }
        if filled > 0 { try writeFilled() }
        guard cssl_flush(session) == 1 else { throw error(-1, "send") }
    }

    private func writeFilled() throws {
        defer { filled = 0 }
        try write(record, filled)
    }

    private func write(_ bytes: UnsafeRawPointer, _ count: Int) throws {
        let result = SSL_write(session, bytes, Int32(count))
        guard result > 0 else { throw error(result, "send") }
    }

    private func error(_ result: Int32, _ call: String) -> BenchError {
        let code = errno
        switch SSL_get_error(session, result) {
        case SSL_ERROR_ZERO_RETURN: return .closed
        case SSL_ERROR_SYSCALL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            return code == EAGAIN ? .silent : code == 0 ? .closed : .system(call, code)
        default: return Self.failure(call)
        }
    }

    /// What the library says went wrong first.
    private static func failure(_ what: String) -> BenchError {
        let reason = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) }
        return .unusable("TLS: \(what): \(reason ?? "unknown")")
    }
}
