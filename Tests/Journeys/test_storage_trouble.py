"""A disk that fails while calls go on, and a server that is told to stop while calls go on."""

import pytest

from phones import ANA_TONE, CUSTOMER_TONE, OTHER_CUSTOMER_TONE
from seat import HTTPProblem, leaves
from small_centre import NUMBER, OTHER_CALLER
from test_restart import talk

LATE_CALLER = "+995322550003"


def is_turned_away(centre, caller, *statuses):
    """A new call is refused in so many words, at once."""
    call = caller.call(NUMBER, centre.server.sip)
    assert caller.wait_for("ended", call=call, deadline=2)["code"] in statuses


def fail_disk(centre):
    """The disk fails, and the server has noticed: a command is refused in so many words."""
    centre.server.fail_disk()
    with pytest.raises(HTTPProblem) as refused:
        centre.ana.set_presence("notReady", centre.ana.desk["reasons"][0]["id"])
    assert (refused.value.status, refused.value.code) == (503, "unavailable")
    centre.supervisor.wait_for_troubles("storageFailing")


def test_a_talk_and_a_waiting_caller_outlast_a_failing_disk(centre):
    phone, customer, ana, supervisor = centre.anas_phone(), centre.customer(), centre.ana, centre.supervisor
    waiting = centre.customer(OTHER_CALLER, name="waiting", tone=OTHER_CUSTOMER_TONE)
    late = centre.customer(LATE_CALLER, name="late")
    ana.ready()
    talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    centre.calls(waiting)
    supervisor.wait_for_queue(waiting=1)

    fail_disk(centre)
    status, health = supervisor.health()
    assert (status, health["status"]) == (503, "storageFailing")
    is_turned_away(centre, late, 486, 503)
    phone.hears_anew(CUSTOMER_TONE)
    customer.hears_anew(ANA_TONE)
    customer.hang_up()
    phone.wait_for("ended")

    centre.server.mend_disk()
    supervisor.wait_for_troubles()
    ana.wait_for_troubles()
    assert supervisor.health()[0] == 200
    after = ana.wait_for_contact("wrapUp")
    assert (after["id"], after["endedBy"]) == (contact["id"], "customer")
    since = phone.mark
    ana.complete(after, next(leaves(after["dispositions"]))["id"], "")
    # The wish for a break was refused, so Ana gets the call that waited all along.
    phone.rings(since=since)
    phone.answer()
    waiting.hears_anew(ANA_TONE)
    phone.hears(OTHER_CUSTOMER_TONE)
    centre.calls(late)


def test_an_agent_who_hangs_up_while_the_disk_fails_leaves_his_customer_with_music_and_is_asked_why(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    fail_disk(centre)
    before = customer.recording(call).seconds
    phone.hang_up()
    customer.hears_sound(since=before + 0.5, call=call)
    centre.server.mend_disk()
    contact = ana.wait(lambda seat: seat.desk["contact"]["leftBehind"] and seat.desk["contact"], "the customer left behind")
    ana.end(contact, "test")
    customer.wait_for("ended", call=call)
    assert ana.wait_for_contact("wrapUp")["endedBy"] == "agent"


def test_a_server_that_is_told_to_stop_lets_its_calls_end_first(centre):
    server = centre.server
    server.stop()
    server.drain_seconds = 30
    server.start()
    phone, customer, late = centre.anas_phone(), centre.customer(), centre.customer(OTHER_CALLER, name="late")
    centre.ana.ready()
    talk(centre, phone, customer)
    server.tell_to_stop()
    centre.supervisor.wait_for_troubles("draining")
    assert centre.supervisor.health()[1]["status"] == "draining"
    is_turned_away(centre, late, 503)
    phone.hears_anew(CUSTOMER_TONE)
    customer.hears_anew(ANA_TONE)
    customer.hang_up()
    phone.wait_for("ended")
    server.wait_for_end()


def test_a_server_that_is_told_to_stop_twice_leaves_its_calls_to_the_next_start(centre):
    server = centre.server
    server.stop()
    server.drain_seconds = 600
    server.start()
    phone, customer = centre.anas_phone(), centre.customer()
    centre.ana.ready()
    talk(centre, phone, customer)
    server.tell_to_stop()
    centre.supervisor.wait_for_troubles("draining")
    server.tell_to_stop()
    server.wait_for_end()
    server.start()
    phone.hears_anew(CUSTOMER_TONE)
    customer.hears_anew(ANA_TONE)
    customer.hang_up()
    phone.wait_for("ended")
