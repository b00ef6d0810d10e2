"""Outbound calls: the agent's own phone rings, then the number; who hears whom, and why a number is not called."""

import pytest
from outside import FAR_AWAY, OUTSIDE_TONE, PREMIUM, WANTED, calls_out, dial, somebody
from phones import AGENTS_FIXED, ANA_TONE, CUSTOMER_TONE, STRANGERS, free_port
from raw_sip import Sender
from seat import HTTPProblem, leaves
from small_centre import CALLER, NUMBER
from test_restart import talk


def test_both_hear_each_other_and_the_agent_says_what_came_of_it(centre):
    phone, person, customer, ana = centre.anas_phone(), somebody(centre), centre.customer(), centre.ana
    calls_out(centre, person)
    ana.ready()
    dial(ana, "00995 322 55 07 77")
    phone.rings()
    contact = ana.wait_for_contact("dialling")
    assert (contact["direction"], contact["dial"]["stage"], contact["number"]) == ("outbound", "phone", WANTED)
    ana.wait_for_routing("handling")
    # Whoever calls meanwhile waits for somebody else.
    waiting = centre.calls(customer)
    phone.answer()
    rang = person.rings()
    assert NUMBER in rang["caller"] and WANTED in rang["called"]
    phone.hears_sound(seconds=0.3)
    person.answer()
    phone.hears(OUTSIDE_TONE)
    person.hears(ANA_TONE)
    assert ana.wait_for_contact("talking")["dialResult"] == "answered"
    person.hang_up()
    phone.wait_for("ended")
    contact = ana.wait_for_contact("wrapUp")
    assert contact["endedBy"] == "customer"
    since = phone.mark
    ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "called back")
    phone.rings(since=since)
    story = ana.closed_contact(contact["id"])
    assert [segment["kind"] for segment in story["segments"]] == ["dial", "talk", "wrapUp"]
    assert (story["outcome"], story["direction"], story["number"]) == ("handled", "outbound", WANTED)
    customer.hang_up(waiting)
    assert CUSTOMER_TONE not in phone.heard(call=1).tones([ANA_TONE, CUSTOMER_TONE, OUTSIDE_TONE])


def test_what_the_network_says_before_an_answer_is_heard(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    calls_out(centre, person)
    ana.ready()
    dial(ana, WANTED)
    phone.rings()
    phone.answer()
    person.rings()
    person.refuse(183)
    phone.hears(OUTSIDE_TONE)
    assert ana.wait_for_contact("dialling")["dial"]["stage"] == "number"
    person.refuse(404)
    phone.wait_for("ended")
    assert ana.wait_for_contact("wrapUp")["dialResult"] == "noSuchNumber"


@pytest.mark.parametrize(("code", "result"), [(486, "busy"), (603, "declined"), (480, "noAnswer"), (500, "unreachable")])
def test_why_nobody_was_reached_is_told(centre, code, result):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    calls_out(centre, person)
    ana.ready()
    dial(ana, WANTED)
    phone.rings()
    phone.answer()
    person.rings()
    person.refuse(code)
    phone.wait_for("ended")
    contact = ana.wait_for_contact("wrapUp")
    assert contact["dialResult"] == result
    ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "nobody there")
    story = ana.closed_contact(contact["id"])
    assert (story["outcome"], [event["result"] for event in story["events"] if event["kind"] == "dialEnded"]) == ("notReached", [result])


def test_the_agent_gives_up_before_an_answer(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    calls_out(centre, person)
    ana.ready()
    dial(ana, WANTED)
    phone.rings()
    phone.answer()
    person.rings()
    ana.command(ana.wait_for_contact("dialling"), "end")
    person.wait_for("ended")
    phone.wait_for("ended")
    assert ana.wait_for_contact("wrapUp")["dialResult"] == "cancelled"


def test_a_number_is_refused_with_its_reason(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana

    def refusal(number=None, **wish):
        with pytest.raises(HTTPProblem) as caught:
            dial(ana, number, **wish)
        return caught.value.code

    ana.set_presence("notReady")
    assert refusal(WANTED) == "noTrunk"
    calls_out(centre, person, callsPerHour=1)
    for number, code in [
        (PREMIUM, "destinationNotAllowed"), (FAR_AWAY, "destinationNotAllowed"), ("999", "destinationNotAllowed"),
        ("+44112", "destinationNotAllowed"), ("call my mother", "invalid"), ("", "invalid"),
    ]:
        assert refusal(number) == code, number
    assert refusal() == "invalid"
    ana.set_presence("off")
    assert refusal(WANTED) == "agentBusy"
    ana.set_presence("notReady")
    dial(ana, WANTED)
    assert refusal(WANTED) == "agentBusy"
    phone.rings()
    phone.answer()
    person.rings()
    person.refuse(486)
    contact = ana.wait_for_contact("wrapUp")
    ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "")
    ana.wait_for_routing("notReady")
    assert refusal(WANTED) == "callsPerHourLimit"
    assert [event for event in person.events("rings")][1:] == []


def test_the_number_of_an_earlier_contact_is_called_back(centre):
    phone, person, customer, ana = centre.anas_phone(), somebody(centre), centre.customer(), centre.ana
    calls_out(centre, person)
    ana.ready()
    talk(centre, phone, customer)
    earlier = ana.wait_for_contact("talking")
    customer.hang_up()
    contact = ana.wait_for_contact("wrapUp")
    ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "will call back")
    ana.wait_for_routing("idle")
    since = phone.mark
    dial(ana, contact=earlier["id"])
    phone.rings(since=since)
    contact = ana.wait_for_contact("dialling")
    assert contact["number"] == CALLER and [one["id"] for one in contact["earlier"]] == [earlier["id"]]
    phone.answer()
    assert CALLER in person.rings()["called"]
    person.answer()
    phone.hears(OUTSIDE_TONE)


