"""Blind transfers, from the desk and by a phone's REFER: who hears whom, and that nobody is stranded."""

import pytest
from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE
from seat import HTTPProblem
from small_centre import RINGS_SHORTLY, SHORT_RING_TIMEOUT
from test_restart import talk

TONES = [ANA_TONE, BILAL_TONE, CUSTOMER_TONE]
SALES = """
callfloor: 1
projects:
  home-internet:
    queues:
      sales: {name: Sales}
    entryPoints:
      "+442079460111": {queue: sales}
users:
  bilal: {queues: {sales: {}}}
"""


def target(seat, contact, kind, name):
    found = seat.get(f"/api/desk/contacts/{contact['id']}/targets")[kind]
    return next(one for one in found if one["name"] == name)


def test_a_contact_sent_to_a_colleague_is_heard_by_him_alone_and_shows_by_whom(centre):
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    ana.save_draft(contact, None, "wants a refund")
    centre.bilal.ready()
    ana.command(contact, "transfer", agent=target(ana, contact, "agents", "Bilal Ahmed")["id"])
    phone.wait_for("ended")
    other.rings()
    other.answer()
    customer.hears_anew(BILAL_TONE, call=call)
    other.hears(CUSTOMER_TONE)
    theirs = centre.bilal.wait_for_contact("talking")
    assert (theirs["id"], theirs["transferredBy"]["agent"]["name"]) == (contact["id"], "Ana Beridze")
    assert theirs["draft"]["note"] == "wants a refund"
    ana.wait_for_routing("idle")
    customer.hang_up()
    other.wait_for("ended")
    assert other.heard().tones(TONES) == {CUSTOMER_TONE}
    assert BILAL_TONE not in phone.heard().tones(TONES)


def test_a_colleague_who_does_not_answer_leaves_the_customer_to_the_queue(centre):
    centre.server.apply(RINGS_SHORTLY)
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    centre.bilal.ready()
    since = phone.mark
    ana.command(contact, "transfer", agent=target(ana, contact, "agents", "Bilal Ahmed")["id"])
    other.rings()
    phone.rings(deadline=SHORT_RING_TIMEOUT + 5, since=since)
    phone.answer()
    customer.hears_anew(ANA_TONE, call=call)
    assert ana.wait_for_contact("talking")["id"] == contact["id"]


def test_a_contact_sent_to_a_queue_waits_there_with_music_until_somebody_is_free(centre):
    centre.server.apply(SALES)
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    with pytest.raises(HTTPProblem):
        ana.command(contact, "transfer")
    before = customer.recording(call).seconds
    ana.command(contact, "transfer", queue=target(ana, contact, "queues", "Sales")["id"])
    phone.wait_for("ended")
    customer.hears_sound(seconds=1.0, since=before + 0.5, call=call)
    centre.bilal.ready()
    other.rings()
    other.answer()
    customer.hears_anew(BILAL_TONE, call=call)
    assert centre.bilal.wait_for_contact("talking")["queue"]["name"] == "Sales"


@pytest.mark.parametrize("user", ["102", "+442079460111"], ids=["a colleague", "a number of a queue"])
def test_a_phone_transfers_by_refer(centre, user):
    centre.server.apply(SALES)
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    centre.bilal.ready()
    phone.transfer(f"sip:{user}@{centre.server.sip}")
    phone.wait_for("transfer", code=200)
    phone.wait_for("ended")
    other.rings()
    other.answer()
    customer.hears_anew(BILAL_TONE, call=call)
    assert centre.bilal.wait_for_contact("talking")["id"] == contact["id"]


def test_a_refer_to_nowhere_is_refused_and_the_talk_goes_on(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    phone.transfer(f"sip:nobody@{centre.server.sip}")
    phone.wait_for("transfer", code=404)
    # Bilal is not ready.
    since = phone.mark
    phone.transfer(f"sip:102@{centre.server.sip}")
    phone.wait_for("transfer", code=480, since=since)
    customer.hears_anew(ANA_TONE, call=call)
    phone.hears_anew(CUSTOMER_TONE)
    assert not phone.events("ended")
