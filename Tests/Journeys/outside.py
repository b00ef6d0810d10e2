"""Numbers outside: a project that calls out by its provider's line, and the people behind the numbers."""

from phones import CUSTOMERS
from small_centre import NUMBER

WANTED = "+995322550777"
PREMIUM = "+449098790000"
FAR_AWAY = "+8816214000"
OUTSIDE_TONE = 1550


def calls_out(centre, person, **settings):
    """Lets the project call out; whatever number it calls, `person` has it."""
    more = "".join(f", {key}: {value}" for key, value in settings.items())
    centre.server.apply(f"""
callfloor: 1
trunks:
  provider: {{addresses: [{CUSTOMERS}], server: "{CUSTOMERS}:{person.port}"}}
projects:
  home-internet:
    outbound: {{trunk: provider, callerNumber: "{NUMBER}", allowed: ["+44", "+995", "!+4490"]{more}}}
""")


def somebody(centre, **details):
    return centre.customer(number=WANTED, name="outside", tone=OUTSIDE_TONE, **details)


def dial(seat, number=None, **wish):
    return seat.post("/api/desk/dial", wish if number is None else {"number": number, **wish})