def test_a_command_that_is_repeated_dials_once(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    calls_out(centre, person)
    ana.set_presence("notReady")
    first, again = (ana.request("POST", "/api/desk/dial", {"number": WANTED}, key="once") for _ in range(2))
    assert first == again
    phone.rings()
    phone.answer()
    person.rings()
    person.answer()
    phone.hears(OUTSIDE_TONE)
    assert len(phone.events("rings")) == 1


def refusal(phone, number, centre):
    """What a phone that calls is told."""
    return phone.wait_for("ended", call=phone.call(number, centre.server.sip))["code"]


@pytest.mark.parametrize("login", ["ana", "bilal"], ids=["one that registers", "one at a fixed address"])
def test_an_agent_dials_on_the_phone_and_is_put_through_at_once(centre, login):
    phone, agent = (centre.anas_phone(), centre.ana) if login == "ana" else (centre.bilals_phone(), centre.bilal)
    person = somebody(centre)
    calls_out(centre, person)
    agent.ready()
    call = phone.call("00995322550777", centre.server.sip)
    phone.wait_for("confirmed", call=call)
    rang = person.rings()
    assert NUMBER in rang["caller"] and WANTED in rang["called"]
    contact = agent.wait_for_contact("dialling")
    assert (contact["direction"], contact["dial"]["stage"], contact["number"]) == ("outbound", "number", WANTED)
    phone.hears_sound(seconds=0.3, call=call)
    # One call at a time.
    assert refusal(phone, WANTED, centre) == 486
    person.answer()
    phone.hears(OUTSIDE_TONE, call=call)
    person.hears(phone.tone)
    assert agent.wait_for_contact("talking")["dialResult"] == "answered"
    person.hang_up()
    phone.wait_for("ended", call=call)
    contact = agent.wait_for_contact("wrapUp")
    agent.complete(contact, next(leaves(contact["dispositions"]))["id"], "called by phone")
    story = agent.closed_contact(contact["id"])
    assert [segment["kind"] for segment in story["segments"]] == ["dial", "talk", "wrapUp"]
    assert (story["outcome"], story["direction"], story["number"]) == ("handled", "outbound", WANTED)
    assert not phone.events("rings") and len(person.events("rings")) == 1


def test_a_phone_that_is_connected_by_tls_dials(connected_centre):
    centre = connected_centre
    phone, person = centre.anas_phone("tls"), somebody(centre)
    calls_out(centre, person)
    centre.ana.ready()
    call = phone.call(WANTED, centre.server.sip_over("tls"))
    person.rings()
    person.answer()
    phone.hears(OUTSIDE_TONE, call=call)
    person.hears(ANA_TONE)


def test_an_agent_who_dials_on_the_phone_hangs_up_before_an_answer(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    calls_out(centre, person)
    ana.set_presence("notReady")
    call = phone.call(WANTED, centre.server.sip)
    person.rings()
    phone.wait_for("confirmed", call=call)
    phone.hang_up(call)
    person.wait_for("ended")
    assert ana.wait_for_contact("wrapUp")["dialResult"] == "cancelled"


def test_a_restart_ends_what_was_dialled_on_the_phone(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    calls_out(centre, person)
    ana.ready()
    call = phone.call(WANTED, centre.server.sip)
    person.rings()
    phone.hears_sound(seconds=0.3, call=call)
    centre.server.kill()
    centre.server.start()
    phone.wait_for("ended", call=call)
    person.wait_for("ended")


def test_why_a_phone_may_not_call_is_its_answer_and_nothing_rings(centre):
    phone, person, ana = centre.anas_phone(), somebody(centre), centre.ana
    ana.ready()
    assert refusal(phone, WANTED, centre) == 404, "the project calls nobody"
    calls_out(centre, person, callsPerHour=1)
    for number, code in [(PREMIUM, 403), (FAR_AWAY, 403), ("999", 403), ("nobody", 404), ("102", 403)]:
        assert refusal(phone, number, centre) == code, number
    ana.set_presence("off")
    assert refusal(phone, WANTED, centre) == 403, "signed off"
    ana.ready()
    call = phone.call(WANTED, centre.server.sip)
    person.rings()
    person.refuse(486)
    phone.wait_for("ended", call=call)
    contact = ana.wait_for_contact("wrapUp")
    assert refusal(phone, WANTED, centre) == 486, "wrapping up"
    ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "")
    ana.wait_for_routing("idle")
    assert refusal(phone, WANTED, centre) == 486, "too many in an hour"
    assert len(person.events("rings")) == 1
    assert ana.desk["contact"] is None


def test_nobody_calls_out_but_agents(centre, phone):
    port = free_port(AGENTS_FIXED)
    person, customer = somebody(centre), centre.customer()
    calls_out(centre, person)
    centre.server.apply(f'callfloor: 1\nphones:\n  "103": {{address: "{AGENTS_FIXED}:{port}"}}\n')
    lobby = phone("lobby", user="103", address=AGENTS_FIXED, port=port, tone=ANA_TONE)
    assert refusal(lobby, WANTED, centre) == 403, "nobody sits there"
    assert refusal(customer, WANTED, centre) == 404, "a customer's line"
    stranger = Sender(STRANGERS, centre.server.sip)
    stranger.send(stranger.invite(WANTED))
    # Bilal's phone, known by its address, is nobody's at another.
    stranger.send(stranger.invite(WANTED, From=f"<sip:102@{AGENTS_FIXED}>;tag=stranger"))
    # What is refused to the known comes after what is not said to strangers.
    assert refusal(lobby, WANTED, centre) == 403
    assert stranger.hears_nothing()
    stranger.close()
    assert not person.events("rings")
