#define _GNU_SOURCE
#include "CNetwork.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>

// One question: two tries of two seconds for each server.
#define RETRANS_SECONDS 2
#define RETRIES 2

int network_dns_ask(const network_address *server, const char *name, int kind, uint8_t *answer, int capacity) {
    // A state of its own for each question: nothing is shared between threads, and resolv.conf is read anew.
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) < 0) return -1;
    state.retrans = RETRANS_SECONDS;
    state.retry = RETRIES;
    if (server && !server->is_v6) {
        memset(&state.nsaddr_list[0], 0, sizeof state.nsaddr_list[0]);
        state.nsaddr_list[0].sin_family = AF_INET;
        state.nsaddr_list[0].sin_port = htons(server->port);
        state.nsaddr_list[0].sin_addr.s_addr = htonl((uint32_t)server->low);
        state.nscount = 1;
    }
    int length = res_nquery(&state, name, ns_c_in, kind, answer, capacity);
    int error = state.res_h_errno;
    res_nclose(&state);
    if (length >= 0) return length < capacity ? length : capacity;
    return error == HOST_NOT_FOUND || error == NO_DATA ? 0 : -1;
}

static uint64_t word(const uint8_t *bytes) {
    uint64_t value = 0;
    for (int index = 0; index < 8; index++) value = value << 8 | bytes[index];
    return value;
}

int network_dns_read(const uint8_t *answer, int length, int kind, network_dns_record *records, int capacity) {
    ns_msg message;
    if (length <= 0 || ns_initparse(answer, length, &message) < 0) return 0;
    int count = 0;
    for (int index = 0; index < ns_msg_count(message, ns_s_an) && count < capacity; index++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, index, &record) < 0) break;
        // Aliases stand before what they lead to.
        if ((int)ns_rr_type(record) != kind || ns_rr_class(record) != ns_c_in) continue;
        const uint8_t *data = ns_rr_rdata(record);
        network_dns_record *result = &records[count];
        memset(result, 0, sizeof *result);
        result->seconds = ns_rr_ttl(record);
        switch (kind) {
        case network_dns_a:
            if (ns_rr_rdlen(record) != 4) continue;
            result->address.low = ns_get32(data);
            break;
        case network_dns_aaaa:
            if (ns_rr_rdlen(record) != 16) continue;
            result->address.is_v6 = 1;
            result->address.high = word(data);
            result->address.low = word(data + 8);
            break;
        case network_dns_srv:
            if (ns_rr_rdlen(record) < 7) continue;
            result->priority = (uint16_t)ns_get16(data);
            result->weight = (uint16_t)ns_get16(data + 2);
            result->address.port = (uint16_t)ns_get16(data + 4);
            if (ns_name_uncompress(answer, answer + length, data + 6, result->target, sizeof result->target) < 0) continue;
            break;
        default: return 0;
        }
        count++;
    }
    return count;
}

int network_host_addresses(const char *name, network_dns_record *records, int capacity) {
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list = NULL;
    if (getaddrinfo(name, NULL, &hints, &list) != 0) return 0;
    int count = 0;
    for (struct addrinfo *item = list; item && count < capacity; item = item->ai_next) {
        network_dns_record *result = &records[count];
        memset(result, 0, sizeof *result);
        if (item->ai_family == AF_INET) {
            result->address.low = ntohl(((struct sockaddr_in *)item->ai_addr)->sin_addr.s_addr);
        } else if (item->ai_family == AF_INET6) {
            const uint8_t *bytes = ((struct sockaddr_in6 *)item->ai_addr)->sin6_addr.s6_addr;
            result->address.is_v6 = 1;
            result->address.high = word(bytes);
            result->address.low = word(bytes + 8);
        } else {
            continue;
        }
        count++;
    }
    freeaddrinfo(list);
    return count;
}
