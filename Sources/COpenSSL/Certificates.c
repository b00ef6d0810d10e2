#include "COpenSSL.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

static int add(X509 *certificate, int kind, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    int is_added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static int sign(X509 *certificate, EVP_PKEY *key, int64_t begin, int64_t end, const char *names) {
    uint64_t serial;
    X509_NAME *name = X509_get_subject_name(certificate);
    // RFC 5280 section 4.1.2.2: a serial number is never negative; browsers refuse a second certificate with the same one.
    return RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 && X509_set_version(certificate, X509_VERSION_3) == 1
        && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1
        && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"Callfloor", -1, -1, 0) == 1
        && X509_set_issuer_name(certificate, name) == 1 && ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)begin)
        && ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)end) && X509_set_pubkey(certificate, key) == 1
        // Whoever trusts it trusts this server, and not whatever else its key might sign.
        && add(certificate, NID_basic_constraints, "critical,CA:FALSE") && add(certificate, NID_key_usage, "critical,digitalSignature")
        && add(certificate, NID_ext_key_usage, "serverAuth") && add(certificate, NID_subject_alt_name, names)
        && X509_sign(certificate, key, EVP_sha256()) > 0;
}

// As a C string, its end included. 1 if there was room.
static int copy(BIO *bio, char *text, size_t room) {
    char *bytes = NULL;
    long count = BIO_get_mem_data(bio, &bytes);
    if (count <= 0 || (size_t)count >= room) return 0;
    memcpy(text, bytes, (size_t)count);
    text[count] = 0;
    return 1;
}

int certificate_make(int64_t begin, int64_t end, const char *names, char *certificate, char *key, size_t room) {
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    X509 *made = X509_new();
    BIO *first = BIO_new(BIO_s_mem());
    // Erases itself: a key was in it.
    BIO *second = BIO_new(BIO_s_secmem());
    int is_made = pair && made && first && second && sign(made, pair, begin, end, names) && PEM_write_bio_X509(first, made) == 1
        && PEM_write_bio_PrivateKey(second, pair, NULL, NULL, 0, NULL, NULL) == 1 && copy(first, certificate, room)
        && copy(second, key, room);
    BIO_free(first);
    BIO_free(second);
    X509_free(made);
    EVP_PKEY_free(pair);
    ERR_clear_error();
    return is_made;
}

// The first certificate of a text in PEM; null if there is none.
static X509 *read_first(const char *text) {
    BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return certificate;
}

int certificate_is_for(const char *certificate, const char *name) {
    X509 *read = read_first(certificate);
    int fits = read && (X509_check_ip_asc(read, name, 0) == 1 || X509_check_host(read, name, strlen(name), 0, NULL) == 1);
    X509_free(read);
    ERR_clear_error();
    return fits;
}

int certificate_vouches_for_itself(const char *certificate) {
    X509 *read = read_first(certificate);
    int does = read && X509_self_signed(read, 0) == 1;
    X509_free(read);
    ERR_clear_error();
    return does;
}
