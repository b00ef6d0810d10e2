"""People hang up whenever they like: every time both sides, the agent's state and the record must be right."""

import random
import threading

from phones import ANA_TONE, CUSTOMER_TONE
from small_centre import NUMBER


def test_the_customer_hangs_up_in_the_queue(centre):
    customer, supervisor = centre.customer(), centre.supervisor
    call = centre.calls(customer)
    customer.hears_sound()
    supervisor.wait_for_queue(waiting=1)
    customer.hang_up()
    customer.wait_for("ended", call=call)
    supervisor.wait_for_queue(waiting=0, offered=1, answered=0, abandoned=1)
    (row,) = supervisor.contacts()
    assert (row["outcome"], row["agent"], row["disposition"]) == ("abandoned", None, None)
    assert row["waitedMilliseconds"] >= 500 and row["talkedMilliseconds"] == 0


def test_the_customer_hangs_up_while_the_agents_phone_rings(centre):
    phone, customer, ana, supervisor = centre.anas_phone(), centre.customer(), centre.ana, centre.supervisor
    ana.ready()
    centre.calls(customer)
    rang = phone.rings()
    contact = ana.wait_for_contact("ringing")
    customer.hang_up()
    assert phone.wait_for("ended", call=rang["call"])["code"] == 487
    ana.wait_for_routing("idle")
    assert ana.desk["contact"] is None and ana.desk["presence"]["state"] == "ready"
    story = supervisor.closed_contact(contact["id"])
    assert story["outcome"] == "abandoned"
    assert [offer["result"] for offer in story["offers"]] == ["callerLeft"]


def test_the_customer_hangs_up_in_the_talk(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    talk(centre, phone, customer)
    customer.hang_up()
    phone.wait_for("ended")
    contact = ana.wait_for_contact("wrapUp")
    assert contact["endedBy"] == "customer"
    assert ana.desk["routing"]["state"] == "wrapUp"


def test_an_agent_who_wants_a_break_in_a_talk_has_it_after_the_wrap_up(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    talk(centre, phone, customer)
    reason = ana.desk["reasons"][0]
    ana.set_presence("notReady", reason["id"])
    ana.wait(lambda seat: (seat.desk["presence"]["next"] or {}).get("state") == "notReady", "a planned break")
    customer.hang_up()
    contact = ana.wait_for_contact("wrapUp")
    ana.complete(contact, contact["dispositions"][-1]["id"], "")
    ana.wait_for_routing("notReady")
    assert ana.desk["presence"]["reason"]["name"] == "Break"


def talk(centre, phone, customer):
    """Brings the customer and Ana together; both have heard each other."""
    centre.ana.ready()
    centre.calls(customer)
    phone.rings()
    phone.answer()
    customer.hears(ANA_TONE)
    phone.hears(CUSTOMER_TONE)
    centre.ana.wait_for_contact("talking")


def test_customers_who_hang_up_at_any_moment_leave_nothing_behind(centre):
    """Before the answer, while it crosses the hang-up on the wire, just after it: the seed is in the failure's message."""
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    phone, customer, ana, supervisor = centre.anas_phone(manner="answer"), centre.customer(), centre.ana, centre.supervisor
    ana.ready()
    ana.wait_for_routing("idle")
    for attempt in range(20):
        what = f"seed {seed}, attempt {attempt + 1}"
        call = customer.call(NUMBER, centre.server.sip)
        # The moment is the experiment: it is drawn, not waited for.
        threading.Event().wait(chance.choice([0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]))
        customer.hang_up()
        customer.wait_for("ended", call=call)
        # A call that was cancelled early enough has opened no contact.
        ana.wait(lambda seat: seat.desk["routing"]["state"] in ("idle", "wrapUp"), f"idle or wrap-up ({what})")
        contact = ana.get("/api/desk")["contact"]
        if contact and contact["state"] == "wrapUp":
            ana.complete(contact, contact["dispositions"][-1]["id"], "")
            ana.wait_for_routing("idle")
    supervisor.wait_for_queue(waiting=0, ready=1)
    rung = {event["call"] for event in phone.events("rings")}
    for call in rung:
        phone.wait_for("ended", call=call)
    rows = supervisor.contacts()
    assert {row["outcome"] for row in rows} <= {"handled", "abandoned"} and len(rows) <= 20, f"seed {seed}: {rows}"
    # The centre goes on as ever.
    since = phone.mark
    centre.calls(customer)
    phone.rings(since=since)
    customer.hears(ANA_TONE)
