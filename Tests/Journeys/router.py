"""A router on the way of a phone: from behind it the phone cannot be connected to, and its connections break when the router says so."""

import contextlib
import socket
import threading

# What the world sees of whoever is behind it.
OUTSIDE = "127.0.0.5"


class Router:
    """Listens at `address` and passes each connection on to `server`."""

    def __init__(self, address, server):
        host, port = server.rsplit(":", 1)
        self._server = (host, int(port))
        self._listener = socket.create_server((address, 0))
        self.address = "%s:%d" % self._listener.getsockname()
        # What it passes on, and what it only keeps open.
        self._pairs, self._forgotten = [], []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        _end(self._listener)
        self.cut()
        for outer in self._forgotten:
            outer.close()

    def cut(self):
        """Breaks all connections, on both sides."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for side in pair:
                _end(side)

    def forget(self):
        """Breaks all connections towards the phones; the server hears nothing of it."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for inner, outer in pairs:
            self._forgotten.append(outer)
            _end(inner)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                inner, _ = self._listener.accept()
                try:
                    outer = socket.create_connection(self._server, source_address=(OUTSIDE, 0))
                except OSError:
                    # The server is away.
                    inner.close()
                    continue
                pair = (inner, outer)
                with self._lock:
                    self._pairs.append(pair)
                for source, target in (pair, reversed(pair)):
                    threading.Thread(target=self._pass_on, args=(source, target, pair), daemon=True).start()

    def _pass_on(self, source, target, pair):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with self._lock:
            if pair not in self._pairs:
                return
            self._pairs.remove(pair)
        for side in pair:
            _end(side)


def _end(side):
    """Closing alone would not wake a thread that waits for something to come."""
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()
