"""The line of a home in user space, between two networks: it loses datagrams, and a router at its end knows the server by another address.

The kernel can do both (netem, nftables), but not every kernel does. Each network has a tunnel device whose other end is this program.
Started by home_network.py; takes orders as lines of JSON.
"""

import ctypes
import fcntl
import json
import os
import random
import select
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
PACKET_MAX = 65_536
TCP, UDP = 6, 17
# Where the checksum stands that covers the addresses too (RFC 9293 section 3.1, RFC 768).
CHECKSUM_AT = {TCP: 16, UDP: 6}
SOURCE, TARGET = slice(12, 16), slice(16, 20)


def open_device(path, name):
    """A tunnel device in the network at `path`; it stays there when this process goes on to the next."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


class Carrier:
    """Knows the server as `own` on its side and as `public` on the other; both the same: without a router."""

    def __init__(self, own, public, seed):
        self.own, self.public = socket.inet_aton(own), socket.inet_aton(public)
        self.chance = random.Random(seed)
        # Of datagrams, in both directions.
        self.loss = 0.0

    def to_server(self, packet):
        """What arrives there, if anything does."""
        return None if self._is_lost(packet) or packet[TARGET] != self.public else readdressed(packet, TARGET, self.own)

    def from_server(self, packet):
        return None if self._is_lost(packet) or packet[SOURCE] != self.own else readdressed(packet, SOURCE, self.public)

    def _is_lost(self, packet):
        # IPv4 only: what devices say to each other by IPv6 is none of our business.
        return len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] == UDP and self.chance.random() < self.loss


def readdressed(packet, place, address):
    """The packet with another address at a place, and with checksums for that."""
    before = packet[place]
    if before == address:
        return packet
    changed = bytearray(packet)
    changed[place] = address
    payload = (packet[0] & 15) * 4
    places = [10]
    if packet[9] in CHECKSUM_AT:
        places.append(payload + CHECKSUM_AT[packet[9]])
    for at in places:
        # A datagram need not have one.
        if changed[at:at + 2] not in (b"", b"\0\0"):
            changed[at:at + 2] = corrected(changed[at:at + 2], before, address)
    return bytes(changed)


def corrected(checksum, before, after):
    """A checksum after a change of what it covers (RFC 1624 section 3)."""
    total = ~struct.unpack("!H", checksum)[0] & 0xFFFF
    for old, new in zip(struct.unpack("!2H", before), struct.unpack("!2H", after), strict=True):
        total += (~old & 0xFFFF) + new
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def main():
    server_path, server_device, home_path, home_device, own, public, seed = json.loads(sys.argv[1])
    carrier = Carrier(own, public, seed)
    server, home = open_device(server_path, server_device), open_device(home_path, home_device)
    ways = {server: (home, carrier.from_server), home: (server, carrier.to_server)}
    orders = sys.stdin.fileno()
    print("ready", flush=True)
    while True:
        for descriptor in select.select([orders, server, home], [], [])[0]:
            if descriptor == orders:
                # Short lines, one at a time: a pipe hands each over whole.
                line = os.read(orders, PACKET_MAX)
                if not line:
                    return
                carrier.loss = json.loads(line)["loss"]
                print("done", flush=True)
                continue
            other, carry = ways[descriptor]
            arrived = carry(os.read(descriptor, PACKET_MAX))
            if arrived:
                os.write(other, arrived)


if __name__ == "__main__":
    main()
