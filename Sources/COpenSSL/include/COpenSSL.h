// What a browser's call and its page need of OpenSSL (libcrypto, libssl 3.0), without its macros and variadics. Every key and session
// belongs to one thread at a time.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <stddef.h>
#include <stdint.h>

// MARK: Keys of packets. Nothing is allocated after a key has been made.

/// AES-128 in Galois/counter mode (RFC 5116 section 5.1) under one key.
typedef struct gcm_key gcm_key;

/// Null if memory is short. `key` has 16 bytes. A key that seals does not open.
gcm_key *gcm_key_make(const uint8_t *key, int seals);
void gcm_key_free(gcm_key *key);

/// Encrypts `count` bytes in place and writes the 16 bytes of the tag. `iv` has 12 bytes and must never come again under this key. The
/// tag covers `head` and `tail` too, one behind the other. 1 if done.
int gcm_key_seal(
    gcm_key *key, const uint8_t *iv, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *bytes,
    size_t count, uint8_t *tag);

/// The way back. 0 if the tag is not that of these bytes, which are then of no use.
int gcm_key_open(
    gcm_key *key, const uint8_t *iv, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *bytes,
    size_t count, const uint8_t *tag);

/// AES-128 in counter mode under one key.
typedef struct counter_key counter_key;

/// Null if memory is short. `key` has 16 bytes.
counter_key *counter_key_make(const uint8_t *key);
void counter_key_free(counter_key *key);

/// Adds the key stream that begins at the counter block `iv` (16 bytes) to the bytes: encrypts, and decrypts. 1 if done.
int counter_key_apply(counter_key *key, const uint8_t *iv, uint8_t *bytes, size_t count);

/// HMAC-SHA1 (RFC 2104) under one key.
typedef struct hmac_key hmac_key;

/// Null if memory is short.
hmac_key *hmac_key_make(const uint8_t *key, size_t count);
void hmac_key_free(hmac_key *key);

/// Writes the 20 bytes of the code over `head` and `tail`, one behind the other.
void hmac_key_code(
    const hmac_key *key, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *code);

/// Whether all bytes are the same, in a time that does not tell which.
int bytes_are_equal(const uint8_t *left, const uint8_t *right, size_t count);

/// Overwrites a secret so that no optimiser leaves it there.
void bytes_erase(void *bytes, size_t count);

// MARK: DTLS 1.2 without sockets or clocks

/// A key on P-256 and a certificate that it has signed itself.
typedef struct dtls_identity dtls_identity;

/// Valid from `begin` to `end`, seconds since 1970. Null if OpenSSL fails.
dtls_identity *dtls_identity_make(int64_t begin, int64_t end);
void dtls_identity_free(dtls_identity *identity);
/// Writes the 32 bytes of the certificate's SHA-256 (RFC 8122 section 5). 1 if done.
int dtls_identity_fingerprint(const dtls_identity *identity, uint8_t *fingerprint);

/// One end of a connection. It does not repeat what was lost: its datagrams are to be sent again as they are.
typedef struct dtls_end dtls_end;

/// Null if OpenSSL fails. `serves`: passive, a server; a client is for tests and for measuring. `profiles`: names by OpenSSL, a colon
/// between them, the best first. `mtu`: the longest datagram that is made. `expected`: the fingerprints that the other side's certificate
/// may have, 32 bytes each. The identity must live as long.
dtls_end *dtls_end_make(
    const dtls_identity *identity, int serves, const char *profiles, int mtu, const uint8_t *expected, size_t expected_count);
void dtls_end_free(dtls_end *end);

enum dtls_progress { dtls_pending, dtls_done, dtls_closed, dtls_failed };

/// Takes a datagram (none if `count` is 0) and goes on with the handshake, or reads what comes after it: alerts, and data, which are
/// dropped.
enum dtls_progress dtls_end_receive(dtls_end *end, const uint8_t *bytes, size_t count);

/// The next datagram to be sent, of at most `room` bytes; 0 if there is none.
size_t dtls_end_send(dtls_end *end, uint8_t *bytes, size_t room);

/// Tells the other side that this is the end (an alert that is not answered).
void dtls_end_close(dtls_end *end);

/// Whether the other side's certificate was not one of those expected.
int dtls_end_met_stranger(const dtls_end *end);
/// The bytes that a protected record has beside its content, at least: what is shorter is none.
size_t dtls_end_protection(const dtls_end *end);
/// The number of the SRTP profile that was agreed on (RFC 5764 section 4.1.2); 0 if none.
int dtls_end_profile(const dtls_end *end);
/// Keys for others under a label (RFC 5705), without a context. 1 if done.
int dtls_end_export(dtls_end *end, const char *label, uint8_t *bytes, size_t count);
/// Why it failed, in OpenSSL's words.
const char *dtls_end_error(const dtls_end *end);

// MARK: Certificates of a web server

/// Writes, in PEM and each with a zero byte behind it, a key on P-256 and a certificate that it has signed itself, valid from `begin` to
/// `end`, seconds since 1970. `names`: whom it is for, such as "DNS:localhost,IP:127.0.0.1". `room`: how many bytes each may have. 1 if
/// done.
int certificate_make(int64_t begin, int64_t end, const char *names, char *certificate, char *key, size_t room);

/// Whether the first certificate of a text in PEM is for a host name or an IP address (RFC 6125).
int certificate_is_for(const char *certificate, const char *name);

/// Whether it is signed by its own key.
int certificate_vouches_for_itself(const char *certificate);

#endif
