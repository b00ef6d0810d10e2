"""Two agents of one centre talk with each other: no customer is there, none is given to them meanwhile, and it outlasts a restart."""

import pytest
from browser_phone import EVA_TONE, BrowserPhone
from phones import ANA_TONE, BILAL_TONE
from playwright.sync_api import sync_playwright
from seat import HTTPProblem
from small_centre import RING_TIMEOUT, set_up_with_eva


def call(seat, name):
    """Calls the colleague of this name."""
    found = next(one for one in seat.get("/api/desk/colleagues")["agents"] if one["name"] == name)
    seat.post("/api/desk/dial", {"agent": found["id"]})


def wait_for_stage(seat, stage):
    return seat.wait(
        lambda seat: (seat.desk["internal"] or {}).get("stage") == stage and seat.desk["internal"], f"a call of two agents, {stage}")


def talk(centre):
    """Ana has called Bilal, and they hear each other."""
    phone, other, ana, bilal = centre.anas_phone(), centre.bilals_phone(), centre.ana, centre.bilal
    ana.ready()
    bilal.ready()
    call(ana, "Bilal Ahmed")
    phone.rings()
    assert wait_for_stage(ana, "phone")["with"]["name"] == "Bilal Ahmed"
    phone.answer()
    other.rings()
    assert wait_for_stage(bilal, "colleague")["with"]["name"] == "Ana Beridze"
    other.answer()
    phone.hears(BILAL_TONE)
    other.hears(ANA_TONE)
    return phone, other, ana, bilal


def test_two_agents_talk_and_a_customer_waits_until_they_have_done(centre):
    phone, other, ana, bilal = talk(centre)
    customer, since = centre.customer(), other.mark
    waiting = centre.calls(customer)
    centre.supervisor.wait_for_queue(waiting=1, offered=1)
    for seat, partner in ((ana, "Bilal Ahmed"), (bilal, "Ana Beridze")):
        assert wait_for_stage(seat, "talking")["with"]["name"] == partner
        assert seat.desk["contact"] is None
    centre.supervisor.wait(
        lambda seat: {row["colleague"] for row in seat.agents.values()} >= {"Ana Beridze", "Bilal Ahmed"}, "who talks with whom")
    ended = phone.mark
    phone.hang_up()
    other.wait_for("ended", since=since)
    # Ana was the first to be idle.
    phone.rings(since=ended)
    assert [row["id"] for row in centre.supervisor.contacts()] == [ana.wait_for_contact("ringing")["id"]]
    centre.supervisor.wait_for_queue(offered=1)
    customer.hang_up(waiting)


def test_the_talk_goes_on_after_a_restart(centre):
    phone, other, ana, bilal = talk(centre)
    centre.server.kill()
    centre.server.start()
    phone.hears_anew(BILAL_TONE)
    other.hears_anew(ANA_TONE)
    ana.watch()
    wait_for_stage(ana, "talking")
    other.hang_up()
    phone.wait_for("ended")
    ana.wait_for_routing("idle")


def test_a_colleague_who_does_not_answer_is_given_up_and_one_who_is_not_free_is_not_called(centre):
    phone, other, ana, bilal = centre.anas_phone(), centre.bilals_phone(), centre.ana, centre.bilal
    ana.ready()
    bilal.set_presence("notReady")
    with pytest.raises(HTTPProblem) as refused:
        call(ana, "Bilal Ahmed")
    assert refused.value.code == "agentNotFree"
    bilal.ready()
    call(ana, "Bilal Ahmed")
    phone.rings()
    phone.answer()
    other.rings()
    phone.wait_for("ended", deadline=RING_TIMEOUT + 5)
    for seat in (ana, bilal):
        seat.wait_for_routing("idle")


def test_a_colleague_with_a_headset_answers_in_the_browser(centre, tmp_path):
    centre.server.apply(set_up_with_eva(centre.fixed_port))
    phone, ana, eva = centre.anas_phone(), centre.ana, centre.seat("eva")
    with sync_playwright() as playwright:
        browser = BrowserPhone(playwright, str(tmp_path), centre.server, eva.cookie)
        browser.ready()
        browser.wait_until_connected()
        ana.ready()
        eva.wait_for_routing("idle")
        call(ana, "Eva Novak")
        phone.rings()
        phone.answer()
        browser.answer()
        phone.hears(EVA_TONE)
        browser.hears(ANA_TONE)
        wait_for_stage(eva, "talking")
        browser.press("call.colleague.end")
        phone.wait_for("ended")
        # The other way round: a headset needs not be answered by who calls.
        since = phone.mark
        ana.wait_for_routing("idle")
        call(eva, "Ana Beridze")
        phone.rings(since=since)
        phone.answer()
        phone.hears(EVA_TONE)
        phone.hang_up()
        eva.wait_for_routing("idle")
        browser.stop()
        assert browser.errors == []
