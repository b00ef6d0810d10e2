"""An agent's SIP phone with two lines: one holds the customer, by the other somebody is asked, and REFER with Replaces joins the two."""

import re
from urllib.parse import quote

import pytest
from outside import FAR_AWAY, OUTSIDE_TONE, WANTED, calls_out, somebody
from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE
from test_consult import hear_all
from test_restart import talk

TONES = [ANA_TONE, BILAL_TONE, CUSTOMER_TONE, OUTSIDE_TONE]


class TwoLines:
    """Ana's phone holds a customer, whose line and hers are numbers of calls."""

    def __init__(self, centre):
        self.centre = centre
        self.phone, self.other, self.customer = centre.anas_phone(), centre.bilals_phone(), centre.customer()
        centre.ana.ready()
        self.call = talk(centre, self.phone, self.customer)
        self.first = self.phone.events("rings")[-1]["call"]
        self.contact = centre.ana.wait_for_contact("talking")
        centre.bilal.ready()
        self.phone.hold(self.first)
        self.phone.wait_for("held", call=self.first)
        self.centre.ana.wait(lambda seat: seat.desk["contact"]["held"], "a customer on hold")

    def calls(self, user):
        return self.phone.call(user, self.centre.server.sip)

    def asks(self, user="102"):
        """Calls by the second line, which is answered at once and hears the other phone ring."""
        second = self.calls(user)
        self.phone.wait_for("confirmed", call=second)
        return second

    def asks_bilal(self):
        second = self.asks()
        self.other.rings()
        self.other.answer()
        self.phone.hears(BILAL_TONE, call=second)
        self.other.hears(ANA_TONE)
        return second

    def stage(self, stage):
        self.centre.ana.wait(
            lambda seat: (seat.desk["contact"]["consult"] or {}).get("stage") == stage, f"a consult in the stage {stage}")


@pytest.fixture
def lines(centre):
    return TwoLines(centre)


def test_a_colleague_is_asked_by_the_second_line_and_takes_over_by_replaces(centre, lines):
    second = lines.asks_bilal()
    lines.stage("colleague")
    assert lines.centre.bilal.wait(lambda seat: seat.desk["consulted"], "who asks him")["by"]["name"] == "Ana Beridze"
    before = lines.customer.recording(lines.call).seconds
    lines.customer.hears_sound(seconds=0.5, since=before, call=lines.call)
    lines.phone.join(lines.first, second)
    lines.phone.wait_for("transfer", code=200)
    lines.phone.wait_for("ended", call=lines.first)
    lines.phone.wait_for("ended", call=second)
    lines.customer.hears_anew(BILAL_TONE, call=lines.call)
    lines.other.hears_anew(CUSTOMER_TONE)
    theirs = centre.bilal.wait_for_contact("talking")
    assert (theirs["id"], theirs["transferredBy"]["agent"]["name"]) == (lines.contact["id"], "Ana Beridze")
    centre.ana.wait_for_routing("idle")
    assert lines.phone.heard(call=second).tones(TONES) == {BILAL_TONE}
    # The next call finds nothing left of it.
    centre.server.kill()
    centre.server.start()
    lines.customer.hears_anew(BILAL_TONE, call=lines.call)


def test_the_phone_says_with_whom_its_agent_talks(centre, lines):
    second = lines.asks_bilal()
    lines.phone.hold(second)
    lines.stage("customer")
    lines.phone.take_back(lines.first)
    lines.customer.hears_anew(ANA_TONE, call=lines.call)
    lines.phone.hears_anew(CUSTOMER_TONE, call=lines.first)
    lines.phone.take_back(second)
    lines.stage("conference")
    hear_all((lines.other, None, [ANA_TONE]), (lines.customer, lines.call, [ANA_TONE]))
    lines.phone.hang_up(second)
    lines.other.wait_for("ended")
    centre.ana.wait(lambda seat: seat.desk["contact"]["consult"] is None, "no consult")
    lines.customer.hears_anew(ANA_TONE, call=lines.call)
    assert CUSTOMER_TONE not in lines.other.heard().tones(TONES)


