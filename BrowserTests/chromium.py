"""Which Chromium the tests look through."""

import os


def chromium():
    """The browser as people have it, with leave to be given for a microphone."""
    return os.environ.get("CHROMIUM", "/usr/bin/chromium")


def shell():
    """Its engine without the window around it, which costs twice as much as a page: for screens, and for nothing that is heard."""
    path = "/usr/lib/chromium/chromium-headless-shell"
    return path if "CHROMIUM" not in os.environ and os.path.exists(path) else chromium()
