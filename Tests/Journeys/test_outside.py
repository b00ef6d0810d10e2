"""Numbers outside in a talk: transfer, consult and conference, from the desk and by a phone's REFER; nobody is stranded."""

import pytest
from outside import OUTSIDE_TONE, PREMIUM, WANTED, calls_out, somebody
from phones import ANA_TONE, CUSTOMER_TONE
from seat import HTTPProblem, leaves, wait_until
from test_consult import hear_all
from test_restart import talk

TONES = [ANA_TONE, CUSTOMER_TONE, OUTSIDE_TONE]


@pytest.fixture
def talking(centre):
    """Ana talks with a customer, and somebody outside can be called."""
    phone, person, customer = centre.anas_phone(), somebody(centre), centre.customer()
    calls_out(centre, person)
    centre.ana.ready()
    call = talk(centre, phone, customer)
    return centre, phone, person, customer, call, centre.ana.wait_for_contact("talking")


def completes(seat, contact):
    seat.complete(contact, next(leaves(contact["dispositions"]))["id"], "sent on")


def test_a_customer_sent_outside_talks_there_while_the_agent_says_what_came_of_it(talking):
    centre, phone, person, customer, call, contact = talking
    ana = centre.ana
    assert ana.get(f"/api/desk/contacts/{contact['id']}/targets")["numbers"] is True
    ana.command(contact, "transfer", number=WANTED)
    phone.wait_for("ended")
    contact = ana.wait_for_contact("wrapUp")
    assert contact["outside"] == {"number": WANTED, "answered": False}
    person.rings()
    person.answer()
    customer.hears_anew(OUTSIDE_TONE, call=call)
    person.hears(CUSTOMER_TONE)
    completes(ana, contact)
    ana.wait_for_routing("idle")
    customer.hears_anew(OUTSIDE_TONE, call=call)
    person.hang_up()
    customer.wait_for("ended", call=call)
    story = ana.closed_contact(contact["id"])
    assert [segment["kind"] for segment in story["segments"]][-2:] == ["wrapUp", "outside"]
    sent = next(event for event in story["events"] if event["kind"] == "sentOutside")
    ended = next(event for event in story["events"] if event["kind"] == "outsideEnded")
    assert (story["outcome"], sent["to"], ended["by"]) == ("handled", WANTED, "outside")
    assert person.heard().tones(TONES) == {CUSTOMER_TONE}


def test_a_number_that_does_not_take_the_customer_leaves_him_at_the_head(talking):
    centre, phone, person, customer, call, contact = talking
    later = centre.customer(name="later", tone=1250)
    waiting = centre.calls(later)
    since = phone.mark
    centre.ana.command(contact, "transfer", number=WANTED)
    person.rings()
    person.refuse(486)
    phone.rings(since=since)
    phone.answer()
    customer.hears_anew(ANA_TONE, call=call)
    assert centre.ana.wait_for_contact("talking")["id"] == contact["id"]
    later.hang_up(waiting)


def test_a_number_is_asked_joins_and_goes_on_with_the_customer(talking):
    centre, phone, person, customer, call, contact = talking
    ana = centre.ana
    ana.command(contact, "consult", number=WANTED)
    person.rings()
    before = customer.recording(call).seconds
    person.answer()
    phone.hears(OUTSIDE_TONE)
    person.hears(ANA_TONE)
    customer.hears_sound(seconds=0.5, since=before, call=call)
    assert ana.wait(lambda seat: seat.desk["contact"]["consult"], "the consult")["number"] == WANTED
    ana.command(contact, "consult/change", stage="conference")
    hear_all(
        (customer, call, [ANA_TONE, OUTSIDE_TONE]), (phone, None, [CUSTOMER_TONE, OUTSIDE_TONE]), (person, None, [CUSTOMER_TONE, ANA_TONE]))
    ana.command(contact, "consult/complete")
    phone.wait_for("ended")
    completes(ana, ana.wait_for_contact("wrapUp"))
    customer.hears_anew(OUTSIDE_TONE, call=call)
    customer.hang_up(call)
    person.wait_for("ended")
    assert centre.ana.closed_contact(contact["id"])["outcome"] == "handled"


def test_a_number_that_the_rules_forbid_is_a_fact_of_the_log_without_the_number(talking):
    centre, _, _, _, _, contact = talking
    for deed in ("consult", "transfer"):
        with pytest.raises(HTTPProblem) as refused:
            centre.ana.command(contact, deed, number=PREMIUM)
        assert refused.value.code == "destinationNotAllowed"

    def story():
        return centre.ana.get(f"/api/contacts/{contact['id']}")

    def told():
        return [event for event in story()["events"] if event["kind"] == "numberRefused"]

    # Whoever is refused does not wait until it is written down.
    wait_until(lambda: len(told()) == 2, "both facts")
    assert [(event["refusal"], event["rule"]) for event in told()] == [("destinationNotAllowed", "!+4490")] * 2
    assert PREMIUM.removeprefix("+4490") not in str(story())


def test_a_number_that_cannot_be_asked_leaves_the_agent_with_his_customer(talking):
    centre, phone, person, customer, call, contact = talking
    ana = centre.ana
    ana.command(contact, "consult", number=WANTED)
    person.rings()
    person.refuse(486)
    customer.hears_anew(ANA_TONE, call=call)
    assert ana.wait(lambda seat: seat.desk["contact"]["consultResult"], "why") == "busy"
    for deed in ("consult", "transfer"):
        with pytest.raises(HTTPProblem) as caught:
            ana.command(contact, deed, number=PREMIUM)
        assert caught.value.code == "destinationNotAllowed"
    assert ana.wait_for_contact("talking")["id"] == contact["id"]


def test_a_phone_sends_its_customer_outside_and_is_told_what_it_may_not(talking):
    centre, phone, person, customer, call, contact = talking
    phone.transfer(f"sip:{PREMIUM}@{centre.server.sip}")
    phone.wait_for("transfer", code=403)
    phone.hears_anew(CUSTOMER_TONE)
    phone.transfer(f"sip:{WANTED}@{centre.server.sip}")
    person.rings()
    person.answer()
    customer.hears_anew(OUTSIDE_TONE, call=call)
    phone.wait_for("transfer", code=200)
    assert centre.ana.wait_for_contact("wrapUp")["outside"]["answered"] is True


def test_those_who_talk_outside_talk_on_after_a_restart(talking):
    centre, phone, person, customer, call, contact = talking
    centre.ana.command(contact, "transfer", number=WANTED)
    person.rings()
    person.answer()
    customer.hears_anew(OUTSIDE_TONE, call=call)
    completes(centre.ana, centre.ana.wait_for_contact("wrapUp"))
    centre.ana.wait_for_routing("idle")
    centre.server.kill()
    centre.server.start()
    customer.hears_anew(OUTSIDE_TONE, deadline=15, call=call)
    person.hears_anew(CUSTOMER_TONE, deadline=15)
    customer.hang_up(call)
    person.wait_for("ended")
