#define _GNU_SOURCE
#include "CNetwork.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

// Tokens fetched from epoll in one call.
#define EVENTS_MAX 256

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_address;

struct network_batch {
    int capacity;
    int size;
    int staged;
    struct mmsghdr *in;
    struct iovec *in_parts;
    socket_address *sources;
    struct mmsghdr *out;
    struct iovec *out_parts;
    uint8_t *bytes;
};

static socklen_t to_socket_address(network_address address, socket_address *result) {
    memset(result, 0, sizeof *result);
    if (address.is_v6) {
        result->v6.sin6_family = AF_INET6;
        result->v6.sin6_port = htons(address.port);
        for (int index = 0; index < 8; index++) {
            result->v6.sin6_addr.s6_addr[index] = (uint8_t)(address.high >> (56 - 8 * index));
            result->v6.sin6_addr.s6_addr[index + 8] = (uint8_t)(address.low >> (56 - 8 * index));
        }
        return sizeof result->v6;
    }
    result->v4.sin_family = AF_INET;
    result->v4.sin_port = htons(address.port);
    result->v4.sin_addr.s_addr = htonl((uint32_t)address.low);
    return sizeof result->v4;
}

static network_address from_socket_address(const socket_address *address) {
    network_address result = {0, 0, 0, 0};
    if (address->any.sa_family == AF_INET6) {
        for (int index = 0; index < 8; index++) {
            result.high = result.high << 8 | address->v6.sin6_addr.s6_addr[index];
            result.low = result.low << 8 | address->v6.sin6_addr.s6_addr[index + 8];
        }
        result.port = ntohs(address->v6.sin6_port);
        result.is_v6 = 1;
        // A socket at [::] shows an IPv4 sender as ::ffff:a.b.c.d (RFC 4291 2.5.5.2); Linux sends from there to a plain IPv4 address, too.
        if (result.high == 0 && result.low >> 32 == 0xFFFF) {
            result.low &= 0xFFFFFFFF;
            result.is_v6 = 0;
        }
    } else {
        result.low = ntohl(address->v4.sin_addr.s_addr);
        result.port = ntohs(address->v4.sin_port);
    }
    return result;
}

