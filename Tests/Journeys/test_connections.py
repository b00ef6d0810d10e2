"""Phones and providers over TCP and TLS: what becomes of talks when their connections break, with the server or by themselves."""

import time

import pytest

from phones import AGENTS_REGISTERED, ANA_TONE, CUSTOMER_TONE
from router import Router
from test_hanging_up import left_behind
from test_restart import stops_and_rings_anew_after_a_crash

# From the kill until both hear each other again: the start of the server, and until the phone registers anew.
HEARD_AGAIN = 8.0


@pytest.fixture
def router(connected_centre):
    """On the way to the server's TCP or TLS."""
    made = []

    def make(transport):
        made.append(Router(AGENTS_REGISTERED, connected_centre.server.sip_over(transport)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def talk(centre, phone, customer):
    """The customer calls, the agent answers, both hear each other."""
    since = phone.mark
    centre.calls(customer)
    phone.rings(since=since)
    phone.answer()
    customer.hears(ANA_TONE)
    phone.hears(CUSTOMER_TONE)
    centre.ana.wait_for_contact("talking")


def both_hear_again(phone, customer, since):
    phone.hears_anew(CUSTOMER_TONE)
    customer.hears_anew(ANA_TONE)
    assert time.monotonic() - since < HEARD_AGAIN


@pytest.mark.parametrize("who_hangs_up", ["agent", "customer"])
@pytest.mark.parametrize("listens", [True, False], ids=["connectable", "behind NAT"])
@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_talk_by_connections_outlasts_a_crash(connected_centre, transport, listens, who_hangs_up):
    centre = connected_centre
    phone, customer = centre.anas_phone(transport, listens=listens), centre.customer(transport=transport)
    centre.ana.ready()
    talk(centre, phone, customer)
    at = time.monotonic()
    centre.server.kill()
    centre.server.start()
    both_hear_again(phone, customer, at)
    centre.ana.watch()
    assert centre.ana.wait_for_contact("talking")
    {"agent": phone, "customer": customer}[who_hangs_up].hang_up()
    if who_hangs_up == "agent":
        # Asked why, she says it.
        centre.ana.end(left_behind(centre.ana), "test")
    phone.wait_for("ended")
    customer.wait_for("ended")
    contact = centre.ana.wait_for_contact("wrapUp")
    assert contact["endedBy"] == who_hangs_up
    # And it can be called again.
    centre.ana.wait_for_reachable(True)
    centre.ana.complete(contact, contact["dispositions"][-1]["id"], "")
    since = phone.mark
    centre.calls(customer)
    phone.rings(since=since)


def test_two_crashes_in_a_row_are_outlasted_by_connections(connected_centre):
    centre = connected_centre
    phone, customer = centre.anas_phone("tcp", listens=False), centre.customer(transport="tcp")
    centre.ana.ready()
    talk(centre, phone, customer)
    for _ in range(2):
        centre.server.kill()
        at = time.monotonic()
        centre.server.start()
        both_hear_again(phone, customer, at)


def test_a_phone_behind_nat_that_rang_at_the_crash_stops_and_rings_anew(connected_centre):
    stops_and_rings_anew_after_a_crash(connected_centre, connected_centre.anas_phone("tcp", listens=False))


def test_a_phone_behind_nat_that_does_not_come_back_after_a_crash_is_lost_and_its_customer_waits_again(connected_centre, router):
    centre = connected_centre
    way = router("tcp")
    phone, customer = centre.anas_phone("tcp", domain=way.address, listens=False), centre.customer()
    centre.ana.ready()
    talk(centre, phone, customer)
    centre.server.kill()
    way.close()
    centre.server.start()
    centre.ana.watch()
    # Nothing is offered to a phone that is not there.
    centre.ana.wait_for_reachable(False)
    started = time.monotonic()
    centre.supervisor.watch()
    centre.supervisor.wait_for_queue(deadline=40, waiting=1)
    assert time.monotonic() - started < 35
    customer.hears_sound(since=customer.seconds_recorded())


@pytest.mark.parametrize("transport", ["tcp", "tls"])
@pytest.mark.parametrize("is_told", [True, False], ids=["the server is told", "the server is not told"])
def test_a_phone_whose_connection_breaks_in_a_talk_is_hung_up_by_its_next_one(connected_centre, router, transport, is_told):
    centre = connected_centre
    way = router(transport)
    phone = centre.anas_phone(transport, domain=way.address, listens=False)
    customer = centre.customer()
    centre.ana.ready()
    talk(centre, phone, customer)
    since = phone.mark
    if is_told:
        way.cut()
        centre.ana.wait_for_reachable(False)
    else:
        way.forget()
    phone.wait_for("registered", since=since)
    centre.ana.wait_for_reachable(True)
    # The talk has not heard of it.
    phone.hears_anew(CUSTOMER_TONE)
    customer.hears_anew(ANA_TONE)
    customer.hang_up()
    phone.wait_for("ended", deadline=5)
    assert centre.ana.wait_for_contact("wrapUp")["endedBy"] == "customer"


def test_a_phone_that_is_hung_up_while_it_has_no_connection_hears_it_when_it_is_back(connected_centre, router):
    centre = connected_centre
    way = router("tcp")
    phone, customer = centre.anas_phone("tcp", domain=way.address, listens=False), centre.customer()
    centre.ana.ready()
    talk(centre, phone, customer)
    way.cut()
    customer.hang_up()
    contact = centre.ana.wait_for_contact("wrapUp")
    assert contact["endedBy"] == "customer"
    phone.wait_for("ended")
