"""Real phones beside the load: talks whose sound is listened to, and a line of waiting customers; for script/durability."""

import time

import crowd
from phones import AGENTS_FIXED, CUSTOMERS, Phone, Timeout, free_port

# Each talk has a number, a queue and an agent of its own; the line has one of each, too. No tone is a note of the hold music.
TONES = ((750, 1850), (1250, 2350), (950, 2850), (1450, 2150), (1050, 2550))


def number(index):
    return f"+4420794601{10 + index}"


def set_up(server, folder, count):
    """So many agents with a queue and a fixed phone each, and a supervisor; the first one's queue is that of the line."""
    ports = [free_port(AGENTS_FIXED) for _ in range(count)]
    phone_lines = "\n".join(f'  "{2001 + index}": {{address: "{AGENTS_FIXED}:{ports[index]}"}}' for index in range(count))
    queue_lines = "\n".join(f"      q{index}: {{name: Queue {index}, ringTimeout: 60, wrapUp: untilDisposed}}" for index in range(count))
    entry_lines = "\n".join(f'      "{number(index)}": {{queue: q{index}}}' for index in range(count))
    user_lines = "\n".join(
        f'  person{index}: {{name: Person {index}, password: {crowd.PASSWORD}, role: agent, projects: [people], '
        f'phone: "{2001 + index}", queues: {{q{index}: {{}}}}}}' for index in range(count))
    server.apply(f"""
callfloor: 1
phones:
{phone_lines}
projects:
  people:
    name: People
    timeZone: Europe/London
    language: en
    queues:
{queue_lines}
    entryPoints:
{entry_lines}
    dispositions:
      - {{key: done, name: Done}}
users:
{user_lines}
  tamar: {{name: Tamar Gelashvili, password: {crowd.PASSWORD}, role: supervisor, projects: [people]}}
""")
    return [Desk(server, folder, index, ports[index]) for index in range(count)]


def customer(folder, index, place=0):
    """The phone of a customer for the talk or the line with this index; the number ends with both figures."""
    caller = f"+9953225{index:02}0{place:02}"
    phone = Phone(f"customer{index}-{place}", folder, user=caller, address=CUSTOMERS, tone=TONES[index][0])
    phone.number = caller
    return phone


class Desk:
    """An agent with his phone."""

    def __init__(self, server, folder, index, port):
        self.index = index
        self.tone = TONES[index][1]
        self.phone = Phone(
            f"person{index}", folder, user=str(2001 + index), address=AGENTS_FIXED, port=port, tone=self.tone, manner="answer")
        self.seat = server.sign_in(f"person{index}", crowd.PASSWORD)

    def complete(self):
        """Ends the wrap-up; returns its contact."""
        contact = self.seat.wait_for_contact("wrapUp")
        self.seat.complete(contact, contact["dispositions"][0]["id"], f"done by {self.seat.login}")
        return contact


class Talk:
    """A customer and an agent who hear each other."""

    def __init__(self, desk, caller):
        self.desk = desk
        self.caller = caller
        self.contact = desk.seat.wait_for_contact("talking")["id"]
        self.ears = [Ear(caller, desk.tone), Ear(desk.phone, caller.tone)]
        for ear in self.ears:
            ear.phone.hears_anew(ear.tone)

    @classmethod
    def begin(cls, server, desk, caller):
        desk.seat.ready()
        call = caller.call(number(desk.index), server.sip)
        caller.wait_for("confirmed", call=call)
        return cls(desk, caller)

    def mark(self):
        for ear in self.ears:
            ear.mark()

    def silences(self):
        """Seconds for which each side did not hear the other since the mark, when both do again."""
        return [ear.silence() for ear in self.ears]

    def gaps(self):
        """What each side did not hear since the mark."""
        return [gap for ear in self.ears for gap in ear.recording().gaps(ear.tone, ear.since)]


class Ear:
    """What one side of a talk hears of the other."""

    # Looked at only when the file, which is written in pieces, surely holds the beginning of the silence.
    GLANCE = 0.8
    DEADLINE = 15.0
    # A silence shorter than this is none; sound shorter than this is none, either.
    STUTTER, SYLLABLE = 0.03, 0.2

    def __init__(self, phone, tone):
        self.phone = phone
        self.tone = tone
        self.since = 0.0

    def recording(self):
        return self.phone.recording(skip=self.since - 0.5)

    def mark(self):
        self.since = self.phone.recording().seconds

    def silence(self):
        until = time.monotonic() + self.DEADLINE
        while time.monotonic() < until:
            recording = self.recording()
            gaps = recording.gaps(self.tone, self.since, shortest=self.STUTTER)
            if recording.seconds - self.since > self.GLANCE and not any(end is None for _, end in gaps):
                return self.longest(gaps)
            time.sleep(0.05)  # polling
        raise Timeout(f"{self.phone.name} does not hear {self.tone} Hz again within {self.DEADLINE} s; its log is {self.phone.log}")

    def longest(self, gaps):
        """Of what was silent; a stutter in between does not count as sound. 0: the phone's own buffer has bridged it."""
        longest, begin, last = 0.0, None, None
        for first, end in gaps:
            if last is None or first - last > self.SYLLABLE:
                begin = first
            last = end
            longest = max(longest, last - begin)
        return longest


class Line:
    """Customers who wait in one queue, in the order in which they came; its agent takes the first when told to."""

    def __init__(self, server, desk, supervisor, customers):
        self.server = server
        self.desk = desk
        self.supervisor = supervisor
        self.waiting = []
        self.talk = None
        for caller in customers:
            self.join(caller)

    def join(self, caller):
        call = caller.call(number(self.desk.index), self.server.sip)
        caller.wait_for("confirmed", call=call)
        self.waiting.append(caller)

    def order(self):
        """Who waits, by when he came, as the contact list has it: id, since when, and number."""
        found = []
        for row in crowd.all_contacts(self.supervisor):
            if row["queue"] != f"Queue {self.desk.index}" or row["closedAt"] is not None or row["agent"] is not None:
                continue
            story = self.supervisor.get(f"/api/contacts/{row['id']}")
            queued = [segment["from"] for segment in story["segments"] if segment["kind"] == "queue"]
            found.append((queued[0], row["id"], row["number"]))
        return sorted(found)

    def check(self):
        """Everybody waits, in order; returns who and since when."""
        order = self.order()
        wanted = [caller.number for caller in self.waiting]
        assert [place[2] for place in order] == wanted, f"the line is {order}, but {wanted} came in that order"
        return order

    def move_on(self, comes_back=True):
        """The talk ends, the first in the line is put through; who has talked calls again, if wanted."""
        first = self.check()[0][1] if self.waiting else None
        done = self.talk
        if done:
            done.caller.hang_up()
            self.desk.complete()
        else:
            self.desk.seat.ready()
        if first:
            contact = self.desk.seat.wait_for_contact("talking")["id"]
            assert contact == first, f"{first} was the first in the line, but {contact} was put through"
            self.talk = Talk(self.desk, self.waiting.pop(0))
        else:
            self.talk = None
        if done and comes_back:
            self.join(done.caller)
