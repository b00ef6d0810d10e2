"""A colleague is asked while the customer hears music: who hears whom, in a conference and after an attended transfer."""

import pytest
from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE
from seat import HTTPProblem, wait_until
from test_restart import talk
from test_transfer import target


@pytest.fixture
def consult(centre):
    """Ana talks with a customer and has asked Bilal: the two hear each other."""
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    centre.bilal.ready()
    before = customer.recording(call).seconds
    ana.command(contact, "consult", agent=target(ana, contact, "agents", "Bilal Ahmed")["id"])
    other.rings()
    other.answer()
    other.hears(ANA_TONE)
    phone.hears_anew(BILAL_TONE)
    customer.hears_sound(seconds=0.5, since=before + 0.5, call=call)
    return phone, other, customer, call, ana, contact


def hear_all(*listeners):
    """Each hears the two others at once."""
    for listener, call, tones in listeners:
        since = listener.recording(call).seconds
        wait_until(lambda: listener.recording(call).together(tones, since) > 0.5, f"{listener.name} hearing {tones} together")


def test_a_consult_is_not_heard_by_the_customer_and_ends_with_him(centre, consult):
    phone, other, customer, call, ana, contact = consult
    ana.command(contact, "consult/cancel")
    other.wait_for("ended")
    customer.hears_anew(ANA_TONE, call=call)
    phone.hears_anew(CUSTOMER_TONE)
    assert other.heard().tones([CUSTOMER_TONE]) == set()
    assert customer.recording(call).tones([BILAL_TONE]) == set()


def test_a_conference_is_heard_by_all_three_and_an_attended_transfer_by_two(centre, consult):
    phone, other, customer, call, ana, contact = consult
    ana.command(contact, "consult/change", stage="conference")
    hear_all(
        (customer, call, [ANA_TONE, BILAL_TONE]), (phone, None, [CUSTOMER_TONE, BILAL_TONE]), (other, None, [CUSTOMER_TONE, ANA_TONE]))
    ana.command(contact, "consult/complete")
    phone.wait_for("ended")
    customer.hears_anew(BILAL_TONE, call=call)
    other.hears_anew(CUSTOMER_TONE)
    theirs = centre.bilal.wait_for_contact("talking")
    assert (theirs["id"], theirs["transferredBy"]["agent"]["name"]) == (contact["id"], "Ana Beridze")
    since = customer.recording(call).seconds
    wait_until(lambda: customer.seconds_recorded(call) > since + 1.0, "a second more")
    assert customer.recording(call, skip=since).tones([ANA_TONE]) == set()


def test_an_agent_who_hangs_up_hands_the_customer_to_whom_he_asked(centre, consult):
    phone, other, customer, call, ana, contact = consult
    phone.hang_up()
    customer.hears_anew(BILAL_TONE, call=call)
    other.hears_anew(CUSTOMER_TONE)
    ana.wait_for_routing("idle")
    # Both outlast a restart, now that the colleague has the contact.
    centre.bilal.wait_for_contact("talking")
    centre.server.kill()
    centre.server.start()
    customer.hears_anew(BILAL_TONE, call=call)
    other.hears_anew(CUSTOMER_TONE)


def test_a_restart_ends_the_consult_and_the_agent_talks_with_his_customer(centre, consult):
    phone, other, customer, call, ana, _ = consult
    centre.server.kill()
    centre.server.start()
    other.wait_for("ended")
    customer.hears_anew(ANA_TONE, call=call)
    phone.hears_anew(CUSTOMER_TONE)
    ana.watch()
    assert ana.wait_for_contact("talking")["consult"] is None


def test_a_queue_is_asked_and_whoever_is_next_there_is_rung_or_the_agent_hears_that_nobody_is(centre):
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    queue = target(ana, contact, "queues", "Technical support")["id"]
    with pytest.raises(HTTPProblem) as refused:
        ana.command(contact, "consult", queue=queue)
    assert (refused.value.status, refused.value.code) == (409, "nobodyFree")
    customer.hears_anew(ANA_TONE, call=call)
    centre.bilal.ready()
    ana.command(contact, "consult", queue=queue)
    other.rings()
    other.answer()
    other.hears(ANA_TONE)
    phone.hears_anew(BILAL_TONE)
    asked = ana.wait_for_contact("talking")["consult"]
    assert (asked["agent"]["name"], asked["stage"]) == ("Bilal Ahmed", "colleague")
    ana.command(contact, "consult/complete")
    customer.hears_anew(BILAL_TONE, call=call)
    event = next(event for event in centre.bilal.get(f"/api/contacts/{contact['id']}")["events"] if event["kind"] == "consultStarted")
    assert (event["to"], event["queue"], event["why"]["rule"]) == ("Bilal Ahmed", "Technical support", "longestIdle")
