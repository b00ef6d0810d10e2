#include "COpenSSL.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

// MARK: Datagrams in memory

// A BIO between an end and whoever has the socket: one datagram that came, and those to be sent, whose borders OpenSSL's own memory BIO
// does not keep. A flight has a handful of datagrams; what does not fit is lost, as on a network, and sent again.
enum { outbox_room = 8192 };

struct mail {
    const uint8_t *arrived;
    size_t arrived_count;
    size_t outbox_count;
    uint8_t outbox[outbox_room];
};

static int mail_write(BIO *bio, const char *bytes, int count) {
    struct mail *mail = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (count > 0 && count <= 0xFFFF && mail->outbox_count + 2 + (size_t)count <= outbox_room) {
        uint8_t *place = mail->outbox + mail->outbox_count;
        place[0] = (uint8_t)(count >> 8);
        place[1] = (uint8_t)count;
        memcpy(place + 2, bytes, (size_t)count);
        mail->outbox_count += 2 + (size_t)count;
    }
    return count;
}

static int mail_read(BIO *bio, char *bytes, int room) {
    struct mail *mail = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!mail->arrived) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = mail->arrived_count < (size_t)room ? mail->arrived_count : (size_t)room;
    memcpy(bytes, mail->arrived, count);
    mail->arrived = NULL;
    return (int)count;
}

static long mail_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    // Flushed at once. Everything else (MTU, time-outs, addresses) belongs to sockets.
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int mail_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static BIO_METHOD *mail_method(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mail");
    if (!made) return NULL;
    BIO_meth_set_write(made, mail_write);
    BIO_meth_set_read(made, mail_read);
    BIO_meth_set_ctrl(made, mail_control);
    BIO_meth_set_create(made, mail_create);
    return made;
}

// MARK: Certificates

struct dtls_end {
    SSL *session;
    // Fingerprints of the certificates that the other side may have, 32 bytes each.
    uint8_t *expected;
    size_t expected_count;
    int is_stranger;
    int is_done;
    char error[160];
    struct mail mail;
};

static int fingerprint_of(const X509 *certificate, uint8_t *fingerprint) {
    unsigned int count = 0;
    return certificate && X509_digest(certificate, EVP_sha256(), fingerprint, &count) == 1 && count == 32;
}

// Chains, names and dates mean nothing here (RFC 8827 section 5.6): the certificate must be the one that the other side announced.
static int is_expected(X509_STORE_CTX *store, void *nothing) {
    (void)nothing;
    SSL *session = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    dtls_end *end = session ? SSL_get_app_data(session) : NULL;
    uint8_t fingerprint[32];
    if (!end || !fingerprint_of(X509_STORE_CTX_get0_cert(store), fingerprint)) return 0;
    for (size_t place = 0; place < end->expected_count; place++) {
        if (memcmp(end->expected + 32 * place, fingerprint, sizeof fingerprint) == 0) return 1;
    }
    end->is_stranger = 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

// MARK: Identities

struct dtls_identity {
    EVP_PKEY *key;
    X509 *certificate;
    BIO_METHOD *method;
    // Of all ends: OpenSSL counts its users.
    SSL_CTX *context;
};

void dtls_identity_free(dtls_identity *identity) {
    if (!identity) return;
    SSL_CTX_free(identity->context);
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
    BIO_meth_free(identity->method);
    free(identity);
}

static int sign(dtls_identity *identity, int64_t begin, int64_t end) {
    X509 *certificate = identity->certificate;
    uint64_t serial;
    X509_NAME *name = X509_get_subject_name(certificate);
    // Nobody reads the name: the fingerprint is what is trusted (RFC 8827 section 5.6). A serial number is never negative.
    return RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 && X509_set_version(certificate, X509_VERSION_3) == 1
        && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1
        && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"callfloor", -1, -1, 0) == 1
        && X509_set_issuer_name(certificate, name) == 1 && ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)begin)
        && ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)end) && X509_set_pubkey(certificate, identity->key) == 1
        && X509_sign(certificate, identity->key, EVP_sha256()) > 0;
}

static int configure(dtls_identity *identity) {
    SSL_CTX *context = identity->context;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, is_expected, NULL);
    // One certificate of a browser has some 300 bytes: more is somebody who wants our memory.
    SSL_CTX_set_max_cert_list(context, 8192);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_read_ahead(context, 1);
    // RFC 8827 section 6.5: forward secrecy, and authenticated encryption.
    return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1
        && SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 && SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1
        && SSL_CTX_use_certificate(context, identity->certificate) == 1 && SSL_CTX_use_PrivateKey(context, identity->key) == 1;
}

dtls_identity *dtls_identity_make(int64_t begin, int64_t end) {
    dtls_identity *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->key = EVP_EC_gen("P-256");
    made->certificate = X509_new();
    made->method = mail_method();
    made->context = SSL_CTX_new(DTLS_method());
    int is_whole = made->key && made->certificate && made->method && made->context;
    if (is_whole && sign(made, begin, end) && configure(made)) return made;
    ERR_clear_error();
    dtls_identity_free(made);
    return NULL;
}

