"""What 1,000 open desks cost the server; script/bench live.

Every agent is signed in and holds the event stream of his desk, with a session and rights of his own; all are at lunch, so that customers
wait. Five customers a second call one of four queues that every desk shows, hear music for four seconds and hang up: ten changes a second
on every desk. Nothing else happens; what an agent does himself goes to his own desk only.

    desks          agents, as they are: lines are thrown together, so their streams carry at most four messages a second
    desks, floor   the same people as supervisors: each stream also carries the floor and every contact that is closed

The streams and the customers are in a process of their own (callfloor bench live). Counted is the processor time of the server's process
with all its threads, for all that happens; and for the same calls before the streams were opened. The delay is from a customer's hang-up
to his line on a desk without him, on every twentieth desk.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Tests", "Journeys"))
sys.dont_write_bytecode = True

import crowd  # noqa: E402
import server as journeys  # noqa: E402
from phones import AGENTS_FIXED, CUSTOMERS, free_port  # noqa: E402
from seat import Client  # noqa: E402

QUEUES = 4
CALLS_PER_SECOND = 5
COLUMNS = (
    "who,streams,changes a second,messages a second in a stream fewest,mean,most,KiB a second in a stream,% of a core,"
    "the same calls without streams,hang-up to desk ms p50,p99,worst,KiB of memory a stream,hang-ups not seen,messages a second by kind")


def main():
    parser = argparse.ArgumentParser(description="What open desks cost.")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--desks", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    journeys.BINARY = os.path.abspath(options.binary)
    crowd.raise_open_files()
    print(COLUMNS, flush=True)
    with tempfile.TemporaryDirectory(prefix="callfloor-bench-") as folder:
        server = journeys.Server(folder, log_level="notice")
        try:
            measure(server, options, folder)
            server.stop()
        finally:
            if server.is_running:
                server.kill()


def measure(server, options, folder):
    set_up(server, options.desks)
    cookies = os.path.join(folder, "cookies")
    with open(os.open(cookies, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.writelines(f"{client.cookie}\n" for client in sign_in(server, options.desks))
    for role, label in (("agent", "desks"), ("supervisor", "desks and floor")):
        server.apply(users(range(options.desks), f"role: {role}"))
        for _ in range(options.rounds):
            bench = [
                journeys.BINARY, "bench", "live", "--process", str(server.pid), "--http", server.origin.removeprefix("http://"),
                "--sip", server.sip, "--callers", f"{CUSTOMERS}:{free_port(CUSTOMERS)}", "--cookies", cookies,
                "--calls", str(CALLS_PER_SECOND), "--seconds", str(options.seconds), "--label", label,
                "--numbers", *(number(index) for index in range(QUEUES))]
            subprocess.run(bench, check=True, timeout=options.seconds + 300)


def number(index):
    return f"+44207946010{index}"


def set_up(server, desks):
    queues = ", ".join(f"q{index}: {{name: Line {index + 1}}}" for index in range(QUEUES))
    points = ", ".join(f'"{number(index)}": {{queue: q{index}}}' for index in range(QUEUES))
    phones = "\n".join(f'  "{1001 + index}": {{address: "{AGENTS_FIXED}:7001"}}' for index in range(desks))
    server.apply(f"""
callfloor: 1
reasons:
  lunch: {{name: Lunch}}
  training: {{name: Training}}
  meeting: {{name: Meeting}}
trunks:
  provider: {{addresses: [{CUSTOMERS}]}}
phones:
{phones}
projects:
  crowd: {{name: Crowd, timeZone: Europe/London, queues: {{{queues}}}, entryPoints: {{{points}}}}}
""")
    # In parts: each password takes its time, by design.
    for first in range(0, desks, crowd.USERS_AT_ONCE):
        server.apply(users(range(first, min(first + crowd.USERS_AT_ONCE, desks)), f"password: {crowd.PASSWORD}"))


def users(indices, more):
    profile = ", ".join(f"q{index}: {{}}" for index in range(QUEUES))
    lines = "\n".join(
        f'  agent{index}: {{name: Agent {index}, projects: [crowd], phone: "{1001 + index}", queues: {{{profile}}}, {more}}}'
        for index in indices)
    return f"callfloor: 1\nusers:\n{lines}\n"


def sign_in(server, desks):
    def at_lunch(index):
        client = Client(server)
        client.post("/api/session", {"login": f"agent{index}", "password": crowd.PASSWORD})
        lunch = client.get("/api/desk")["reasons"][0]["id"]
        client.put("/api/desk/presence", {"state": "notReady", "reason": lunch})
        return client

    # Two at once: more would only wait for a core to compute their password's hash.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(at_lunch, range(desks)))


main()