def test_a_number_outside_is_asked_and_gets_the_customer(centre):
    person = somebody(centre)
    calls_out(centre, person)
    lines = TwoLines(centre)
    assert lines.phone.wait_for("ended", call=lines.calls(FAR_AWAY))["code"] == 403
    second = lines.asks(WANTED)
    assert WANTED in person.rings()["called"]
    person.answer()
    lines.phone.hears(OUTSIDE_TONE, call=second)
    lines.phone.join(lines.first, second)
    lines.phone.wait_for("transfer", code=200)
    lines.phone.wait_for("ended", call=lines.first)
    lines.phone.wait_for("ended", call=second)
    lines.customer.hears_anew(OUTSIDE_TONE, call=lines.call)
    person.hears_anew(CUSTOMER_TONE)
    assert centre.ana.wait_for_contact("wrapUp")["outside"] == {"number": WANTED, "answered": True}


def test_what_the_engine_refuses_is_the_phones_answer_and_nothing_rings(centre, lines):
    def refusal(user):
        return lines.phone.wait_for("ended", call=lines.calls(user))["code"]

    centre.bilal.set_presence("notReady")
    assert refusal("102") == 480
    assert refusal("101") == 404, "herself"
    assert refusal("999") == 404, "the project calls nobody"
    lines.phone.take_back(lines.first)
    lines.customer.hears_anew(ANA_TONE, call=lines.call)
    centre.bilal.ready()
    # Nobody is on hold: this is no consult.
    assert refusal("102") == 404
    assert not lines.other.events("rings")
    lines.phone.hears_anew(CUSTOMER_TONE, call=lines.first)


def test_a_phone_joins_only_its_own_lines_and_not_before_an_answer(centre, lines):
    second = lines.asks()
    lines.other.rings()
    lines.phone.join(lines.first, second)
    lines.phone.wait_for("transfer", code=486)
    lines.other.answer()
    lines.phone.hears(BILAL_TONE, call=second)
    lines.stage("colleague")
    # Bilal's dialog, and one that is none.
    for call_id, ours, theirs in [dialog(lines.other), ("nobody@nowhere", "a", "b")]:
        replaces = quote(f"{call_id};to-tag={ours};from-tag={theirs}", safe="")
        since = lines.phone.mark
        lines.phone.transfer(f"<sip:102@{centre.server.sip}?Replaces={replaces}>", call=lines.first)
        assert lines.phone.wait_for("transfer", since=since)["code"] == 488
    lines.phone.hears_anew(BILAL_TONE, call=second)
    assert not lines.phone.events("ended") and not lines.other.events("ended")
    lines.phone.take_back(lines.first)
    lines.customer.hears_anew(ANA_TONE, call=lines.call)


def test_a_restart_ends_the_second_line_and_the_customer_is_still_there(centre, lines):
    second = lines.asks_bilal()
    centre.server.kill()
    centre.server.start()
    lines.phone.wait_for("ended", call=second)
    lines.other.wait_for("ended")
    lines.phone.take_back(lines.first)
    lines.customer.hears_anew(ANA_TONE, call=lines.call)
    lines.phone.hears_anew(CUSTOMER_TONE, call=lines.first)
    assert [event["call"] for event in lines.phone.events("ended")] == [second]


def dialog(phone):
    """Call-ID and tags, the server's first, of the call that the phone has answered, as its log of messages tells them."""
    with open(phone.log, errors="replace") as file:
        answers = re.findall(r"\nSIP/2\.0 200 OK\r?\n(.*?)\r?\n\r?\n", file.read(), re.DOTALL)
    answer = next(one for one in answers if re.search(r"^CSeq: \d+ INVITE", one, re.MULTILINE))
    tags = [re.search(rf"^{name}:.*;tag=([^;\s]+)", answer, re.MULTILINE)[1] for name in ("From", "To")]
    return re.search(r"^Call-ID: (\S+)", answer, re.MULTILINE)[1], *tags