int dtls_identity_fingerprint(const dtls_identity *identity, uint8_t *fingerprint) {
    return fingerprint_of(identity->certificate, fingerprint);
}

// MARK: Ends

// OpenSSL would repeat flights by the wall clock whenever something is read. Whoever has the datagrams repeats them, by a clock that
// tests can move: OpenSSL's own timer never comes due.
static unsigned int never(SSL *session, unsigned int microseconds) {
    (void)session, (void)microseconds;
    return 3600u * 1000 * 1000;
}

dtls_end *dtls_end_make(
    const dtls_identity *identity, int serves, const char *profiles, int mtu, const uint8_t *expected, size_t expected_count) {
    dtls_end *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    BIO *bio = BIO_new(identity->method);
    made->session = SSL_new(identity->context);
    made->expected = calloc(expected_count ? expected_count : 1, 32);
    // SSL_set_tlsext_use_srtp returns 0 when it is done.
    if (!bio || !made->session || !made->expected || SSL_set_tlsext_use_srtp(made->session, profiles) != 0) {
        ERR_clear_error();
        BIO_free(bio);
        dtls_end_free(made);
        return NULL;
    }
    if (expected_count) memcpy(made->expected, expected, expected_count * 32);
    made->expected_count = expected_count;
    BIO_set_data(bio, &made->mail);
    SSL_set_bio(made->session, bio, bio);
    SSL_set_app_data(made->session, made);
    SSL_set_mtu(made->session, mtu);
    DTLS_set_timer_cb(made->session, never);
    if (serves) {
        SSL_set_accept_state(made->session);
    } else {
        SSL_set_connect_state(made->session);
    }
    return made;
}

void dtls_end_free(dtls_end *end) {
    if (!end) return;
    SSL_free(end->session);
    free(end->expected);
    OPENSSL_cleanse(end, sizeof *end);
    free(end);
}

static enum dtls_progress failed(dtls_end *end) {
    unsigned long code = ERR_peek_error();
    if (code) ERR_error_string_n(code, end->error, sizeof end->error);
    ERR_clear_error();
    return dtls_failed;
}

enum dtls_progress dtls_end_receive(dtls_end *end, const uint8_t *bytes, size_t count) {
    // Errors are kept by thread: those of somebody else's session are not ours.
    ERR_clear_error();
    end->mail.arrived = count ? bytes : NULL;
    end->mail.arrived_count = count;
    int result;
    enum dtls_progress progress = dtls_pending;
    if (!end->is_done) {
        result = SSL_do_handshake(end->session);
        if (result == 1) {
            end->is_done = 1;
        } else if (SSL_get_error(end->session, result) != SSL_ERROR_WANT_READ) {
            progress = failed(end);
        }
    }
    if (end->is_done) {
        progress = dtls_done;
        // Nobody sends data here: it is read so that alerts behind it are. Each datagram has few records.
        uint8_t ignored[2048];
        for (int reads = 0; reads < 64; reads++) {
            result = SSL_read(end->session, ignored, sizeof ignored);
            if (result > 0) continue;
            int error = SSL_get_error(end->session, result);
            if (error == SSL_ERROR_WANT_READ) break;
            progress = error == SSL_ERROR_ZERO_RETURN ? dtls_closed : failed(end);
            break;
        }
    }
    end->mail.arrived = NULL;
    return progress;
}

size_t dtls_end_send(dtls_end *end, uint8_t *bytes, size_t room) {
    struct mail *mail = &end->mail;
    if (mail->outbox_count < 2) return 0;
    size_t count = (size_t)mail->outbox[0] << 8 | mail->outbox[1];
    mail->outbox_count -= 2 + count;
    size_t fits = count <= room ? count : 0;
    memcpy(bytes, mail->outbox + 2, fits);
    memmove(mail->outbox, mail->outbox + 2 + count, mail->outbox_count);
    return fits;
}

void dtls_end_close(dtls_end *end) {
    ERR_clear_error();
    if (end->is_done) SSL_shutdown(end->session);
    ERR_clear_error();
}

int dtls_end_met_stranger(const dtls_end *end) { return end->is_stranger; }

size_t dtls_end_protection(const dtls_end *end) {
    const SSL_CIPHER *cipher = SSL_get_current_cipher(end->session);
    if (!cipher) cipher = SSL_get_pending_cipher(end->session);
    // RFC 7905 section 2: a tag. RFC 5288 section 3: a nonce, too.
    return cipher && SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305 ? 16 : 24;
}

int dtls_end_profile(const dtls_end *end) {
    SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(end->session);
    return profile ? (int)profile->id : 0;
}

int dtls_end_export(dtls_end *end, const char *label, uint8_t *bytes, size_t count) {
    ERR_clear_error();
    return end->is_done && SSL_export_keying_material(end->session, bytes, count, label, strlen(label), NULL, 0, 0) == 1;
}

const char *dtls_end_error(const dtls_end *end) { return end->error; }
