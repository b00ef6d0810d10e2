"""Processor time of the server process for one call, Callfloor and Asterisk 22 in turns; script/bench calls.

Three kinds of call, with sound on every leg, that the agent's phone ends after two seconds of talk:

    plain           an agent is free at once. To Callfloor this is a queued call like any other; Asterisk does Dial(), without a queue.
    queued          all agents are busy: the caller is answered, hears music for some three seconds, then talks. Asterisk does Queue().
    queued, desks   the same while every agent's desk and a supervisor's floor are open and hear of each change. Callfloor only.

Customers and phones are sipp. A fixed number of queued calls is kept in the system, so the line neither grows nor shrinks.
"""

import argparse
import contextlib
import glob
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(ROOT, "script", "bench.d")
sys.path.insert(0, os.path.join(ROOT, "Tests", "Journeys"))
sys.dont_write_bytecode = True

import crowd  # noqa: E402
import machine  # noqa: E402
import server as journeys  # noqa: E402
from phones import AGENTS_FIXED, free_port  # noqa: E402
from seat import Client  # noqa: E402

AGENTS = 50
TALK_SECONDS = 2.0
# 50 agents with talks of two seconds serve 25 calls a second; 75 callers more wait three seconds each. Callers hang up, for agents never do
# first: each stays for his wait and his talk.
WAIT_SECONDS = 3.0
QUEUED_AT_ONCE = 125
QUEUED_PER_SECOND_MOST = 50
PLAIN_PER_SECOND = 20
MEDIA_PORTS = "16384-32767"
ASTERISK_PORT = 5070
CALLS_SECONDS_MAX = 300
COLUMNS = "who,call,calls,failed,calls a second,seconds waited,seconds talked,ms of processor a call,of it sound,log,the rest"


def main():
    options = read_options()
    crowd.raise_open_files()
    print(COLUMNS, flush=True)
    for _ in range(options.rounds):
        for measure in (callfloor,) + ((asterisk,) if options.asterisk else ()):
            with tempfile.TemporaryDirectory(prefix="callfloor-bench-") as folder:
                measure(options, folder)


def read_options():
    parser = argparse.ArgumentParser(description="Processor time of a call.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--asterisk", help="the folder that script/peers/asterisk set up")
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    journeys.BINARY = os.path.abspath(options.binary)
    return options


def callfloor(options, folder):
    phones_port = free_port(AGENTS_FIXED)
    server = journeys.Server(folder, media_ports=MEDIA_PORTS, log_level="notice")
    with contextlib.ExitStack() as running:
        running.callback(lambda: server.is_running and server.kill())
        crowd.set_up(server, AGENTS, f"{AGENTS_FIXED}:{phones_port}", wrap_up="none")
        running.enter_context(phones(folder, phones_port))
        clients = crowd.make_ready(server, AGENTS)
        numbers = dial_list(folder, [crowd.NUMBER])
        handled = 0
        for call in ("plain", "queued"):
            handled += measure("Callfloor", call, options, folder, server.sip, server.pid, numbers)
        supervisor = Client(server)
        supervisor.post("/api/session", {"login": "sofia", "password": crowd.PASSWORD})
        for client in (*clients, supervisor):
            running.enter_context(open_stream(server, client))
        handled += measure("Callfloor", "queued, desks", options, folder, server.sip, server.pid, numbers)
        # On a machine that is too busy some are refused with 503; whoever was talked to must be in the list.
        listed = sum(row["outcome"] == "handled" for row in crowd.all_contacts(supervisor))
        assert listed == handled, f"{handled} calls were handled, and {listed} stand in the contact list as such"
        server.stop()


def asterisk(options, folder):
    script = os.path.join(ROOT, "script", "peers", "asterisk")
    phones_port = free_port(AGENTS_FIXED)
    with contextlib.ExitStack() as running:
        started = [
            script, "start", options.asterisk, "--members", str(AGENTS), "--agent-port", str(phones_port), "--agent-step", "0",
            "--port", str(ASTERISK_PORT), "--rtp", MEDIA_PORTS]
        subprocess.run(started, check=True, stdout=sys.stderr)
        running.callback(lambda: subprocess.run([script, "stop", options.asterisk], check=True, stdout=sys.stderr))
        with open(os.path.join(options.asterisk, "bench.pid")) as file:
            pid = int(file.read())
        running.enter_context(phones(folder, phones_port))
        address = f"127.0.0.1:{ASTERISK_PORT}"
        everybody = [f"agent{index:03}" for index in range(1, AGENTS + 1)]
        measure("Asterisk 22", "plain", options, folder, address, pid, dial_list(folder, everybody))
        measure("Asterisk 22", "queued", options, folder, address, pid, dial_list(folder, ["bench"]))


