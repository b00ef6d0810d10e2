"""Many customers and many phones at once, by sipp; for script/load, script/bench, script/durability,
script/hostility and script/soak."""

import concurrent.futures
import contextlib
import csv
import glob
import os
import resource
import signal
import subprocess

from phones import AGENTS_FIXED, CUSTOMERS, free_port
from seat import Client
from server import ROOT

NUMBER = "+442079460100"
PASSWORD = "crowd-password"
USERS_AT_ONCE = 20
CUSTOMER = os.path.join(ROOT, "script", "load.d", "customer.xml")
# How long a customer talks, in milliseconds.
TALK = (1000, 2000)
TALK_LINE = '<pause distribution="uniform" min="{}" max="{}"/>'
# Two sides with sound and control each, sipp's own sockets, and the database.
OPEN_FILES_WANTED = 16_384


def raise_open_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES_WANTED)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def set_up(server, agents, phones, wrap_up):
    """One queue, so many agents whose phones share the address `phones`, and a supervisor."""
    phone_lines = "\n".join(f'  "{1001 + index}": {{address: "{phones}"}}' for index in range(agents))
    server.apply(f"""
callfloor: 1
reasons:
  break: {{name: Break}}
trunks:
  provider: {{addresses: [{CUSTOMERS}]}}
phones:
{phone_lines}
projects:
  crowd:
    name: Crowd
    timeZone: Europe/London
    language: en
    queues:
      all: {{name: All, ringTimeout: 20, wrapUp: {wrap_up}}}
    entryPoints:
      "{NUMBER}": {{queue: all}}
    dispositions:
      - {{key: solved, name: Solved}}
      - {{key: open, name: Not solved yet}}
users:
  sofia: {{name: Sofia Rossi, password: {PASSWORD}, role: supervisor, projects: [crowd]}}
""")
    # In parts: each password takes its time, by design.
    for first in range(0, agents, USERS_AT_ONCE):
        user_lines = "\n".join(
            f'  agent{index}: {{name: Agent {index}, password: {PASSWORD}, role: agent, projects: [crowd], phone: "{1001 + index}", '
            "queues: {all: {}}}" for index in range(first, min(first + USERS_AT_ONCE, agents)))
        server.apply(f"callfloor: 1\nusers:\n{user_lines}\n")


def make_ready(server, agents):
    """All agents sign in and are ready; returns their clients."""

    def ready(index):
        client = Client(server)
        client.post("/api/session", {"login": f"agent{index}", "password": PASSWORD})
        client.put("/api/desk/presence", {"state": "ready", "reason": None})
        return client

    # Two at once: more would only wait for a core to compute their password's hash.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(ready, range(agents)))


class Sipp:
    """A sipp process in `folder`, its files called `name`."""

    def __init__(self, name, folder, arguments):
        self.name = name
        self.folder = folder
        common = ["-nostdin", "-trace_err", "-error_file", self.path("errors"), "-trace_stat", "-fd", "1", "-stf", self.path("csv")]
        with open(self.path("out"), "wb") as out:
            self.process = subprocess.Popen(
                ["sipp", *arguments, *common], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def path(self, suffix):
        return os.path.join(self.folder, f"{self.name}.{suffix}")

    def figure(self, name):
        """A figure of sipp's last line of statistics, such as FailedCall(C)."""
        return int(self.text(name))

    def text(self, name):
        with open(self.path("csv"), newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))[-1][name]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def phones(folder, port, scenario=None, options=()):
    """All agents' phones: they ring, answer at once and send back what they hear. `scenario`: a file of another behaviour."""
    behaviour = ["-sf", scenario] if scenario else ["-sn", "uas"]
    sipp = Sipp("phones", folder, [
        *behaviour, *options, "-i", AGENTS_FIXED, "-p", str(port), "-mi", AGENTS_FIXED, "-mp", _media_port(AGENTS_FIXED), "-rtp_echo"])
    try:
        yield sipp
    finally:
        sipp.kill()


def end(sipp, seconds_max=15):
    """Lets phones or customers end their calls and begin none; returns how many of all their calls failed."""
    sipp.process.send_signal(signal.SIGUSR1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        sipp.process.wait(seconds_max)
    return sipp.figure("FailedCall(C)")


@contextlib.contextmanager
def customers(folder, sip, *, calls, rate, group, seconds_max, talk=TALK, at_once=None, template=CUSTOMER):
    """So many customers call at this rate, `at_once` at most, and talk for one to two seconds, or as long as `talk` says.

    Their numbers are +995, `group`, and 1, 2, 3 … `template` is the scenario, in which the talk's length is put.
    """
    name = f"customers-{group}"
    scenario = os.path.join(folder, f"{name}.xml")
    with open(template) as file:
        text = file.read()
    if talk != TALK:
        assert TALK_LINE.format(*TALK) in text, f"{template} does not talk for {TALK} ms"
        text = text.replace(TALK_LINE.format(*TALK), TALK_LINE.format(*talk))
    with open(scenario, "w") as file:
        file.write(text)
    sipp = callers(name, folder, sip, [
        "-sf", scenario, "-s", NUMBER, "-key", "group", str(group), "-r", str(rate), "-m", str(calls), "-l", str(at_once or rate * 10),
        "-timeout", f"{seconds_max}s", "-timeout_error", "-trace_logs", "-log_file", os.path.join(folder, f"{name}.answered"),
        "-trace_rtt", "-rtt_freq", "1"])
    try:
        yield sipp
    finally:
        sipp.kill()


def callers(name, folder, sip, manner):
    """sipp where customers call from, with speech.ul to send; `manner` is the scenario and how often, in sipp's options."""
    speech = os.path.join(folder, "speech.ul")
    if not os.path.exists(speech):
        with open(speech, "wb") as file:
            file.write(bytes(range(256)) * 32)
    return Sipp(name, folder, [
        "-i", CUSTOMERS, "-p", str(free_port(CUSTOMERS)), "-mi", CUSTOMERS, "-mp", _media_port(CUSTOMERS), sip, *manner])


def answered_numbers(sipp):
    """The numbers of the customers whose call was answered with 200."""
    with open(sipp.path("answered")) as file:
        return [line.split()[1] for line in file if line.startswith("answered +") and line.endswith("\n")]


def answer_times(sipp):
    """Milliseconds from each INVITE to its 200."""
    (path,) = glob.glob(os.path.join(sipp.folder, f"{sipp.name}_{sipp.process.pid}_rtt.csv"))
    with open(path, newline="") as file:
        return [float(row["response_time_ms"]) for row in csv.DictReader(file, delimiter=";") if row["response_time_ms"]]


def all_contacts(seat):
    """The whole contact list, newest first."""
    before = ""
    while True:
        page = seat.get(f"/api/contacts?limit=200{before}")
        yield from page["contacts"]
        if not page["next"]:
            return
        before = f"&before={page['next']}"


def _media_port(address):
    return str(free_port(address) & ~1)