int network_udp_open(network_address local, int receive_buffer, int send_buffer) {
    int descriptor = socket(local.is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (receive_buffer > 0) setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (send_buffer > 0) setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    // RFC 4594: voice is marked for expedited forwarding (46), so that routers which care send it first.
    int class = 46 << 2;
    if (local.is_v6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
    else setsockopt(descriptor, IPPROTO_IP, IP_TOS, &class, sizeof class);
    socket_address address;
    socklen_t length = to_socket_address(local, &address);
    if (bind(descriptor, &address.any, length) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

network_batch *network_batch_make(int capacity, int size) {
    if (capacity < 1 || size < 1) return NULL;
    network_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return NULL;
    size_t count = (size_t)capacity;
    batch->capacity = capacity;
    batch->size = size;
    batch->in = calloc(count, sizeof *batch->in);
    batch->in_parts = calloc(count, sizeof *batch->in_parts);
    batch->sources = calloc(count, sizeof *batch->sources);
    batch->out = calloc(count, sizeof *batch->out);
    batch->out_parts = calloc(count, sizeof *batch->out_parts);
    batch->bytes = calloc(count, (size_t)size);
    if (!batch->in || !batch->in_parts || !batch->sources || !batch->out || !batch->out_parts || !batch->bytes) {
        network_batch_free(batch);
        return NULL;
    }
    for (int index = 0; index < capacity; index++) {
        batch->in_parts[index].iov_base = batch->bytes + (size_t)index * (size_t)size;
        batch->in_parts[index].iov_len = (size_t)size;
        batch->in[index].msg_hdr.msg_iov = &batch->in_parts[index];
        batch->in[index].msg_hdr.msg_iovlen = 1;
        batch->in[index].msg_hdr.msg_name = &batch->sources[index];
        batch->out[index].msg_hdr.msg_iov = &batch->out_parts[index];
        batch->out[index].msg_hdr.msg_iovlen = 1;
    }
    return batch;
}

void network_batch_free(network_batch *batch) {
    if (!batch) return;
    free(batch->in);
    free(batch->in_parts);
    free(batch->sources);
    free(batch->out);
    free(batch->out_parts);
    free(batch->bytes);
    free(batch);
}

int network_batch_receive(network_batch *batch, int descriptor, int limit) {
    int count = limit < batch->capacity ? limit : batch->capacity;
    for (int index = 0; index < count; index++) batch->in[index].msg_hdr.msg_namelen = sizeof *batch->sources;
    int received;
    do {
        received = recvmmsg(descriptor, batch->in, (unsigned)count, MSG_DONTWAIT, NULL);
    } while (received < 0 && errno == EINTR);
    if (received >= 0) return received;
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
}

uint8_t *network_batch_bytes(network_batch *batch, int index) {
    return batch->bytes + (size_t)index * (size_t)batch->size;
}

int network_batch_length(const network_batch *batch, int index) {
    return batch->in[index].msg_hdr.msg_flags & MSG_TRUNC ? -1 : (int)batch->in[index].msg_len;
}

network_address network_batch_source(const network_batch *batch, int index) {
    return from_socket_address(&batch->sources[index]);
}

int network_batch_stage(network_batch *batch, const uint8_t *bytes, int length) {
    if (batch->staged >= batch->capacity || length < 0) return 0;
    batch->out_parts[batch->staged].iov_base = (void *)(uintptr_t)bytes;
    batch->out_parts[batch->staged].iov_len = (size_t)length;
    batch->staged++;
    return 1;
}

int network_batch_send(network_batch *batch, int descriptor, network_address to) {
    int count = batch->staged;
    batch->staged = 0;
    socket_address address;
    socklen_t length = to_socket_address(to, &address);
    for (int index = 0; index < count; index++) {
        batch->out[index].msg_hdr.msg_name = &address;
        batch->out[index].msg_hdr.msg_namelen = length;
    }
    int sent = 0;
    int attempts = 0;
    while (sent < count) {
        int taken = sendmmsg(descriptor, batch->out + sent, (unsigned)(count - sent), MSG_DONTWAIT);
        if (taken > 0) {
            sent += taken;
        } else if (errno != EINTR && (errno != ECONNREFUSED || ++attempts > 1)) {
            // ECONNREFUSED reports that an earlier datagram found no listener, once; this one was not tried.
            break;
        }
    }
    return sent;
}

int network_send(int descriptor, const uint8_t *bytes, int length, network_address to) {
    socket_address address;
    socklen_t room = to_socket_address(to, &address);
    // As above: ECONNREFUSED is about an earlier datagram.
    for (int attempts = 0; attempts < 2; attempts++) {
        ssize_t sent;
        do {
            sent = sendto(descriptor, bytes, (size_t)length, MSG_DONTWAIT, &address.any, room);
        } while (sent < 0 && errno == EINTR);
        if (sent >= 0) return 1;
        if (errno != ECONNREFUSED) return 0;
    }
    return 0;
}

int network_epoll_make(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? -errno : epoll;
}

int network_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0 ? -errno : 0;
}

int network_epoll_remove(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL) < 0 ? -errno : 0;
}

int network_epoll_wait(int epoll, uint64_t *tokens, int capacity, int64_t nanoseconds) {
    struct epoll_event events[EVENTS_MAX];
    int limit = capacity < EVENTS_MAX ? capacity : EVENTS_MAX;
    // epoll_wait knows milliseconds only: a tick would come up to one too late.
    struct timespec span = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = epoll_pwait2(epoll, events, limit, nanoseconds < 0 ? NULL : &span, NULL);
    // Before Linux 5.11, and in containers that answer so for whatever they do not know.
    if (count < 0 && (errno == ENOSYS || errno == EPERM))
        count = epoll_wait(epoll, events, limit, nanoseconds < 0 ? -1 : (int)((nanoseconds + 999999) / 1000000));
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int index = 0; index < count; index++) tokens[index] = events[index].data.u64;
    return count;
}

int network_event_make(void) {
    int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

void network_event_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written;
    do {
        written = write(descriptor, &one, sizeof one);
    } while (written < 0 && errno == EINTR);
}

void network_event_clear(int descriptor) {
    uint64_t count;
    ssize_t got;
    do {
        got = read(descriptor, &count, sizeof count);
    } while (got < 0 && errno == EINTR);
}

void network_thread_name(const char *name) {
    char text[16];
    strncpy(text, name, sizeof text - 1);
    text[sizeof text - 1] = 0;
    pthread_setname_np(pthread_self(), text);
}

int network_thread_hurry(void) {
    struct sched_param parameters = {.sched_priority = sched_get_priority_min(SCHED_RR)};
    return -pthread_setschedparam(pthread_self(), SCHED_RR, &parameters);
}

int network_sync_disk(int descriptor) { return syncfs(descriptor); }
