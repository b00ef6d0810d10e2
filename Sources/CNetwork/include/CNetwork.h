// What Swift's Glibc module lacks: batches of datagrams (recvmmsg, sendmmsg), epoll and eventfd.
// All functions that can fail return -errno.
#ifndef CNETWORK_H
#define CNETWORK_H

#include <stdint.h>

/// An IPv4 address (in the lower 32 bits of `low`) or an IPv6 address, and a port, in host order.
typedef struct {
    uint64_t high;
    uint64_t low;
    uint16_t port;
    uint16_t is_v6;
} network_address;

/// A UDP socket bound to `local`, non-blocking, closed on exec. Returns the descriptor.
int network_udp_open(network_address local, int receive_buffer, int send_buffer);

/// Buffers for datagrams that come in together, and a queue of those that go out together.
typedef struct network_batch network_batch;

/// Room for `capacity` datagrams of up to `size` bytes; null if memory is short.
network_batch *network_batch_make(int capacity, int size);
void network_batch_free(network_batch *batch);

/// Takes what waits at the socket, up to `limit` datagrams, without waiting. Returns their number, 0 if there is none.
int network_batch_receive(network_batch *batch, int descriptor, int limit);
uint8_t *network_batch_bytes(network_batch *batch, int index);
/// The length of a received datagram, -1 if it was longer than the buffer.
int network_batch_length(const network_batch *batch, int index);
network_address network_batch_source(const network_batch *batch, int index);

/// Puts bytes, which must stay where they are, behind those to be sent. Returns 0 if the queue is full.
int network_batch_stage(network_batch *batch, const uint8_t *bytes, int length);
/// Sends the queue to one place and empties it. Returns how many datagrams the kernel took.
int network_batch_send(network_batch *batch, int descriptor, network_address to);
/// Sends one datagram past the queue. Returns 1 if the kernel took it.
int network_send(int descriptor, const uint8_t *bytes, int length, network_address to);

int network_epoll_make(void);
/// Tells `token` when the descriptor can be read.
int network_epoll_add(int epoll, int descriptor, uint64_t token);
int network_epoll_remove(int epoll, int descriptor);
/// Waits up to `nanoseconds` (-1: for ever). Returns the number of tokens written.
int network_epoll_wait(int epoll, uint64_t *tokens, int capacity, int64_t nanoseconds);

int network_event_make(void);
void network_event_signal(int descriptor);
void network_event_clear(int descriptor);

/// Names the calling thread for `top` and debuggers; 15 characters count.
void network_thread_name(const char *name);
/// Asks that the calling thread runs as soon as it can (SCHED_RR); needs the right to (root, CAP_SYS_NICE, RLIMIT_RTPRIO).
int network_thread_hurry(void);

/// Kinds of DNS records, by their numbers (RFC 1035, 3596, 2782).
enum { network_dns_a = 1, network_dns_aaaa = 28, network_dns_srv = 33 };

/// A record of one of those kinds: an address, or where a service is.
typedef struct {
    uint32_t seconds;
    uint16_t priority;
    uint16_t weight;
    network_address address;
    char target[256];
} network_dns_record;

/// Asks DNS and waits, a few seconds at most: `server` if it is not null, else those of resolv.conf. Returns the length of the answer,
/// 0 if there is no such name or record, -1 if nobody answered.
int network_dns_ask(const network_address *server, const char *name, int kind, uint8_t *answer, int capacity);
/// The records of that kind in an answer; whatever is wrong with the bytes ends them. Returns how many were written.
int network_dns_read(const uint8_t *answer, int length, int kind, network_dns_record *records, int capacity);
/// The addresses that the system knows for a name, by hosts files too, and waits. Returns how many were written.
int network_host_addresses(const char *name, network_dns_record *records, int capacity);

/// Brings everything that was written to the file system of this descriptor to the disk (syncfs(2)), in one go for all files. 0 if done.
int network_sync_disk(int descriptor);

#endif
