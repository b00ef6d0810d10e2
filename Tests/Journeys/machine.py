"""What a measurement must say about the machine on which it was made."""

import datetime
import os
import re
import time


def description():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown processor")
    with open("/proc/meminfo") as file:
        kilobytes = int(re.search(r"MemTotal:\s+(\d+)", file.read())[1])
    return f"{os.cpu_count()} cores ({model}), {kilobytes / 1024 / 1024:.0f} GiB of memory, Linux {os.uname().release}"


def today():
    return datetime.date.today().isoformat()


def disk_commits(folder, count=200):
    """What the disk takes to write 4 KiB for good, the floor under every commit: p50 and p99 in words.

    A database's log is written over and over after its first growth, so both are told.
    """
    path = os.path.join(folder, "commits")
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        appended, overwritten = (_commits(descriptor, count) for _ in range(2))
    finally:
        os.close(descriptor)
        os.unlink(path)
    return f"{_percentiles(appended)} ms appended, {_percentiles(overwritten)} ms written over"


def _commits(descriptor, count):
    took = []
    for index in range(count):
        began = time.perf_counter()
        os.pwrite(descriptor, bytes(4096), index * 4096)
        os.fdatasync(descriptor)
        took.append((time.perf_counter() - began) * 1000)
    return took


def _percentiles(values):
    return f"{percentile(values, 50):.2f} / {percentile(values, 99):.2f}"


def other_load():
    """How busy the machine was with other things: its load over the last minute."""
    return f"{os.getloadavg()[0]:.1f} (processes that wanted a core, last minute)"


def percentile(values, percent):
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def cpu_seconds(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_megabytes(pid):
    """Resident memory of a process now, and at its most."""
    with open(f"/proc/{pid}/status") as file:
        text = file.read()
    return tuple(int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) / 1024 for name in ("VmRSS", "VmHWM"))


def threads(pid):
    """How many threads a process has."""
    return len(os.listdir(f"/proc/{pid}/task"))


def datagrams_dropped(address):
    """How many datagrams the kernel dropped because the UDP socket at `address` (127.0.0.1:5060) was full."""
    host, port = address.split(":")
    name = f"{int.from_bytes(map(int, host.split('.')), 'little'):08X}:{int(port):04X}"
    with open("/proc/net/udp") as file:
        return sum(int(line.split()[-1]) for line in file if line.split()[1] == name)
