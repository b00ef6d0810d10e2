"""Customers who call and agents who answer, each a thread with a phone of its own on the bad line."""

import http.client
import threading
import time

import talk
import town as centre
from line import address
from phones import Phone, Timeout
from seat import HTTPProblem

# For how many seconds a phone that vanished is away.
AWAY = (2.0, 15.0)
# A server that is being started again, a phone whose process was just ended.
PASSING = (HTTPProblem, OSError, http.client.HTTPException, Timeout)


class Person(threading.Thread):
    """Somebody with a phone at an address of his own. The phone may vanish, and come back as another process."""

    def __init__(self, town, name, network, number, tone, **details):
        super().__init__(name=name, daemon=True)
        self.town = town
        self.chance = town.chance(name)
        self.address = address(network, number)
        self._tone = tone
        self._details = details
        self._within = town.line.networks[network].entrance
        self._phones = 0
        self.logs = []
        self.phone = None
        # Perhaps set by another's thread.
        self.has_vanished = threading.Event()
        self.take_phone()

    def take_phone(self):
        """A new phone, with nothing that the one before knew."""
        self._phones += 1
        while True:
            try:
                self.phone = Phone(
                    f"{self.name}-{self._phones}", self.town.folder, address=self.address, port=centre.SIP_PORT,
                    media_port=centre.MEDIA_PORT, tone=self._tone, session_expires=centre.SESSION_EXPIRES, within=self._within,
                    **self._details)
                self.logs.append(self.phone.log)
                return
            except Timeout:
                # It could not register in time: the line is bad, or the server is being started again.
                self._phones += 1
                if self.town.is_closed.is_set():
                    return

    @property
    def is_there(self):
        return not self.has_vanished.is_set()

    def vanishes(self):
        """As when the cable is cut."""
        self.has_vanished.set()
        self.phone.stop()
        self.town.book.count("phones that vanished")

    def comes_back(self):
        """As after a power cut."""
        self.town.pause(self.chance.uniform(*AWAY))
        self.take_phone()
        self.has_vanished.clear()
        self.town.book.count("phones that came back")

    def has_ended(self, call):
        return any(event["call"] == call for event in self.phone.events("ended"))

    def run(self):
        while not self.town.is_over:
            try:
                self.act()
            except PASSING as problem:
                if self.is_there and not self.town.restarted_since(time.monotonic()):
                    self.town.book.find(f"{self.name}: {str(problem).splitlines()[0]}")
                self.town.pause(0.5)
        try:
            self.close()
        except PASSING as problem:
            self.town.book.find(f"{self.name} at the end: {str(problem).splitlines()[0]}")


class Customer(Person):
    def __init__(self, town, index):
        self.number = f"+99532255{index:04}"
        super().__init__(town, f"customer{index}", "customers", index + 1, centre.CUSTOMER_TONE, user=self.number)
        self.call = None
        self.calls = self.confirmed = 0
        self.is_patient = True
        self.hung_up_last = None
        town.customers[self.number] = self

    def act(self):
        if not self.is_there:
            self.comes_back()
        plan = self.chance.choices(("hangs up at once", "is impatient", "is patient"), (15, 12, 73))[0]
        self.is_patient = plan == "is patient"
        self.calls += 1
        self.call = self.phone.call(centre.NUMBER, self.town.server.sip)
        self.town.book.count("calls")
        if plan == "hangs up at once":
            # Around the crossing of CANCEL and 200, which takes a line's delay or, with losses, some copies' time.
            self.town.pause(self.chance.choice((0, 0.05, 0.1, 0.2, 0.4, 0.8)))
            self.phone.hang_up(self.call)
            self.town.book.count("early hang-ups")
        if self.has_been_answered() and plan == "is impatient":
            self.town.pause(self.chance.uniform(0.5, 10))
            self.phone.hang_up(self.call)
            self.town.book.count("hang-ups of the impatient")
        self.wait_for_the_end()
        self.town.pause(self.chance.uniform(0.5, 4))

    def has_been_answered(self):
        if self.phone.wait_for(("confirmed", "ended"), centre.GIVEN_UP, call=self.call)["event"] == "confirmed":
            self.confirmed += 1
            return True
        return False

    def wait_for_the_end(self):
        while self.is_there and not self.has_ended(self.call) and not self.town.is_over:
            self.town.pause(0.2)  # polling

    def close(self):
        if self.call and self.is_there and not self.has_ended(self.call):
            # Only a call that the server knows, too, can be ended now: the book of contacts will tell.
            self.hung_up_last = time.time()
            self.phone.hang_up(self.call)
            self.phone.wait_for("ended", centre.GIVEN_UP, call=self.call)


