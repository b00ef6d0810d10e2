"""The centre of the journeys: one queue, two agents, one supervisor."""

from phones import AGENTS_FIXED, AGENTS_REGISTERED, ANA_TONE, BILAL_TONE, CUSTOMER_TONE, CUSTOMERS
from seat import Seat

NUMBER = "+442079460100"
UNKNOWN_NUMBER = "+442079460199"
CALLER = "+995322550001"
OTHER_CALLER = "+995322550002"
LOGINS = ["ana", "bilal", "sofia"]
PASSWORD = "journey-password"
ANA_SECRET = "ana's phone secret"
# Longer than a browser takes on a slow machine; who waits for it to run out applies RINGS_SHORTLY.
RING_TIMEOUT, SHORT_RING_TIMEOUT = 20, 3
WRAP_UP = 30
RINGS_SHORTLY = f"""
callfloor: 1
projects: {{home-internet: {{queues: {{support: {{ringTimeout: {SHORT_RING_TIMEOUT}, wrapUp: {WRAP_UP}, serviceLevel: 20}}}}}}}}
"""


def set_up(fixed_port):
    return f"""
callfloor: 1
reasons:
  break: {{name: Break}}
trunks:
  provider: {{addresses: [{CUSTOMERS}]}}
phones:
  "101": {{secret: "{ANA_SECRET}"}}
  "102": {{address: "{AGENTS_FIXED}:{fixed_port}"}}
projects:
  home-internet:
    name: Home internet
    timeZone: Europe/London
    language: en
    numbers: {{countryCode: "44", trunkPrefix: "0"}}
    queues:
      support: {{name: Technical support, ringTimeout: {RING_TIMEOUT}, wrapUp: {WRAP_UP}, serviceLevel: 20}}
    entryPoints:
      "{NUMBER}": {{queue: support}}
    dispositions:
      - key: solved
        name: Solved
        below:
          - {{key: guided, meanings: [reached, resolved], name: Customer did it with our help}}
          - {{key: remote, meanings: [reached, resolved], name: Put right from here}}
      - {{key: silent, name: Nobody spoke}}
users:
  ana:
    {{name: Ana Beridze, password: {PASSWORD}, role: agent, projects: [home-internet], phone: "101", queues: {{support: {{}}}}}}
  bilal:
    {{name: Bilal Ahmed, password: {PASSWORD}, role: agent, projects: [home-internet], phone: "102", queues: {{support: {{}}}}}}
  sofia:
    {{name: Sofia Rossi, password: {PASSWORD}, role: supervisor, projects: [home-internet]}}
"""


def set_up_with_eva(fixed_port):
    """With an agent, beside the others, who has no phone but the browser."""
    return set_up(fixed_port).rstrip() + f"""
  eva:
    {{name: Eva Novak, password: {PASSWORD}, role: agent, projects: [home-internet], queues: {{support: {{}}}}}}
"""


class SmallCentre:
    """A server with that set-up. Phones and seats are made when first used."""

    def __init__(self, server, make_phone, fixed_port, cookies=None):
        """With the cookies of those who have signed in before, by login."""
        self.server = server
        self.fixed_port = fixed_port
        self._make_phone = make_phone
        self._cookies = cookies or {}
        self._seats = {}

    def seat(self, login):
        if login not in self._seats:
            self._seats[login] = Seat(self.server, login, PASSWORD, self._cookies.get(login))
        return self._seats[login]

    @property
    def ana(self):
        return self.seat("ana")

    @property
    def bilal(self):
        return self.seat("bilal")

    @property
    def supervisor(self):
        return self.seat("sofia")

    def anas_phone(self, transport="udp", domain=None, **details):
        """The phone that registers."""
        phone = self._make_phone(
            "ana", user="101", secret=ANA_SECRET, domain=domain or self.server.sip_over(transport), address=AGENTS_REGISTERED,
            tone=ANA_TONE, **self._connected(transport), **details)
        self.ana.wait_for_reachable(True)
        return phone

    def bilals_phone(self, **details):
        """The phone at a fixed address."""
        return self._make_phone("bilal", user="102", address=AGENTS_FIXED, port=self.fixed_port, tone=BILAL_TONE, **details)

    def customer(self, number=CALLER, name="customer", tone=CUSTOMER_TONE, transport="udp", **details):
        return self._make_phone(name, user=number, address=CUSTOMERS, tone=tone, **self._connected(transport), **details)

    def _connected(self, transport):
        return {"transport": transport, "certificate": self.server.certificate}

    def calls(self, customer, number=NUMBER):
        """The customer calls and is taken into the queue."""
        call = customer.call(number, self.server.sip_over(customer.transport))
        customer.wait_for("confirmed", call=call)
        return call
