"""Learning on the job: who sits beside whom hears what he should and is heard by nobody, and a trainee gets no call alone."""

import pytest
from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE
from seat import HTTPProblem, wait_until
from test_consult import hear_all
from test_restart import talk
from test_supervision import GAP_MAX, WHILE, longest_silence

ANA_LEARNS = """
callfloor: 1
users: {bilal: {role: supervisor}, ana: {trainee: true}}
"""
BILAL_LEARNS = """
callfloor: 1
users: {bilal: {trainee: true}}
"""


def own_id(seat):
    return seat.desk["agent"]["id"]


def sits(by, guest, host):
    by.post(f"/api/floor/agents/{own_id(guest)}/seat", {"beside": own_id(host)})
    guest.wait(lambda seat: seat.desk["seat"] and not seat.desk["seat"]["host"], "that he sits there")
    host.wait(lambda seat: seat.desk["seat"] and seat.desk["seat"]["host"], "that somebody sits beside her")


def is_silent_to(phone, call, tone):
    """Whether a phone hears nothing of a tone for a while."""
    since = phone.recording(call).seconds
    wait_until(lambda: phone.seconds_recorded(call) > since + WHILE, "a while")
    assert phone.recording(call).together([tone], since + 0.1) < 0.1


def test_a_trainee_beside_a_senior_hears_both_and_is_heard_by_nobody_and_sees_her_desk(centre):
    centre.server.apply(BILAL_LEARNS)
    ana, bilal, sofia = centre.ana, centre.bilal, centre.supervisor
    phone, other, customer = centre.anas_phone(), centre.bilals_phone(), centre.customer()
    ana.ready()
    bilal.ready()
    assert bilal.wait(lambda seat: seat.desk["trainee"], "that he learns")
    sits(sofia, bilal, ana)
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    other.rings()
    other.answer()
    bilal.wait(lambda seat: (seat.desk["supervising"] or {}).get("state") == "on", "that he hears her")
    hear_all((other, None, [CUSTOMER_TONE, ANA_TONE]))
    is_silent_to(customer, call, BILAL_TONE)
    is_silent_to(phone, None, BILAL_TONE)
    # Neither his role nor what he is lets him speak.
    with pytest.raises(HTTPProblem):
        bilal.post(f"/api/floor/contacts/{contact['id']}/supervise/microphone", {"open": True})
    # Her desk as it changes.
    beside = bilal.wait(lambda seat: seat.desk["beside"] and seat.desk["beside"]["contact"], "her contact")
    assert (beside["id"], beside["number"]) == (contact["id"], contact["number"])
    ana.save_draft(contact, None, "Calls back at nine")
    bilal.wait(lambda seat: seat.desk["beside"]["contact"]["draft"]["note"] == "Calls back at nine", "what she types")
    customer.hang_up()
    other.wait_for("ended")
    bilal.wait(lambda seat: (seat.desk["beside"]["contact"] or {}).get("state") in (None, "wrapUp", "writeUp"), "that the talk is over")
    # The hours are kept, with the contacts.
    bilal.post("/api/desk/seat/end")
    ana.wait(lambda seat: seat.desk["seat"] is None, "nobody beside her")
    wait_until(lambda: sofia.get(f"/api/floor/agents/{own_id(bilal)}/seats")["seats"][0]["until"], "the end of it")
    hours = sofia.get(f"/api/floor/agents/{own_id(bilal)}/seats")
    assert hours["seats"][0] | {"since": 0, "until": 0} == {
        "guest": {"id": own_id(bilal), "name": "Bilal Ahmed"}, "host": {"id": own_id(ana), "name": "Ana Beridze"}, "mentored": False,
        "since": 0, "until": 0, "contacts": 1}
    # Each end is cut to a millisecond by itself.
    assert abs(hours["total"] - (hours["seats"][0]["until"] - hours["seats"][0]["since"])) <= 1 < hours["total"]


def test_a_trainee_gets_no_call_alone_and_a_mentor_whispers_and_takes_over_without_a_gap(centre):
    centre.server.apply(ANA_LEARNS)
    ana, bilal = centre.ana, centre.bilal
    phone, other, customer = centre.anas_phone(), centre.bilals_phone(), centre.customer()
    ana.ready()
    bilal.set_presence("notReady")
    call = centre.calls(customer)
    ana.wait(lambda seat: any(queue["waiting"] == 1 for queue in seat.desk["queues"]), "somebody who waits")
    assert ana.desk["contact"] is None
    sits(bilal, bilal, ana)
    phone.rings()
    phone.answer()
    contact = ana.wait_for_contact("talking")["id"]
    other.rings()
    other.answer()
    bilal.wait(lambda seat: (seat.desk["supervising"] or {}).get("state") == "on", "that he hears her")
    hear_all((other, None, [CUSTOMER_TONE, ANA_TONE]))
    is_silent_to(customer, call, BILAL_TONE)
    is_silent_to(phone, None, BILAL_TONE)
    bilal.post(f"/api/floor/contacts/{contact}/supervise", {"mode": "whisper"})
    bilal.post(f"/api/floor/contacts/{contact}/supervise/microphone", {"open": True})
    hear_all((phone, None, [CUSTOMER_TONE, BILAL_TONE]))
    is_silent_to(customer, call, BILAL_TONE)
    since = customer.recording(call).seconds
    bilal.post(f"/api/floor/contacts/{contact}/take-over")
    phone.wait_for("ended")
    customer.hears_anew(BILAL_TONE, call=call)
    assert longest_silence(customer.recording(call), since) <= GAP_MAX
    assert bilal.wait_for_contact("talking")["id"] == contact


def test_the_two_stay_together_when_the_server_is_killed_and_a_signed_off_trainee_works_alone(centre):
    centre.server.apply(ANA_LEARNS)
    ana, bilal = centre.ana, centre.bilal
    phone, other, customer = centre.anas_phone(), centre.bilals_phone(), centre.customer()
    ana.ready()
    bilal.set_presence("notReady")
    sits(bilal, bilal, ana)
    call = talk(centre, phone, customer)
    ana.wait_for_contact("talking")
    other.rings()
    other.answer()
    bilal.wait(lambda seat: (seat.desk["supervising"] or {}).get("state") == "on", "that he hears her")
    hear_all((other, None, [CUSTOMER_TONE, ANA_TONE]))
    since = other.mark
    centre.server.kill()
    centre.server.start()
    ana.watch()
    customer.hears_anew(ANA_TONE, call=call)
    ana.wait(lambda seat: seat.desk["seat"] and seat.desk["seat"]["host"], "her mentor")
    other.rings(since=since)
    other.answer()
    other.wait_for("media", since=since)
    other.hears_sound()
    hear_all((other, None, [CUSTOMER_TONE, ANA_TONE]))
    customer.hang_up()
    phone.wait_for("ended")
    bilal.post(f"/api/floor/agents/{own_id(ana)}/seat/end")
    ana.wait(lambda seat: seat.desk["seat"] is None and seat.desk["trainee"], "that she is alone")
    with pytest.raises(HTTPProblem):
        bilal.post(f"/api/floor/agents/{own_id(bilal)}/sign-off", {"signedOff": True})
    bilal.post(f"/api/floor/agents/{own_id(ana)}/sign-off", {"signedOff": True})
    ana.wait(lambda seat: not seat.desk["trainee"], "that she may work alone")
    centre.server.kill()
    centre.server.start()
    ana.watch()
    ana.wait(lambda seat: not seat.desk["trainee"], "that it is remembered")
