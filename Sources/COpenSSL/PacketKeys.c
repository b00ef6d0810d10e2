// SHA1_Init and its like: the new interface allocates twice for each code (measured with OpenSSL 3.0), these never do.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "COpenSSL.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

// A gcm_key and a counter_key are the contexts themselves: one allocation less, and no field to keep.

static EVP_CIPHER_CTX *context(const EVP_CIPHER *cipher, const uint8_t *key, int encrypts) {
    EVP_CIPHER_CTX *made = EVP_CIPHER_CTX_new();
    if (made && EVP_CipherInit_ex(made, cipher, NULL, key, NULL, encrypts) == 1) return made;
    EVP_CIPHER_CTX_free(made);
    return NULL;
}

gcm_key *gcm_key_make(const uint8_t *key, int seals) { return (gcm_key *)context(EVP_aes_128_gcm(), key, seals ? 1 : 0); }

void gcm_key_free(gcm_key *key) { EVP_CIPHER_CTX_free((EVP_CIPHER_CTX *)key); }

// All but the tag: 1 if done.
static int gcm_pass(
    EVP_CIPHER_CTX *key, const uint8_t *iv, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *bytes,
    size_t count) {
    int written;
    if (EVP_CipherInit_ex(key, NULL, NULL, NULL, iv, -1) != 1) return 0;
    if (head_count && EVP_CipherUpdate(key, NULL, &written, head, (int)head_count) != 1) return 0;
    if (tail_count && EVP_CipherUpdate(key, NULL, &written, tail, (int)tail_count) != 1) return 0;
    return !count || EVP_CipherUpdate(key, bytes, &written, bytes, (int)count) == 1;
}

int gcm_key_seal(
    gcm_key *key, const uint8_t *iv, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *bytes,
    size_t count, uint8_t *tag) {
    EVP_CIPHER_CTX *context = (EVP_CIPHER_CTX *)key;
    uint8_t rest[16];
    int written;
    return gcm_pass(context, iv, head, head_count, tail, tail_count, bytes, count) && EVP_CipherFinal_ex(context, rest, &written) == 1
        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1;
}

int gcm_key_open(
    gcm_key *key, const uint8_t *iv, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *bytes,
    size_t count, const uint8_t *tag) {
    EVP_CIPHER_CTX *context = (EVP_CIPHER_CTX *)key;
    uint8_t rest[16];
    int written;
    return gcm_pass(context, iv, head, head_count, tail, tail_count, bytes, count)
        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, (void *)tag) == 1
        && EVP_CipherFinal_ex(context, rest, &written) == 1;
}

counter_key *counter_key_make(const uint8_t *key) { return (counter_key *)context(EVP_aes_128_ctr(), key, 1); }

void counter_key_free(counter_key *key) { EVP_CIPHER_CTX_free((EVP_CIPHER_CTX *)key); }

int counter_key_apply(counter_key *key, const uint8_t *iv, uint8_t *bytes, size_t count) {
    EVP_CIPHER_CTX *context = (EVP_CIPHER_CTX *)key;
    int written;
    if (EVP_CipherInit_ex(context, NULL, NULL, NULL, iv, -1) != 1) return 0;
    return !count || EVP_CipherUpdate(context, bytes, &written, bytes, (int)count) == 1;
}

// The state after the padded key has been hashed: two of a code's blocks are then done for ever.
struct hmac_key {
    SHA_CTX inner;
    SHA_CTX outer;
};

hmac_key *hmac_key_make(const uint8_t *key, size_t count) {
    hmac_key *made = malloc(sizeof *made);
    if (!made) return NULL;
    uint8_t block[SHA_CBLOCK] = {0};
    if (count > sizeof block) {
        SHA1(key, count, block);
    } else if (count) {
        memcpy(block, key, count);
    }
    for (size_t place = 0; place < sizeof block; place++) block[place] ^= 0x36;
    SHA1_Init(&made->inner);
    SHA1_Update(&made->inner, block, sizeof block);
    for (size_t place = 0; place < sizeof block; place++) block[place] ^= 0x36 ^ 0x5C;
    SHA1_Init(&made->outer);
    SHA1_Update(&made->outer, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
    return made;
}

void hmac_key_free(hmac_key *key) {
    if (key) OPENSSL_cleanse(key, sizeof *key);
    free(key);
}

void hmac_key_code(
    const hmac_key *key, const uint8_t *head, size_t head_count, const uint8_t *tail, size_t tail_count, uint8_t *code) {
    SHA_CTX inner = key->inner;
    SHA_CTX outer = key->outer;
    uint8_t hash[SHA_DIGEST_LENGTH];
    if (head_count) SHA1_Update(&inner, head, head_count);
    if (tail_count) SHA1_Update(&inner, tail, tail_count);
    SHA1_Final(hash, &inner);
    SHA1_Update(&outer, hash, sizeof hash);
    SHA1_Final(code, &outer);
}

int bytes_are_equal(const uint8_t *left, const uint8_t *right, size_t count) { return CRYPTO_memcmp(left, right, count) == 0; }

void bytes_erase(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }
