"""A bad line between networks: it loses, delays and reorders datagrams by a seed.

The kernel can do the same (tc with netem), but not every kernel has it, and it takes no seed. Here each network has a tunnel device
whose other end is this program: addresses and ports stay what they are, so SIP and sound need not know. As a program it is one
process of its own (`python3 line.py …`); `Line` starts it and gives it its orders.
"""

import heapq
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Journeys"))
from carrier import open_device  # noqa: E402

# The third number of an address tells the network: 10.77.0.1 is the server.
NETWORKS = ("server", "customers", "agents")
SERVER = "10.77.0.1"
DEVICE = "line"
DATAGRAM_MAX = 65_536
READ_AT_ONCE_MAX = 64


def address(network, number):
    return f"10.77.{NETWORKS.index(network)}.{number}"


class Network:
    """A network namespace without a name; it is gone when this process is."""

    def __init__(self):
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--", "sh", "-c", "echo ready; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._holder.stdout.readline()
        self.path = f"/proc/{self._holder.pid}/ns/net"

    @property
    def entrance(self):
        """What comes before a command that is to run in it."""
        return ("nsenter", f"--net={self.path}", "--")

    def close(self):
        self._holder.stdin.close()
        self._holder.wait()
        self._holder.stdout.close()


class Line:
    """The line between this process's own network (the server's) and those of customers and agents.

    `loss` and `reorder` in per cent, `jitter` in milliseconds: a datagram is lost, or overtakes those before it, or comes
    0 to 2 × `jitter` late, as with `netem delay JITTERms JITTERms loss LOSS% reorder REORDER%`, in both directions.
    """

    def __init__(self, *, loss, jitter, reorder, seed, hosts_max):
        self.networks = {name: Network() for name in NETWORKS[1:]}
        _command("ip", "link", "set", "lo", "up")
        paths = ["/proc/self/ns/net", *(network.path for network in self.networks.values())]
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), json.dumps([loss, jitter, reorder, seed]), *paths],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            raise AssertionError("the line could not be laid (it takes root, /dev/net/tun and iproute2)")
        _command("ip", "address", "add", f"{SERVER}/16", "dev", f"{DEVICE}0")
        _command("ip", "link", "set", f"{DEVICE}0", "up")
        for index, (name, network) in enumerate(self.networks.items(), 1):
            for host in range(1, hosts_max + 1):
                _command(*network.entrance, "ip", "address", "add", f"{address(name, host)}/16", "dev", f"{DEVICE}{index}")
            _command(*network.entrance, "ip", "link", "set", "lo", "up")
            _command(*network.entrance, "ip", "link", "set", f"{DEVICE}{index}", "up")

    def cut(self, host, seconds):
        """Nothing comes from or to an address for so long."""
        self._process.stdin.write(json.dumps([host, seconds]) + "\n")
        self._process.stdin.flush()

    def close(self):
        """Ends it; returns how many datagrams were carried, lost, lost by cuts and overtaken."""
        out, _ = self._process.communicate(timeout=10)
        for network in self.networks.values():
            network.close()
        return json.loads(out)

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def _command(*words):
    subprocess.run(words, check=True)


class Carrier:
    """The process's own side: takes datagrams from all devices, sends each when its time has come."""

    def __init__(self, loss, jitter, reorder, seed, devices):
        self.loss, self.jitter, self.reorder = loss / 100, jitter / 1000, reorder / 100
        self.chance = random.Random(seed)
        self.devices = devices
        self.under_way = []
        self.taken = 0
        self.latest = {}
        self.cuts = {}
        self.counts = dict(carried=0, lost=0, cut=0, overtaken=0)

    def take(self, datagram, now):
        # IPv4 only: what devices say to each other by IPv6 is none of our business.
        if len(datagram) < 20 or datagram[0] >> 4 != 4 or datagram[18] >= len(self.devices):
            return
        way = datagram[12:20]
        if self.cuts and any(now < self.cuts.get(end, 0.0) for end in (way[:4], way[4:])):
            self.counts["cut"] += 1
        elif self.chance.random() < self.loss:
            self.counts["lost"] += 1
        else:
            late = 0.0 if self.chance.random() < self.reorder else self.chance.uniform(0, 2 * self.jitter)
            self.taken += 1
            heapq.heappush(self.under_way, (now + late, self.taken, way, datagram))

    def send(self, now):
        while self.under_way and self.under_way[0][0] <= now:
            _, number, way, datagram = heapq.heappop(self.under_way)
            if number < self.latest.get(way, 0):
                self.counts["overtaken"] += 1
            self.latest[way] = max(number, self.latest.get(way, 0))
            self.counts["carried"] += 1
            try:
                os.write(self.devices[datagram[18]], datagram)
            except BlockingIOError:
                self.counts["lost"] += 1

    def pause(self):
        """In milliseconds, rounded up: the kernel's clock for this is no finer."""
        return None if not self.under_way else max(0, int((self.under_way[0][0] - time.monotonic()) * 1000) + 1)

    def obey(self, orders):
        for line in orders.splitlines():
            host, seconds = json.loads(line)
            self.cuts[socket.inet_aton(host)] = time.monotonic() + seconds


def main():
    # Ctrl-C is for the script: it closes the line last.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loss, jitter, reorder, seed = json.loads(sys.argv[1])
    carrier = Carrier(loss, jitter, reorder, seed, [open_device(path, f"{DEVICE}{index}") for index, path in enumerate(sys.argv[2:])])
    poll = select.poll()
    orders = sys.stdin.fileno()
    for descriptor in (orders, *carrier.devices):
        poll.register(descriptor, select.POLLIN)
    print("ready", flush=True)
    while True:
        for descriptor, _ in poll.poll(carrier.pause()):
            if descriptor == orders:
                # A few short lines: a pipe hands each over whole.
                text = os.read(orders, DATAGRAM_MAX)
                if not text:
                    print(json.dumps(carrier.counts))
                    return
                carrier.obey(text.decode())
                continue
            for _ in range(READ_AT_ONCE_MAX):
                try:
                    carrier.take(os.read(descriptor, DATAGRAM_MAX), time.monotonic())
                except BlockingIOError:
                    break
        carrier.send(time.monotonic())


if __name__ == "__main__":
    main()
