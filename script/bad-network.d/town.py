"""The centre on the bad line, and what everybody in it has seen: the book that is held against what is stored."""

import dataclasses
import random
import threading
import time

from line import address
from phones import ANA_TONE, CUSTOMER_TONE

NUMBER = "+442079460100"
PASSWORD = "bad-network-password"
SECRET = "bad network phone secret"
# All agents sound alike, so a customer need not know who answers; hold music and ring-back are told apart from both.
AGENT_TONE = ANA_TONE
SIP_PORT, MEDIA_PORT = 5060, 6000
RING_TIMEOUT = 8
WRAP_UP = 15
# A third of the agents have phones at fixed addresses, the others register.
FIXED_EVERY = 3
# The shortest that RFC 4028 allows: the server refreshes after half of it.
SESSION_EXPIRES = 90
# What a round of holding or a fresh answer may take until both sides hear each other on such a line: a re-INVITE that is lost
# twice costs 1.5 s.
HEARD_WITHIN = 12.0
# Sound missing for 20 s, a question that stays unanswered for 8 s, and what the machine adds.
VANISHED = 45.0
# A phone gives a BYE or an INVITE up after 32 s.
GIVEN_UP = 45.0
# From the notice to the end of the server: some phones have asked by then, their first copies may be lost on the line.
RESTART_NOTICE = 0.1
# After a restart of the server nobody is blamed for so long.
RESTART_SECONDS = 15.0


def set_up(agents, customers):
    phones = "\n".join(
        f'  "{101 + index}": {{address: "{address("agents", index + 1)}:{SIP_PORT}"}}' if is_fixed(index)
        else f'  "{101 + index}": {{secret: "{SECRET}"}}' for index in range(agents))
    users = "\n".join(
        f'  agent{index}: {{name: Agent {index}, password: {PASSWORD}, role: agent, projects: [town], phone: "{101 + index}", '
        "queues: {all: {}}}" for index in range(agents))
    return f"""
callfloor: 1
reasons:
  break: {{name: Break}}
trunks:
  provider: {{addresses: [{", ".join(address("customers", index + 1) for index in range(customers))}]}}
phones:
{phones}
projects:
  town:
    name: Town
    timeZone: Europe/London
    language: en
    queues:
      all: {{name: All, ringTimeout: {RING_TIMEOUT}, wrapUp: {WRAP_UP}}}
    entryPoints:
      "{NUMBER}": {{queue: all}}
    dispositions:
      - {{key: solved, name: Solved}}
      - {{key: open, name: Not solved yet}}
users:
{users}
  sofia: {{name: Sofia Rossi, password: {PASSWORD}, role: supervisor, projects: [town]}}
"""


def is_fixed(index):
    return index % FIXED_EVERY == FIXED_EVERY - 1


@dataclasses.dataclass
class Talk:
    """What an agent and a customer saw of their talk."""

    contact: str
    agent: str
    number: str
    holds: int = 0
    # Who hung up, where one of them did; None where the talk ended otherwise or that cannot be known.
    ended_by: str | None = None
    # Whether all that happened is known: not where a phone vanished or the server was started again.
    is_whole: bool = True


class Book:
    """What people saw. Written by their threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self.findings = []
        self.talks = []
        self.completed = {}
        self.declined = []
        self.heard_after = {}
        self.counts = {}

    def find(self, what):
        with self._lock:
            self.findings.append(what)
            print(f"  found: {what}", flush=True)

    def count(self, what, by=1):
        with self._lock:
            self.counts[what] = self.counts.get(what, 0) + by

    def heard(self, after, seconds):
        with self._lock:
            self.heard_after.setdefault(after, []).append(seconds)

    def note(self, talk):
        with self._lock:
            self.talks.append(talk)


class Town:
    """The server, the line and the people; threads of people read, the script writes."""

    def __init__(self, server, line, folder, seed):
        self.server = server
        self.line = line
        self.folder = folder
        self.seed = seed
        self.ends_at = time.monotonic()
        self.book = Book()
        self.customers = {}
        self.agents = []
        self.restarts_begun = 0
        self.restarted_at = []
        self.cut_until = {}
        self.is_closed = threading.Event()

    def chance(self, who):
        """A source of chance of its own for each, so that one's doings do not shift the others'."""
        return random.Random(f"{self.seed} {who}")

    @property
    def is_over(self):
        return time.monotonic() >= self.ends_at or self.is_closed.is_set()

    @property
    def seconds_left(self):
        return max(0.0, self.ends_at - time.monotonic())

    def pause(self, seconds):
        """What people do is drawn, and so are their pauses: this waits for nothing else."""
        self.is_closed.wait(seconds)

    def restarted_since(self, moment):
        return any(at + RESTART_SECONDS > moment for at in self.restarted_at)

    def cut(self, host, seconds):
        self.cut_until[host] = time.monotonic() + seconds
        self.line.cut(host, seconds)

    def restart(self, hand_over):
        """Ends the server, by `kill -9` or in order to leave its calls to the next start, and starts it.

        Talks hear of it a little before: their phones' re-INVITEs then meet those by which the server takes its calls up again.
        """
        self.restarted_at.append(time.monotonic())
        self.restarts_begun += 1
        self.pause(RESTART_NOTICE)
        if hand_over:
            self.server.hand_over()
        else:
            self.server.kill()
        self.server.start()
        # The moment of its start counts: from then on everything must be as it was within RESTART_SECONDS.
        self.restarted_at.append(time.monotonic())
        for agent in self.agents:
            agent.seat.watch()

