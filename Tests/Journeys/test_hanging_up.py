"""An agent never hangs up first: what his customer hears when his phone does, and how a call is ended that must be."""

import pytest
from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE
from seat import HTTPProblem
from small_centre import OTHER_CALLER
from test_restart import talk

REASON_TIMEOUT = 6
SUPERVISORS = f"""
callfloor: 1
projects:
  home-internet:
    queues:
      support: {{ringTimeout: 20, wrapUp: 30, reasonTimeout: {REASON_TIMEOUT}, escalation: help}}
      help: {{name: Supervisors}}
users:
  bilal: {{queues: {{help: {{}}}}}}
"""

PERSON = SUPERVISORS.replace("escalation: help", "escalation: {user: bilal, queue: help}").replace("{queues: {help: {}}}", "{queues: {}}")


def left_behind(ana):
    """The desk's contact, once its customer is left behind."""
    return ana.wait(lambda seat: (seat.desk["contact"] or {}).get("leftBehind") and seat.desk["contact"], "a customer left behind")


def hang_up_first(centre):
    """Ana talks with a customer, and her phone hangs up: the customer hears music."""
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    customer.hears(ANA_TONE, call=call)
    before = customer.recording(call).seconds
    phone.hang_up()
    contact = left_behind(ana)
    customer.hears_sound(seconds=1.0, since=before + 0.5, call=call)
    return phone, customer, call, ana, contact


def test_a_phone_that_hangs_up_first_leaves_the_customer_with_music_until_the_agent_says_why(centre):
    _, customer, call, ana, contact = hang_up_first(centre)
    with pytest.raises(HTTPProblem) as refused:
        ana.end(contact, None)
    assert refused.value.code == "reasonNeeded"
    assert not customer.events("ended")
    ana.end(contact, "silence")
    customer.wait_for("ended", call=call)
    assert ana.wait_for_contact("wrapUp")["endedBy"] == "agent"
    story = centre.supervisor.get(f"/api/contacts/{contact['id']}")
    assert [event["reason"] for event in story["events"] if event["kind"] == "customerDismissed"] == ["silence"]
    assert [part["kind"] for part in story["segments"]][-3:] == ["talk", "leftBehind", "wrapUp"]


def test_a_phone_that_is_rung_again_goes_on_with_the_talk(centre):
    phone, customer, call, ana, contact = hang_up_first(centre)
    since = phone.mark
    ana.command(contact, "ring-again")
    phone.rings(since=since)
    phone.answer()
    customer.hears_anew(ANA_TONE, call=call)
    phone.hears(CUSTOMER_TONE)
    ana.wait(lambda seat: seat.desk["contact"]["leftBehind"] is None, "the talk that goes on")


def test_a_customer_whose_agent_says_nothing_goes_to_the_supervisor(centre):
    centre.server.apply(SUPERVISORS)
    supervisor = centre.bilals_phone()
    centre.bilal.ready()
    _, customer, call, ana, contact = hang_up_first(centre)
    supervisor.rings(deadline=REASON_TIMEOUT + 5)
    ana.wait_for_routing("notResponding")
    supervisor.answer()
    customer.hears_anew(BILAL_TONE, call=call)
    assert centre.bilal.wait_for_contact("talking")["id"] == contact["id"]


def test_a_customer_goes_to_the_person_who_is_named_and_to_the_queue_while_that_person_is_not_free(centre):
    centre.server.apply(PERSON)
    supervisor = centre.bilals_phone()
    centre.bilal.ready()
    phone, customer, call, ana, contact = hang_up_first(centre)
    supervisor.rings(deadline=REASON_TIMEOUT + 5)
    supervisor.answer()
    customer.hears_anew(BILAL_TONE, call=call)
    theirs = centre.bilal.wait_for_contact("talking")
    assert (theirs["id"], theirs["why"]["rule"]) == (contact["id"], "escalated")
    # He is not free any more: the next one waits in the queue that stands beside him.
    ana.ready()
    other = centre.customer(number=OTHER_CALLER, name="other")
    second = talk(centre, phone, other)
    ana.command(ana.wait_for_contact("talking"), "hand-over")
    centre.supervisor.wait(
        lambda seat: any(row["name"] == "Supervisors" and row["waiting"] == 1 for row in seat.queues.values()), "one who waits for supervisors")
    other.hang_up(second)


def test_a_customer_left_behind_hears_music_after_a_restart_and_his_agent_is_still_asked_why(centre):
    _, customer, call, ana, contact = hang_up_first(centre)
    centre.server.kill()
    centre.server.start()
    ana.watch()
    assert left_behind(ana)["id"] == contact["id"]
    before = customer.recording(call).seconds
    customer.hears_sound(seconds=0.5, since=before + 0.2, call=call)
    ana.end(contact, "test")
    customer.wait_for("ended", call=call)


def test_an_abusive_customer_is_warned_handed_to_the_supervisor_and_dismissed_by_him(centre):
    centre.server.apply(SUPERVISORS)
    supervisor, phone, customer, ana = centre.bilals_phone(), centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    with pytest.raises(HTTPProblem) as refused:
        ana.end(contact, "abuse")
    assert refused.value.code == "warningNeeded"
    ana.command(contact, "warn")
    centre.bilal.ready()
    ana.command(contact, "hand-over")
    phone.wait_for("ended")
    ana.wait_for_routing("idle")
    supervisor.rings()
    supervisor.answer()
    customer.hears_anew(BILAL_TONE, call=call)
    theirs = centre.bilal.wait_for_contact("talking")
    assert (theirs["id"], theirs["queue"]["name"], theirs["warned"]) == (contact["id"], "Supervisors", True)
    centre.bilal.end(theirs, "abuse")
    customer.wait_for("ended", call=call)
    assert centre.bilal.wait_for_contact("wrapUp")["endedBy"] == "agent"
