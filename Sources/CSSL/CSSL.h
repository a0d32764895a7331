// OpenSSL, and functions for what it has only as macros, which Swift does not see.
#ifndef CSSL_H
#define CSSL_H

#include <openssl/err.h>
#include <openssl/ssl.h>

/// TLS 1.2 at least (BCP 195); a peer that closes without a goodbye is at its end, as on a plain connection.
static inline int cssl_configure(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// The oldest and the newest version that are offered: what is broken too, if it is asked for.
static inline int cssl_set_versions(SSL_CTX *context, int oldest, int newest) {
    if (oldest < TLS1_2_VERSION) SSL_CTX_set_security_level(context, 0);
    return SSL_CTX_set_min_proto_version(context, oldest) && SSL_CTX_set_max_proto_version(context, newest);
}

/// Gathers records, so that one system call takes `bytes` of them. After the handshake.
static inline int cssl_buffer_writes(SSL *session, int descriptor, int bytes) {
    BIO *transport = BIO_new_socket(descriptor, BIO_NOCLOSE);
    BIO *buffer = BIO_new(BIO_f_buffer());
    if (!transport || !buffer || !BIO_set_write_buffer_size(buffer, bytes)) {
        BIO_free(transport);
        BIO_free(buffer);
        return 0;
    }
    SSL_set0_wbio(session, BIO_push(buffer, transport));
    return 1;
}

/// Writes out what was gathered.
static inline int cssl_flush(SSL *session) { return (int)BIO_flush(SSL_get_wbio(session)); }

#endif
