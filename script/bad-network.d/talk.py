"""A talk on the bad line: what an agent and a customer do in it, and whether they still hear each other after each of it."""

import dataclasses
import math
import time

import town as centre
from phones import Phone, Timeout

LONG_SHARE = 0.4
LONG, SHORT = (100.0, 200.0), (4.0, 15.0)
# The server refreshes the session after half of what was agreed, counted from the last agreement.
REFRESH = centre.SESSION_EXPIRES / 2
REFRESH_MISSED_BY = 0.25
CUT = (2.0, 10.0)
# Longer than the server waits for silent sides.
CUT_TOO_LONG = 35.0
# How often a phone asks anew for a hold that met another re-INVITE, and how long it waits (RFC 3261 section 14.1).
ATTEMPTS_MAX = 8
ATTEMPT_PAUSE = (0.2, 2.0)


class Over(Exception):
    """One of them has hung up, or is gone: nothing more can be asked of the talk."""


@dataclasses.dataclass
class Side:
    name: str
    address: str
    phone: Phone
    call: int
    # What is to be heard here.
    tone: int

    @property
    def has_ended(self):
        return any(event["event"] == "gone" or event.get("call") == self.call for event in self.phone.events(("ended", "gone")))


class Course:
    """One talk, led by the agent's thread for both phones."""

    def __init__(self, town, agent, customer, contact, agents_call):
        self.town, self.book, self.chance = town, town.book, agent.chance
        self.agent, self.customer = agent, customer
        self.here = Side(agent.name, agent.address, agent.phone, agents_call, centre.CUSTOMER_TONE)
        self.there = Side(customer.name, customer.address, customer.phone, customer.call, centre.AGENT_TONE)
        self.seen = centre.Talk(contact, agent.login, customer.number)
        self.restarts_known = town.restarts_begun
        self.began = self.agreed = time.monotonic()
        self.is_on_hold = False
        self.seconds = min(
            self.chance.uniform(*(LONG if self.chance.random() < LONG_SHARE else SHORT)), town.seconds_left)

    def run(self):
        try:
            self.both_hear("the answer")
            while time.monotonic() - self.began < self.seconds:
                self.step()
            self.hang_up()
        except Over:
            pass
        if self.town.restarted_since(self.began):
            self.seen.is_whole = False
        self.book.note(self.seen)
        self.book.count("talks of minutes" if time.monotonic() - self.began > LONG[0] else "briefer talks")
        if self.agent.phone is self.here.phone:
            self.is_told(self.here)
        if self.seen.ended_by:
            self.is_told(self.there)

    def step(self):
        left = self.seconds - (time.monotonic() - self.began)
        steps = {
            self.pass_time: 4, self.agent_holds: 3, self.customer_holds: 2, self.both_hold: 2, self.line_is_cut: 1,
            self.refresh_meets_a_hold: 3 if left > REFRESH + 10 else 0, self.agent_vanishes: 0.15, self.customer_vanishes: 0.15,
            self.line_is_cut_for_long: 0.15}
        self.chance.choices(list(steps), list(steps.values()))[0]()

    # What happens

    def pass_time(self):
        self.stay(self.chance.uniform(1, 12))

    def agent_holds(self):
        self.agree([self.here], "hold")
        since = self.there.phone.seconds_recorded(self.there.call)
        self.expect(lambda: self.there.phone.hears_sound(0.5, since, centre.HEARD_WITHIN, self.there.call), "music while on hold")
        self.stay(self.chance.uniform(0, 5))
        self.agree([self.here], "take back")
        self.both_hear("a hold by the agent")

    def customer_holds(self):
        self.agree([self.there], "hold")
        self.stay(self.chance.uniform(0, 5))
        self.agree([self.there], "take back")
        self.both_hear("a hold by the customer")

    def both_hold(self):
        """Both sides re-INVITE in the same moment, and once more to end it."""
        self.agree([self.here, self.there], "hold")
        self.stay(self.chance.uniform(0.5, 3))
        self.agree([self.here, self.there], "take back")
        self.both_hear("a hold by both at once")

    def refresh_meets_a_hold(self):
        """The server asks whether the customer is still there while his phone re-INVITEs: glare, if the moment is hit."""
        refreshes = math.ceil((time.monotonic() - self.agreed) / REFRESH)
        self.stay(self.agreed + refreshes * REFRESH + self.chance.uniform(-REFRESH_MISSED_BY, REFRESH_MISSED_BY) - time.monotonic())
        self.agree([self.there], "hold")
        self.agree([self.there], "take back")
        self.both_hear("a hold at the moment of the refresh")

    def line_is_cut(self):
        seconds = self.chance.uniform(*CUT)
        self.town.cut(self.chance.choice((self.here, self.there)).address, seconds)
        self.book.count("cuts of a line for seconds")
        self.stay(seconds)
        self.both_hear("a cut of the line")

    def line_is_cut_for_long(self):
        """Silence until the server gives the side up; the phone, which knows nothing, must be told when the line is back."""
        self.seen.is_whole = False
        cut = self.chance.choice((self.here, self.there))
        since = time.monotonic()
        self.town.cut(cut.address, CUT_TOO_LONG)
        self.book.count("cuts of a line until the server gave the side up")
        self.town.pause(CUT_TOO_LONG)
        self.is_told(cut, since)
        raise Over

    def agent_vanishes(self):
        self.seen.is_whole = False
        self.agent.vanishes()
        since = time.monotonic()
        while self.agent.is_still(self.seen.contact, "talking"):
            if time.monotonic() - since > centre.VANISHED and not self.town.restarted_since(since):
                self.book.find(
                    f"{self.here.name}'s phone is gone since {centre.VANISHED:.0f} s, and the desk shows the talk {self.seen.contact}")
                break
            self.town.pause(0.2)  # polling
        self.agent.comes_back()
        raise Over

    def customer_vanishes(self):
        self.seen.is_whole = False
        self.customer.vanishes()
        raise Over

    def restart_meets_a_hold(self):
        """Both re-INVITE while the server does: glare on both legs, and a server that has just learnt of the calls."""
        self.restarts_known = self.town.restarts_begun
        self.agree([self.here, self.there], "hold")
        self.agree([self.here, self.there], "take back")
        self.both_hear("a hold by both while the server was started again")

    def hang_up(self):
        side, who = self.chance.choice(((self.here, "agent"), (self.there, "customer")))
        # At the end of it all, and where the customer may leave by himself, both may hang up at once.
        if self.customer.is_patient and not self.town.is_over:
            self.seen.ended_by = who
        side.phone.hang_up(side.call)
        if who == "agent":
            self.agent.says_why(self.seen.contact)

    # What they notice

    def agree(self, sides, what):
        """Lets phones re-INVITE, at once where there are two, until each has got what it wanted."""
        self.is_on_hold = True
        waiting = {side.name: (side, side.phone.mark) for side in sides}
        for side in sides:
            self.ask(side, what)
        for attempt in range(1, ATTEMPTS_MAX + 1):
            for name, (side, mark) in list(waiting.items()):
                event = self.answer_to(side, mark)
                if event["event"] in ("held", "media"):
                    del waiting[name]
                    if side is self.here and what == "hold":
                        self.seen.holds += 1
                else:
                    self.book.count(f"re-INVITEs of a phone that were refused ({event.get('code', 'by itself')})")
            if not waiting:
                break
            self.stay(self.chance.uniform(*ATTEMPT_PAUSE))
            waiting = {name: (side, side.phone.mark) for name, (side, _) in waiting.items()}
            for side, _ in waiting.values():
                self.ask(side, what)
        else:
            self.fail(f"{', '.join(waiting)} could not {what} in {ATTEMPTS_MAX} attempts")
        self.is_on_hold = what == "hold"
        if self.there in sides:
            self.agreed = time.monotonic()

    def ask(self, side, what):
        try:
            (side.phone.hold if what == "hold" else side.phone.take_back)(side.call)
        except OSError:
            raise Over from None

    def answer_to(self, side, mark):
        try:
            event = side.phone.wait_for(("held", "media", "refused", "impossible", "ended"), centre.GIVEN_UP, since=mark)
        except Timeout:
            if self.is_excused:
                raise Over from None
            self.fail(f"a re-INVITE of {side.name} got no answer in {centre.GIVEN_UP:.0f} s")
        if event["event"] == "ended":
            raise Over
        return event

    def both_hear(self, after):
        """Both hear each other from now on; how long that took goes into the book."""
        for side in (self.there, self.here):
            def listen():
                side.phone.wait_for("media", centre.HEARD_WITHIN, call=side.call)
                return side.phone.hears_anew(side.tone, centre.HEARD_WITHIN, side.call)

            self.book.heard(after, self.expect(listen, f"sound at {side.name} after {after}"))

    def expect(self, attempt, what):
        while True:
            self.must_go_on()
            try:
                return attempt()
            except Timeout:
                self.must_go_on()
                if not self.is_excused:
                    self.fail(f"no {what} within {centre.HEARD_WITHIN:.0f} s")

    @property
    def is_excused(self):
        """Whether the server was just started again, or a line is or was just cut: then nothing can be asked yet."""
        lately = time.monotonic() - centre.HEARD_WITHIN
        return self.town.restarted_since(lately) or any(
            self.town.cut_until.get(side.address, 0) > lately for side in (self.here, self.there))

    def fail(self, what):
        self.seen.is_whole = False
        self.book.find(f"contact {self.seen.contact}, {time.monotonic() - self.began:.0f} s into the talk: {what}")
        self.here.phone.hang_up(self.here.call)
        raise Over

    def stay(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.town.is_over:
            self.must_go_on()
            if self.restarts_known != self.town.restarts_begun and not self.is_on_hold:
                self.restart_meets_a_hold()
            self.town.pause(min(left, 0.05))  # polling

    def must_go_on(self):
        if self.here.has_ended or self.there.has_ended:
            raise Over

    def is_told(self, side, since=None):
        """A phone that is there must learn that its call is over; not if the server was started again, for then it may go on."""
        since = since or time.monotonic()
        try:
            side.phone.wait_for(("ended", "gone"), centre.GIVEN_UP + centre.VANISHED, call=side.call)
        except Timeout:
            if not side.has_ended:
                if not self.town.restarted_since(since):
                    self.book.find(f"{side.name} was not told that the talk {self.seen.contact} is over")
                side.phone.hang_up(side.call)