class Agent(Person):
    def __init__(self, town, index):
        self.login = f"agent{index}"
        fixed = centre.is_fixed(index)
        super().__init__(
            town, self.login, "agents", index + 1, centre.AGENT_TONE, user=str(101 + index),
            **({} if fixed else dict(secret=centre.SECRET, domain=town.server.sip)))
        self.seat = town.server.sign_in(self.login, centre.PASSWORD)
        self._rung = 0
        town.agents.append(self)

    @property
    def desk(self):
        """The contact on the desk, or nothing."""
        return (self.seat.desk or {}).get("contact")

    def act(self):
        state = (self.seat.desk or {}).get("routing", {}).get("state")
        contact = self.desk
        if state in ("off", "notReady", "notResponding"):
            self.seat.ready()
            self.town.pause(0.5)
        elif contact and contact["state"] == "wrapUp":
            self.wrap_up(contact)
        elif contact and contact["state"] == "ringing":
            self.is_offered(contact)
        elif contact and contact["leftBehind"]:
            self.says_why(contact["id"])
        else:
            self.town.pause(0.1)  # polling

    def is_offered(self, contact):
        manner = self.chance.choices(
            ("answers", "declines", "refuses", "lets it ring", "vanishes"), (80, 7, 5, 5, 3))[0]
        if manner == "declines":
            return self.decline(contact)
        call = self.ringing_call(contact)
        if call is None:
            return None
        if manner == "vanishes":
            self.vanishes()
            self.comes_back()
            return None
        if manner == "refuses":
            self.phone.refuse(486, call)
            self.town.book.count("refused at the phone")
        elif manner == "answers":
            self.town.pause(self.chance.uniform(0, 1.5))
            return self.answer(contact, call)
        else:
            self.town.book.count("left ringing")
        self.seat.wait(lambda seat: not self.is_still(contact["id"], "ringing"), "the end of an offer", centre.RING_TIMEOUT + 5)
        return None

    def ringing_call(self, contact):
        """The phone's call, once it rings; nothing if the offer ends before, which losses can bring about."""
        while self.is_still(contact["id"], "ringing"):
            rings = self.phone.events("rings")
            for event in rings[self._rung:]:
                self._rung += 1
                if not self.has_ended(event["call"]):
                    return event["call"]
            self.town.pause(0.02)  # polling
        return None

    def is_still(self, contact, state):
        """Whether the contact with this id is in this state."""
        desk = self.desk
        return desk is not None and desk["id"] == contact and desk["state"] == state

    def decline(self, contact):
        self.town.pause(self.chance.uniform(0, 0.8))
        try:
            self.seat.decline(contact)
        except HTTPProblem:
            # The caller has left meanwhile.
            return
        self.town.book.declined.append((contact["id"], self.login))
        self.town.book.count("declined at the desk")
        self.seat.wait_for_routing("notResponding")

    def answer(self, contact, call):
        asked_at = time.monotonic()
        try:
            self.phone.answer(call)
        except Timeout:
            if self.has_ended(call):
                return
            raise
        while not self.has_ended(call) and not self.is_still(contact["id"], "talking"):
            if time.monotonic() - asked_at > centre.GIVEN_UP:
                return self.town.book.find(f"{self.name}: answered {contact['id']}, and the desk never showed a talk: {self.seat.desk}")
            self.town.pause(0.05)  # polling
        if not self.has_ended(call):
            customer = self.town.customers.get((self.desk or contact).get("number"))
            if customer is None:
                return self.town.book.find(f"{self.name}: nobody has the number of {self.desk}")
            talk.Course(self.town, self, customer, contact["id"], call).run()

    def says_why(self, identifier):
        """Ends the call of a customer on whom the phone hung up first: he hears music until then."""
        until = time.monotonic() + centre.GIVEN_UP
        while time.monotonic() < until and self.is_still(identifier, "talking"):
            contact = self.desk
            if contact and contact["leftBehind"]:
                try:
                    self.seat.end(contact, "test")
                    self.town.book.count("dismissed with a reason")
                except HTTPProblem:
                    # The customer has left meanwhile.
                    pass
                return
            self.town.pause(0.1)  # polling

    def comes_back(self):
        super().comes_back()
        self._rung = 0

    def wrap_up(self, contact):
        seen = next((seen for seen in reversed(self.town.book.talks) if seen.contact == contact["id"]), None)
        if seen and seen.is_whole and seen.ended_by not in (None, contact["endedBy"]):
            self.town.book.find(f"{seen}; the desk says that it was ended by: {contact['endedBy']}")
        disposition = self.chance.choice(contact["dispositions"])
        note = f"{self.login} {contact['id'][-8:]}"
        try:
            self.seat.complete(contact, disposition["id"], note)
        except HTTPProblem as problem:
            # The clock of the wrap-up has run out meanwhile.
            self.town.book.count(f"completions refused ({problem.code})")
        else:
            self.town.book.completed[contact["id"]] = (disposition["name"], note)
        self.seat.wait(lambda seat: not self.is_still(contact["id"], "wrapUp"), "the end of the wrap-up")

    def close(self):
        """Wraps up what is left; the customers hang up by themselves."""
        until = time.monotonic() + centre.GIVEN_UP + centre.VANISHED
        while time.monotonic() < until:
            contact = self.desk
            if contact and contact["state"] == "wrapUp":
                self.wrap_up(contact)
            elif not contact and all(not customer.is_alive() for customer in self.town.customers.values()):
                return
            self.town.pause(0.1)  # polling
        self.town.book.find(f"{self.name}: the desk is not empty at the end: {self.seat.desk}")
