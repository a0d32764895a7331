import CSSL
import Foundation
import Synchronization

/// How a ``RawSocket`` speaks TLS: by OpenSSL, which shares nothing with the node's.
package struct RawTLS: Sendable {
    /// Our own, for a node that asks for one.
    package var own: TestAuthority.Issued?
    /// OpenSSL's list of TLS 1.2 suites, and its security level: `DEFAULT@SECLEVEL=0` allows what is broken.
    package var ciphers: String?
    /// The oldest and the newest version, as OpenSSL numbers them: 0x0301 is TLS 1.0, 0x0304 is TLS 1.3.
    package var versions: ClosedRange<Int>

    package init(own: TestAuthority.Issued? = nil, ciphers: String? = nil, versions: ClosedRange<Int> = 0x303...0x304) {
        self.own = own
        self.ciphers = ciphers
        self.versions = versions
    }
}

/// A TLS session over a connected, blocking socket. The node's certificate is not verified.
///
/// One thread at a time uses it.
final class RawTLSSession: Sendable {
    private struct Handles: @unchecked Sendable {
        let context: OpaquePointer
        let session: OpaquePointer
    }

    private let handles: Mutex<Handles>

    /// Shakes hands.
    ///
    /// *Errors*: `ProcessError` with OpenSSL's words.
    init(_ settings: RawTLS, on descriptor: Int32) throws {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Self.failure("no context") }
        guard let session = Self.configured(context, settings) else {
            SSL_CTX_free(context)
            throw Self.failure("settings")
        }
        handles = Mutex(Handles(context: context, session: session))
        guard SSL_set_fd(session, descriptor) == 1 else { throw Self.failure("no session") }
        guard SSL_connect(session) == 1 else { throw Self.failure("handshake") }
    }

    deinit {
        handles.withLock { handles in
            SSL_free(handles.session)
            SSL_CTX_free(handles.context)
        }
    }

    private static func configured(_ context: OpaquePointer, _ settings: RawTLS) -> OpaquePointer? {
        guard cssl_configure(context) == 1,
            cssl_set_versions(context, Int32(settings.versions.lowerBound), Int32(settings.versions.upperBound)) == 1
        else { return nil }
        if let ciphers = settings.ciphers {
            guard SSL_CTX_set_cipher_list(context, ciphers) == 1 else { return nil }
        }
        if let own = settings.own {
            guard SSL_CTX_use_certificate_chain_file(context, own.certificate) == 1,
                SSL_CTX_use_PrivateKey_file(context, own.privateKey, SSL_FILETYPE_PEM) == 1
            else { return nil }
        }
        return SSL_new(context)
    }

    /// Writes all bytes.
    func send(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try handles.withLock { handles in
            let result = SSL_write(handles.session, bytes.baseAddress, Int32(bytes.count))
            guard result > 0 else { throw Self.end(handles.session, result) }
        }
    }

    /// Reads at least one and at most `limit` bytes.
    func receive(limit: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = try handles.withLock { handles in
            let result = SSL_read(handles.session, &buffer, Int32(limit))
            guard result > 0 else { throw Self.end(handles.session, result) }
            return Int(result)
        }
        return Array(buffer[..<count])
    }

    var hasInput: Bool { handles.withLock { SSL_pending($0.session) > 0 } }

    /// Sends `close_notify`.
    func shutdown() { _ = handles.withLock { SSL_shutdown($0.session) } }

    private static func end(_ session: OpaquePointer, _ result: Int32) -> any Error {
        let code = errno
        switch SSL_get_error(session, result) {
        case SSL_ERROR_ZERO_RETURN: return RawSocket.End.closed
        case SSL_ERROR_SYSCALL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            switch code {
            case EAGAIN: return RawSocket.End.silence
            case 0, EPIPE: return RawSocket.End.closed
            default: return RawSocket.End.reset
            }
        default: return failure("session")
        }
    }

    /// What OpenSSL says went wrong first.
    private static func failure(_ what: String) -> ProcessError {
        let reason = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) }
        return ProcessError("TLS: \(what): \(reason ?? "unknown")")
    }
}
