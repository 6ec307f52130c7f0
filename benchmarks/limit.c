// What the link carries: SYN frames by sendmmsg(2) as fast as they go, from C, as the measure for camscan's engine.
//
// limit INTERFACE SOURCE ROUTER_MAC NETWORK ADDRESSES FRAMES PORT...
//
// The same frames as camscan sends (58 bytes, right checksums, one address and port each, the queueing discipline passed
// by), to addresses spread over the whole network. Prints frames a second. Follows packet(7), RFC 791, RFC 9293.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 1024, ROW = 64, LENGTH = 58, PORTS = 64 }; // BATCH: the kernel takes no more a call (UIO_MAXIOV)

static uint8_t frames[BATCH][ROW];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static uint16_t checksum(const uint8_t *data, int length, uint32_t sum) {
    for (int i = 0; i < length; i += 2)
        sum += (uint32_t)(data[i] << 8 | data[i + 1]);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

// Everything that is the same in all frames.
static void prepare(uint8_t *frame, const uint8_t *to, const uint8_t *from, struct in_addr source) {
    static const uint8_t ip[] = {0x45, 0, 0, LENGTH - 14, 0, 0, 0, 0, 64, IPPROTO_TCP};
    static const uint8_t tcp[] = {6 << 4, 2, 4, 0, 0, 0, 0, 0, 2, 4, 5, 0xb4};
    memcpy(frame, to, 6);
    memcpy(frame + 6, from, 6);
    frame[12] = 8;
    memcpy(frame + 14, ip, sizeof ip);
    memcpy(frame + 26, &source, 4);
    memcpy(frame + 46, tcp, sizeof tcp);
}

static void address(uint8_t *frame, uint32_t destination, uint16_t from, uint16_t to) {
    uint32_t order = htonl(destination), sequence = htonl(destination * 2654435761u ^ to);
    uint16_t ports[] = {htons(from), htons(to)};
    uint16_t none = 0;
    memcpy(frame + 30, &order, 4);
    memcpy(frame + 34, ports, 4);
    memcpy(frame + 38, &sequence, 4);
    memcpy(frame + 24, &none, 2);
    memcpy(frame + 50, &none, 2);
    uint16_t sum = checksum(frame + 14, 20, 0);
    memcpy(frame + 24, &sum, 2);
    sum = checksum(frame + 26, LENGTH - 26, IPPROTO_TCP + LENGTH - 34);
    memcpy(frame + 50, &sum, 2);
}

static int open_interface(const char *name, uint8_t *mac) {
    int descriptor = socket(AF_PACKET, SOCK_RAW, 0), on = 1;
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (descriptor < 0 || ioctl(descriptor, SIOCGIFHWADDR, &request))
        fail(name);
    memcpy(mac, request.ifr_hwaddr.sa_data, 6);
    struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    if (bind(descriptor, (struct sockaddr *)&place, sizeof place))
        fail(name);
    if (setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on))
        fail("PACKET_QDISC_BYPASS");
    return descriptor;
}

static void send_all(int descriptor, unsigned count) {
    for (unsigned at = 0; at < count;) {
        int sent = sendmmsg(descriptor, messages + at, count - at, 0);
        if (sent > 0)
            at += (unsigned)sent;
        else if (errno != ENOBUFS && errno != EAGAIN)
            fail("sendmmsg");
    }
}

int main(int count, char **words) {
    uint8_t to[6], from[6];
    struct in_addr source, network;
    if (count < 8 || count > 7 + PORTS || !inet_aton(words[2], &source) || !inet_aton(words[4], &network) ||
        sscanf(words[3], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2, to + 3, to + 4, to + 5) != 6) {
        fputs("limit INTERFACE SOURCE ROUTER_MAC NETWORK ADDRESSES FRAMES PORT...\n", stderr);
        return 2;
    }
    uint64_t addresses = strtoull(words[5], NULL, 10), total = strtoull(words[6], NULL, 10), ports = (uint64_t)count - 7;
    uint16_t numbers[PORTS];
    for (uint64_t i = 0; i < ports; i++)
        numbers[i] = (uint16_t)atoi(words[7 + i]);
    int descriptor = open_interface(words[1], from);
    for (int i = 0; i < BATCH; i++) {
        prepare(frames[i], to, from, source);
        vectors[i] = (struct iovec){.iov_base = frames[i], .iov_len = LENGTH};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = vectors + i, .msg_iovlen = 1};
    }
    uint64_t stride = (uint64_t)((double)addresses * 0.618) | 1; // odd: meets every address of a power of two
    double start = now();
    for (uint64_t sent = 0; sent < total;) {
        unsigned batch = total - sent < BATCH ? (unsigned)(total - sent) : BATCH;
        for (unsigned i = 0; i < batch; i++, sent++)
            address(frames[i], ntohl(network.s_addr) + (uint32_t)(sent / ports * stride % addresses), 61000,
                    numbers[sent % ports]);
        send_all(descriptor, batch);
    }
    printf("%.0f\n", (double)total / (now() - start));
    return 0;
}
