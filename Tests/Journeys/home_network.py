"""A network of its own for a browser, as an agent has at home: one line to the server, which can be cut, or loses what it carries."""

import contextlib
import json
import os
import random
import stat
import subprocess
import sys

from phones import WORKER

# Of the benchmarks' range (RFC 2544), which nobody routes; tests that run side by side have networks of their own.
SERVER, BROWSER = f"198.18.{77 + WORKER}.1", f"198.18.{77 + WORKER}.2"
# Of the server behind a router that makes it known as `SERVER`.
INNER_SERVER = f"198.19.{77 + WORKER}.1"
# Of nobody else's (RFC 4193).
SERVER_6, BROWSER_6, CUSTOMERS_6, AGENTS_6 = (f"fd77:{WORKER + 1:x}::{number}" for number in range(1, 5))
OUTER, INNER = f"cf-outer{WORKER}", f"cf-inner{WORKER}"
CARRIER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "carrier.py")


class NotAllowed(Exception):
    """Whoever runs this may not make networks."""


class HomeNetwork:
    """With IPv4 and IPv6."""

    def __init__(self):
        try:
            self._inhabitant = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
            self._wait_for_network()
            self._connect()
            self._inside("ip", "link", "set", "lo", "up")
            # An address of the line's own would come a second or two later: to a browser that is another network, and it gives up what
            # it loads.
            self._inside("ip", "link", "set", INNER, "addrgenmode", "none")
            self._inside("ip", "link", "set", INNER, "up")
            self._run("ip", "link", "set", OUTER, "up")
            self._route()
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            raise NotAllowed(str(error)) from error

    def _wait_for_network(self):
        """`unshare` takes a moment until its network is its own."""
        ours = os.readlink("/proc/self/ns/net")
        while os.readlink(self._path) == ours:
            if self._inhabitant.poll() is not None:
                raise OSError("unshare was not allowed")

    @property
    def _path(self):
        return f"/proc/{self._inhabitant.pid}/ns/net"

    def _connect(self):
        self._run("ip", "link", "add", OUTER, "type", "veth", "peer", "name", INNER)
        self._run("ip", "link", "set", INNER, "netns", str(self._inhabitant.pid))
        self._run("ip", "address", "add", f"{SERVER}/30", "dev", OUTER)
        self._inside("ip", "address", "add", f"{BROWSER}/30", "dev", INNER)
        for address in (SERVER_6, CUSTOMERS_6, AGENTS_6):
            self._run("ip", "address", "add", f"{address}/64", "dev", OUTER, "nodad")
        self._inside("ip", "address", "add", f"{BROWSER_6}/64", "dev", INNER, "nodad")

    def _route(self):
        """Everybody is a neighbour."""

    def program(self, path, folder):
        """A program that starts the one at `path` in this network."""
        wrapper = os.path.join(folder, os.path.basename(path))
        with open(wrapper, "w") as file:
            file.write(f'#!/bin/sh\nexec nsenter --net={self._path} {path} "$@"\n')
        os.chmod(wrapper, os.stat(wrapper).st_mode | stat.S_IXUSR)
        return wrapper

    @contextlib.contextmanager
    def cut(self):
        """As long as this lasts the line is dead."""
        self._run("ip", "link", "set", OUTER, "down")
        try:
            yield
        finally:
            self._run("ip", "link", "set", OUTER, "up")

    def close(self):
        with contextlib.suppress(AttributeError):
            # The line goes with the network.
            self._inhabitant.kill()
            self._inhabitant.wait()
        subprocess.run(["ip", "link", "delete", OUTER], check=False, capture_output=True)

    def _inside(self, *command):
        self._run("nsenter", f"--net={self._path}", *command)

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True, capture_output=True)


class FarNetwork(HomeNetwork):
    """With a line that can be told to lose datagrams, and where the server is `own` on its side of a router and `SERVER` on the browser's."""

    def __init__(self, own=SERVER):
        self.own = own
        self.seed = random.randrange(1_000_000)
        print(f"a line with the seed {self.seed}")
        super().__init__()

    def _connect(self):
        plan = json.dumps(["/proc/self/ns/net", OUTER, self._path, INNER, self.own, SERVER, self.seed])
        self._carrier = subprocess.Popen([sys.executable, CARRIER, plan], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._carrier.stdout.readline() != "ready\n":
            raise OSError("the line could not be laid: it takes /dev/net/tun")
        self._run("ip", "address", "add", f"{self.own}/32", "dev", OUTER)
        self._inside("ip", "address", "add", f"{BROWSER}/32", "dev", INNER)

    def _route(self):
        self._run("ip", "route", "add", BROWSER, "dev", OUTER)
        # What it sends to an address that nobody has gets lost on the way, as anywhere.
        self._inside("ip", "route", "add", "default", "dev", INNER)

    def lose(self, share):
        """From now on so many of the datagrams get lost, in both directions."""
        self._carrier.stdin.write(json.dumps({"loss": share}) + "\n")
        self._carrier.stdin.flush()
        assert self._carrier.stdout.readline() == "done\n"

    def close(self):
        super().close()
        with contextlib.suppress(AttributeError):
            self._carrier.communicate(timeout=10)
