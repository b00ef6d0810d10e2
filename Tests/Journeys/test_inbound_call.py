"""The main story: a customer calls, an agent answers, both talk, the agent says what came of it."""

import pytest

from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE, GREETING_TONE
from seat import leaves
from small_centre import CALLER, NUMBER

# Of the answer: then both sides must hear each other.
HEARD_WITHIN = 0.3
RING_BACK = 425
EVERY_TONE = [CUSTOMER_TONE, ANA_TONE, BILAL_TONE, GREETING_TONE]


@pytest.mark.alone
def test_a_customer_waits_with_music_talks_to_an_agent_and_is_wrapped_up(centre):
    phone, customer, ana, supervisor = centre.anas_phone(), centre.customer(), centre.ana, centre.supervisor
    centre.calls(customer)
    greeted = customer.hears(GREETING_TONE)
    supervisor.wait_for_queue(waiting=1)
    music_from = greeted.first_heard(GREETING_TONE) + 1.0
    customer.hears_sound(since=music_from)

    ana.ready()
    rang = phone.rings()
    assert CALLER in rang["caller"]
    offered = ana.wait_for_contact("ringing")
    assert (offered["number"], offered["dialled"], offered["queue"]["name"]) == (CALLER, NUMBER, "Technical support")
    assert offered["why"]["rule"] == "longestWaiting"
    customer.hears(RING_BACK)

    answered = phone.answer()
    ana.wait_for_contact("talking")
    customer.hears(ANA_TONE)
    phone.hears(CUSTOMER_TONE)
    customer.hang_up()
    phone.wait_for("ended")
    for listener, speaker in ((customer, ANA_TONE), (phone, CUSTOMER_TONE)):
        recording = listener.heard()
        late = recording.moment_heard(speaker) - answered
        assert late <= HEARD_WITHIN, f"{listener.name} heard the other {late * 1000:.0f} ms after the answer"
        assert recording.tones([CUSTOMER_TONE, ANA_TONE, BILAL_TONE]) == {speaker}

    contact = ana.wait_for_contact("wrapUp")
    assert contact["endedBy"] == "customer"
    disposition = next(leaf for leaf in leaves(contact["dispositions"]) if leaf["name"] == "Put right from here")
    ana.save_draft(contact, disposition["id"], "line rese")
    ana.complete(contact, disposition["id"], "line reset")
    ana.wait_for_routing("idle")
    story = supervisor.closed_contact(contact["id"])
    assert (story["outcome"], story["agent"], story["number"]) == ("handled", "Ana Beridze", CALLER)
    assert (story["disposition"], story["note"]) == ("Put right from here", "line reset")
    assert [segment["kind"] for segment in story["segments"] if segment["kind"] != "flow"] == ["queue", "ring", "talk", "wrapUp"]
    assert [offer["result"] for offer in story["offers"]] == ["answered"]
    assert [row["id"] for row in supervisor.contacts(outcome="handled")] == [contact["id"]]
    supervisor.wait_for_queue(waiting=0, offered=1, answered=1, abandoned=0)


@pytest.mark.alone
def test_a_free_agent_is_rung_at_once_and_both_sides_are_heard_in_other_codecs(centre):
    """The customer's line has only A-law and the agent's phone only µ-law: Callfloor translates."""
    phone, customer = centre.bilals_phone(codecs=["PCMU"]), centre.customer(codecs=["PCMA"])
    centre.bilal.ready()
    centre.calls(customer)
    phone.rings()
    assert centre.bilal.wait_for_contact("ringing")["why"]["rule"] == "longestIdle"
    answered = phone.answer()
    customer.hears(BILAL_TONE)
    phone.hears(CUSTOMER_TONE)
    customer.hang_up()
    phone.wait_for("ended")
    assert customer.heard().moment_heard(BILAL_TONE) - answered <= HEARD_WITHIN
    assert phone.heard().moment_heard(CUSTOMER_TONE) - answered <= HEARD_WITHIN
    assert phone.heard().tones(EVERY_TONE) == {CUSTOMER_TONE}
    assert GREETING_TONE not in customer.heard().tones(EVERY_TONE)


def test_keys_that_a_customer_presses_reach_the_agents_phone(centre):
    phone, customer = centre.anas_phone(), centre.customer()
    centre.ana.ready()
    centre.calls(customer)
    phone.rings()
    phone.answer()
    customer.hears(ANA_TONE)
    for digit in "4#7":
        customer.dial(digit)
        phone.wait_for("digit", digit=digit)
    customer.hang_up()
    phone.wait_for("ended")


def test_a_caller_is_known_when_he_calls_again(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    earlier = None
    for note in ("first", "second"):
        since, heard_since = phone.mark, customer.mark
        call = centre.calls(customer)
        phone.rings(since=since)
        phone.answer()
        contact = ana.wait_for_contact("talking", not_id=earlier)
        assert [row["note"] for row in contact["earlier"]] == ([] if earlier is None else ["first"])
        customer.hang_up()
        customer.wait_for("ended", since=heard_since, call=call)
        contact = ana.wait_for_contact("wrapUp", not_id=earlier)
        ana.complete(contact, next(leaves(contact["dispositions"]))["id"], note)
        ana.wait_for_routing("idle")
        earlier = contact["id"]
