// Sends datagrams at a steady rate to one address and counts what comes back; compiled by script/hostility.
//
//     flood KIND FROM SOURCES TO FIRST_PORT LAST_PORT RATE SECONDS NUMBER
//
// KIND: register, invite, garbage. FROM: the first of SOURCES consecutive addresses of 127.0.0.0/8 that send in turn. The ports of TO
// take turns too. Prints "SENT ANSWERED": the datagrams of each direction.

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOURCES_MAX = 256, BYTES_MAX = 1400, STEPS_PER_SECOND = 500 };

static uint64_t chance_state = 88172645463325252u;

// xorshift64: the same bytes in every run.
static uint64_t chance(void) {
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return chance_state;
}

static int written(char *bytes, const char *kind, const char *from, int port, const char *to, const char *number, long count) {
    static const char *body =
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
    if (!strcmp(kind, "garbage")) {
        int length = 1 + (int)(chance() % BYTES_MAX);
        for (int place = 0; place < length; place++) bytes[place] = (char)chance();
        // Every other one begins like RTP, STUN or SIP, so that it gets further than the first look.
        switch (chance() % 6) {
            case 0: bytes[0] = (char)0x80; break;
            case 1: memcpy(bytes, "\0\1\0\0\x21\x12\xa4\x42", length < 8 ? (size_t)length : 8); break;
            case 2: memcpy(bytes, "INVITE sip:", length < 11 ? (size_t)length : 11); break;
            default: break;
        }
        return length;
    }
    int is_invite = !strcmp(kind, "invite");
    return snprintf(
        bytes, BYTES_MAX,
        "%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;rport;branch=z9hG4bK%lx\r\nMax-Forwards: 70\r\nFrom: <sip:%ld@%s>;tag=%lx\r\n"
        "To: <sip:%s@%s>\r\nCall-ID: %lx@%s\r\nCSeq: 1 %s\r\nContact: <sip:%ld@%s:%d>\r\n%sContent-Length: %zu\r\n\r\n%s",
        is_invite ? "INVITE" : "REGISTER", is_invite ? number : "", to, from, port, count, count % 2000, from, count, number, to, count, from,
        is_invite ? "INVITE" : "REGISTER", count % 2000, from, port, is_invite ? "Content-Type: application/sdp\r\n" : "",
        is_invite ? strlen(body) : 0, is_invite ? body : "");
}

int main(int count, char **arguments) {
    if (count != 10) return fprintf(stderr, "flood KIND FROM SOURCES TO FIRST_PORT LAST_PORT RATE SECONDS NUMBER\n"), 2;
    const char *kind = arguments[1], *to = arguments[4], *number = arguments[9];
    int sources = atoi(arguments[3]), first = atoi(arguments[5]), last = atoi(arguments[6]);
    double rate = atof(arguments[7]), seconds = atof(arguments[8]);
    if (sources < 1 || sources > SOURCES_MAX || last < first) return 2;
    static int sockets[SOURCES_MAX], ports[SOURCES_MAX];
    static char names[SOURCES_MAX][INET_ADDRSTRLEN];
    for (int index = 0; index < sources; index++) {
        struct sockaddr_in own = {.sin_family = AF_INET};
        own.sin_addr.s_addr = htonl(ntohl(inet_addr(arguments[2])) + (uint32_t)index);
        sockets[index] = socket(AF_INET, SOCK_DGRAM, 0);
        socklen_t length = sizeof own;
        if (sockets[index] < 0 || bind(sockets[index], (struct sockaddr *)&own, length)) return perror("bind"), 1;
        getsockname(sockets[index], (struct sockaddr *)&own, &length);
        fcntl(sockets[index], F_SETFL, O_NONBLOCK);
        ports[index] = ntohs(own.sin_port);
        inet_ntop(AF_INET, &own.sin_addr, names[index], sizeof names[index]);
    }
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    long sent = 0, answered = 0, made = 0;
    static char bytes[BYTES_MAX + 1], heard[65536];
    for (long step = 1; step <= (long)(seconds * STEPS_PER_SECOND); step++) {
        while (made < (long)(rate * (double)step / STEPS_PER_SECOND)) {
            int index = (int)(made % sources), port = first + (int)(made % (last - first + 1));
            int length = written(bytes, kind, names[index], ports[index], to, number, ++made);
            struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = inet_addr(to)};
            if (sendto(sockets[index], bytes, (size_t)length, 0, (struct sockaddr *)&target, sizeof target) == length) sent++;
        }
        for (int index = 0; index < sources; index++) {
            while (recv(sockets[index], heard, sizeof heard, 0) > 0) answered++;
        }
        next.tv_nsec += 1000000000 / STEPS_PER_SECOND;
        if (next.tv_nsec >= 1000000000) next.tv_sec++, next.tv_nsec -= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    printf("%ld %ld\n", sent, answered);
    return 0;
}
