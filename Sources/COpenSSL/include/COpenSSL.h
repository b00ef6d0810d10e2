// What a browser's call needs of OpenSSL (libcrypto, libssl 3.0), without its macros and variadics. Every key and session belongs to
// one thread at a time.
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

#endif
