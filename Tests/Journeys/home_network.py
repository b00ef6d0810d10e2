"""A network of its own for a browser, as an agent has at home: one line to the server, which can be cut."""

import contextlib
import os
import stat
import subprocess

# Of the benchmarks' range (RFC 2544), which nobody routes.
SERVER, BROWSER = "198.18.77.1", "198.18.77.2"
OUTER, INNER = "cf-outer", "cf-inner"


class NotAllowed(Exception):
    """Whoever runs this may not make networks."""


class HomeNetwork:
    def __init__(self):
        try:
            self._inhabitant = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
            self._run("ip", "link", "add", OUTER, "type", "veth", "peer", "name", INNER)
            self._run("ip", "link", "set", INNER, "netns", str(self._inhabitant.pid))
            self._run("ip", "address", "add", f"{SERVER}/30", "dev", OUTER)
            self._inside("ip", "address", "add", f"{BROWSER}/30", "dev", INNER)
            self._inside("ip", "link", "set", "lo", "up")
            self._inside("ip", "link", "set", INNER, "up")
            self._run("ip", "link", "set", OUTER, "up")
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            raise NotAllowed(str(error)) from error

    def program(self, path, folder):
        """A program that starts the one at `path` in this network."""
        wrapper = os.path.join(folder, os.path.basename(path))
        with open(wrapper, "w") as file:
            file.write(f'#!/bin/sh\nexec nsenter --net=/proc/{self._inhabitant.pid}/ns/net {path} "$@"\n')
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
        self._run("nsenter", f"--net=/proc/{self._inhabitant.pid}/ns/net", *command)

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True, capture_output=True)