def phones(folder, port):
    return crowd.phones(folder, port, os.path.join(HERE, "agent.xml"))


def dial_list(folder, numbers):
    path = os.path.join(folder, "numbers.csv")
    with open(path, "w") as file:
        file.write("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
    return path


@contextlib.contextmanager
def open_stream(server, client):
    """An open desk or floor: the event stream is taken and thrown away by a process that costs the server nothing."""
    request = "".join(f"{name}: {value}\r\n" for name, value in client.headers().items())
    address = urllib.parse.urlparse(server.origin).netloc
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(f"GET /api/stream HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n{request}\r\n".encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert answer.status == 200, f"GET /api/stream: {answer.status}"
    reader = subprocess.Popen(["cat"], stdin=connection, stdout=subprocess.DEVNULL)
    connection.close()
    try:
        yield
    finally:
        reader.kill()
        reader.wait()


def measure(who, call, options, folder, sip, pid, numbers):
    """Lets customers call and prints the row; returns how many calls went as they should."""
    name = f"{who}-{call}".replace(" ", "-").replace(",", "")
    rate, most = (PLAIN_PER_SECOND, AGENTS) if call == "plain" else (QUEUED_PER_SECOND_MOST, QUEUED_AT_ONCE)
    stay = TALK_SECONDS + (0 if call == "plain" else WAIT_SECONDS)
    threads, busy, began = thread_seconds(pid), machine.cpu_seconds(pid), time.monotonic()
    sipp = crowd.callers(name, folder, sip, [
        "-sf", os.path.join(HERE, "caller.xml"), "-d", str(int(stay * 1000)), "-inf", numbers,
        "-r", str(rate), "-m", str(options.calls), "-l", str(most),
        "-timeout", f"{CALLS_SECONDS_MAX}s"])
    try:
        sipp.process.wait(CALLS_SECONDS_MAX + 30)
        took = time.monotonic() - began
    finally:
        sipp.kill()
    busy = machine.cpu_seconds(pid) - busy
    calls, failed = sipp.figure("SuccessfulCall(C)"), sipp.figure("FailedCall(C)")
    assert calls, f"no call succeeded; {sipp.path('errors')}"
    threads = {kind: seconds - threads.get(kind, 0) for kind, seconds in thread_seconds(pid).items()}
    parts = [threads.get("sound"), threads.get("log")]
    parts.append(busy - sum(part or 0 for part in parts) if who == "Callfloor" else None)
    shown = ["" if part is None else f"{part / calls * 1000:.2f}" for part in parts]
    waited = max(0, seconds(sipp.text("CallLength(C)")) - TALK_SECONDS)
    print(
        f'{who},"{call}",{calls},{failed},{calls / took:.1f},{waited:.1f},{TALK_SECONDS:.1f},{busy / calls * 1000:.2f},{",".join(shown)}',
        flush=True)
    return calls


def thread_seconds(pid):
    """Processor time of the threads that carry sound and that write the log."""
    found = {}
    for folder in glob.glob(f"/proc/{pid}/task/*"):
        with contextlib.suppress(OSError):
            with open(f"{folder}/comm") as file:
                name = file.read().strip()
            with open(f"{folder}/schedstat") as file:
                ran = int(file.read().split()[0]) / 1e9
            kind = "sound" if name.startswith("media-") else "log" if name == "log writer" else "rest"
            found[kind] = found.get(kind, 0) + ran
    return found


def seconds(text):
    """sipp's 00:00:02:013000, or 00:00:02.013 as others have it."""
    hours, minutes, rest = text.split(":", 2)
    return int(hours) * 3600 + int(minutes) * 60 + float(rest.replace(":", "."))


main()
