"""What Asterisk 22 carries: relayed calls, the same with MixMonitor, and rooms of three in ConfBridge; script/bench media.

Callers and phones are sipp, in G.711 (mu-law). The calls stand; then the processor time of Asterisk is read over ten seconds, with all its
threads. The load is how many calls or rooms the packets that were sent amount to: both phones of a call speak and hear, and whoever is in a
room.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(ROOT, "script", "bench.d")
sys.path.insert(0, os.path.join(ROOT, "Tests", "Journeys"))
sys.dont_write_bytecode = True

import crowd  # noqa: E402
import machine  # noqa: E402
from phones import AGENTS_FIXED, free_port  # noqa: E402
from seat import wait_until  # noqa: E402

PORT = 5070
MEDIA_PORTS = "16384-32767"
PHONES = 50
SECONDS = 10
WARM_UP = 3
PACKETS = 50  # a second
CALLS_PER_SECOND = 20
START_SECONDS_MAX = 60


def main():
    options = read_options()
    crowd.raise_open_files()
    everybody = [f"agent{index:03}" for index in range(1, PHONES + 1)]
    scenes = [
        ("relayed calls", everybody, options.calls, 1), ("relayed calls, each recorded", [f"recorded{who}" for who in everybody],
                                                         options.calls, 1),
        ("rooms of three", [f"room{10 + index // 3}" for index in range(3 * options.rooms)], options.rooms, 3)]
    for name, numbers, count, callers in scenes:
        with tempfile.TemporaryDirectory(prefix="callfloor-bench-") as folder:
            row = measure(options.asterisk, folder, numbers, count, callers)
        print(f"Asterisk 22: {name},{count},{row}", flush=True)


def read_options():
    parser = argparse.ArgumentParser(description="What Asterisk 22 carries.")
    parser.add_argument("--asterisk", required=True, help="the folder that script/peers/asterisk set up")
    parser.add_argument("--calls", type=int, default=150)
    parser.add_argument("--rooms", type=int, default=50)
    return parser.parse_args()


def measure(asterisk, folder, numbers, count, callers):
    """The columns `load,core %,on a core` of so many calls or rooms with so many callers each; a call has a phone besides."""
    script = os.path.join(ROOT, "script", "peers", "asterisk")
    port = free_port(AGENTS_FIXED)
    legs = 2 if callers == 1 else callers
    with contextlib.ExitStack() as running:
        subprocess.run(
            [script, "start", asterisk, "--members", str(PHONES), "--agent-port", str(port), "--agent-step", "0", "--port", str(PORT),
             "--rtp", MEDIA_PORTS], check=True, stdout=sys.stderr)
        running.callback(lambda: subprocess.run([script, "stop", asterisk], check=True, stdout=sys.stderr))
        with open(os.path.join(asterisk, "bench.pid")) as file:
            pid = int(file.read())
        running.enter_context(crowd.phones(folder, port, os.path.join(HERE, "agent.xml")))
        listed = os.path.join(folder, "numbers.csv")
        with open(listed, "w") as file:
            file.write("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
        calls = count * callers
        stay = calls // CALLS_PER_SECOND + START_SECONDS_MAX
        sipp = crowd.callers("callers", folder, f"127.0.0.1:{PORT}", [
            "-sf", os.path.join(HERE, "caller.xml"), "-d", str(stay * 1000), "-inf", listed, "-r", str(CALLS_PER_SECOND), "-m", str(calls),
            "-l", str(calls), "-timeout", f"{2 * stay}s"])
        running.callback(sipp.kill)

        def channels():
            told = subprocess.run([script, "command", asterisk, "--", "core show channels count"], check=True, capture_output=True, text=True)
            return next(int(line.split()[0]) for line in told.stdout.splitlines() if "active channel" in line)

        wait_until(lambda: channels() >= count * legs, "all calls", deadline=START_SECONDS_MAX, pause=0.5)
        time.sleep(WARM_UP)  # polling: sound is by the clock
        busy, sent, began = machine.cpu_seconds(pid), packets_sent(), time.monotonic()
        time.sleep(SECONDS)  # polling: the span that is measured
        took = time.monotonic() - began
        share = (machine.cpu_seconds(pid) - busy) / took
        # Each leg's packets are sent twice: to Asterisk, and on by it.
        load = (packets_sent() - sent) / took / (2 * PACKETS * legs)
    return f"{load:.1f},{100 * share:.1f},{int(load / share)},,,,,,"


def packets_sent():
    """UDP datagrams of this machine: sipp does not read all that it is sent, so what was received says less."""
    with open("/proc/net/snmp") as file:
        names, figures = (line.split()[1:] for line in file if line.startswith("Udp:"))
    return int(dict(zip(names, figures, strict=True))["OutDatagrams"])


main()
