"""What lasts: the recording of inputs that can be replayed, and everything across a restart, calls included."""

import os
import re
import sqlite3
import time

import pytest

from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE, OTHER_CUSTOMER_TONE
from seat import leaves
from small_centre import CALLER, OTHER_CALLER


def talk_and_hang_up(centre, phone, customer):
    since = phone.mark
    centre.calls(customer)
    phone.rings(since=since)
    phone.answer()
    customer.hears(ANA_TONE)
    phone.hears(CUSTOMER_TONE)
    customer.hang_up()
    phone.wait_for("ended", since=since)
    return centre.ana.wait_for_contact("wrapUp")


def test_recorded_inputs_give_the_same_directives_when_replayed(new_centre, tmp_path):
    centre = new_centre
    # What was just set up to register is not there until it does.
    centre.ana.wait_for_reachable(False)
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    contact = talk_and_hang_up(centre, phone, customer)
    ana.complete(contact, next(leaves(contact["dispositions"]))["id"], "done")
    ana.wait_for_routing("idle")
    impatient = centre.customer(OTHER_CALLER, name="impatient")
    since = phone.mark
    centre.calls(impatient)
    phone.rings(since=since)
    ana.decline(ana.wait_for_contact("ringing"))
    ana.wait_for_routing("notResponding")
    impatient.hang_up()
    impatient.wait_for("ended")
    centre.supervisor.wait_for_queue(waiting=0, offered=2, abandoned=1)
    centre.server.stop()

    replay = centre.server.command("simulate", "--replay", centre.server.recording)
    assert replay.returncode == 0, replay.stdout + replay.stderr
    steps = int(re.search(r"(\d+) steps replayed, all directives the same", replay.stdout)[1])
    # Restarted, set up, registered, ready; arrived, answered, hung up, completed; arrived, declined, hung up.
    assert steps >= 11

    with open(centre.server.recording) as file:
        recorded = file.read()
    other = tmp_path / "other.recording"
    other.write_text(recorded.replace(" ringBack\n", " silence\n", 1))
    replay = centre.server.command("simulate", "--replay", str(other))
    assert replay.returncode != 0 and "ringBack" in replay.stdout, replay.stdout


def test_a_phone_whose_registration_ran_out_meanwhile_is_not_called(centre):
    centre.anas_phone()
    centre.ana.wait_for_reachable(True)
    centre.server.kill()
    with sqlite3.connect(os.path.join(centre.server.data, "callfloor.sqlite")) as database:
        assert database.execute("UPDATE registration SET until = until - 86400 * 1000000").rowcount == 1
    centre.server.start()
    centre.ana.watch()
    centre.ana.wait_for_reachable(False)


def test_contacts_and_a_wrap_up_outlast_a_restart(centre):
    phone, customer, ana, supervisor = centre.anas_phone(), centre.customer(), centre.ana, centre.supervisor
    ana.ready()
    first = talk_and_hang_up(centre, phone, customer)
    leaf = next(leaves(first["dispositions"]))
    ana.complete(first, leaf["id"], "the first one")
    ana.wait_for_routing("idle")
    since = customer.mark
    second = talk_and_hang_up(centre, phone, customer)
    assert second["id"] != first["id"] and customer.wait_for("ended", since=since)
    ana.save_draft(second, leaf["id"], "half a sen")

    centre.server.stop()
    centre.server.start()
    # Nobody signs in again: sessions last, too.
    ana.watch()
    supervisor.watch()
    after = ana.wait_for_contact("wrapUp")
    assert (after["id"], after["number"], after["wrapUpUntil"]) == (second["id"], CALLER, second["wrapUpUntil"])
    assert after["draft"] == {"disposition": leaf["id"], "note": "half a sen"}
    assert {row["id"]: row["outcome"] for row in supervisor.contacts()} == {first["id"]: "handled", second["id"]: None}
    assert supervisor.get(f"/api/contacts/{first['id']}")["note"] == "the first one"
    ana.complete(after, leaf["id"], "half a sentence and the rest")
    assert supervisor.closed_contact(second["id"])["note"] == "half a sentence and the rest"
    # Nor does the phone have to register again.
    assert ana.desk["agent"]["phone"]["reachable"]
    since = phone.mark
    centre.calls(customer)
    phone.rings(since=since)


# From the kill until both sides hear each other again, with the start of the server and whatever a loaded machine adds.
HEARD_AGAIN = 6.0


def talk(centre, phone, customer):
    """The customer calls, the agent answers, both hear each other."""
    since = phone.mark
    call = centre.calls(customer)
    phone.rings(since=since)
    phone.answer()
    customer.hears(phone.tone, call=call)
    phone.hears(customer.tone)
    return call


def both_hear_again(phone, customer, killed_at):
    phone.hears_anew(customer.tone)
    customer.hears_anew(phone.tone)
    assert time.monotonic() - killed_at < HEARD_AGAIN


@pytest.mark.alone
def test_calls_and_the_waiting_line_outlast_a_crash(centre):
    phone, other_phone, ana, supervisor = centre.anas_phone(), centre.bilals_phone(), centre.ana, centre.supervisor
    customer = centre.customer()
    ana.ready()
    talk(centre, phone, customer)
    talking = ana.wait_for_contact("talking")
    waiting = []
    for index in range(3):
        waiting.append(centre.customer(f"+99532255010{index}", name=f"waiting {index}", tone=OTHER_CUSTOMER_TONE))
        centre.calls(waiting[-1])
    supervisor.wait_for_queue(waiting=3)
    line = [row["id"] for row in reversed(supervisor.contacts()) if row["id"] != talking["id"]]

    for _ in range(2):
        killed_at = time.monotonic()
        centre.server.kill()
        centre.server.start()
        both_hear_again(phone, customer, killed_at)
    ana.watch()
    supervisor.watch()
    assert ana.wait_for_contact("talking")["id"] == talking["id"]
    supervisor.wait_for_queue(waiting=3)
    waiting[2].hears_sound(since=0.0)
    # In the order in which they came.
    since = other_phone.mark
    centre.bilal.ready()
    for index, contact in enumerate(line):
        assert centre.bilal.wait_for_contact("ringing")["id"] == contact
        other_phone.rings(since=since)
        other_phone.answer()
        waiting[index].hears_anew(BILAL_TONE)
        waiting[index].hang_up()
        other_phone.wait_for("ended", since=since)
        done = centre.bilal.wait_for_contact("wrapUp")
        # Before the next is offered: his phone may ring before the answer is here.
        since = other_phone.mark
        centre.bilal.complete(done, next(leaves(done["dispositions"]))["id"], "")
    customer.hang_up()
    phone.wait_for("ended")
    assert ana.wait_for_contact("wrapUp")["id"] == talking["id"]


def stops_and_rings_anew_after_a_crash(centre, phone):
    """A customer calls; the phone rings, the server crashes, the old ringing stops, and the new one is answered."""
    customer = centre.customer()
    centre.ana.ready()
    centre.calls(customer)
    first = phone.rings()
    centre.server.kill()
    since = phone.mark
    centre.server.start()
    phone.wait_for("ended", call=first["call"], since=since)
    phone.rings(since=since)
    phone.answer()
    customer.hears_anew(ANA_TONE)


def test_a_phone_that_rang_at_the_crash_stops_and_rings_anew(centre):
    stops_and_rings_anew_after_a_crash(centre, centre.anas_phone())


def test_a_customer_who_is_taken_back_while_the_server_is_away_hears_his_agent_again(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    talk(centre, phone, customer)
    since = phone.mark
    phone.hold()
    phone.wait_for("held", since=since)
    centre.server.kill()
    since = phone.mark
    phone.take_back()
    centre.server.start()
    # The server's re-INVITE may meet the phone's: then the phone tries again, as its user would.
    while phone.wait_for(("media", "refused"), since=since)["event"] == "refused":
        since = phone.mark
        phone.take_back()
    phone.hears_anew(CUSTOMER_TONE)
    customer.hears_anew(ANA_TONE)


@pytest.mark.alone
def test_a_server_that_hands_over_leaves_calls_to_the_next(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    talk(centre, phone, customer)
    at = time.monotonic()
    centre.server.hand_over()
    centre.server.start()
    both_hear_again(phone, customer, at)
    customer.hang_up()
    phone.wait_for("ended")


def test_a_customer_whose_phone_is_gone_after_the_crash_is_lost_and_the_agent_wraps_up(centre):
    phone, customer, ana, supervisor = centre.anas_phone(), centre.customer(), centre.ana, centre.supervisor
    ana.ready()
    talk(centre, phone, customer)
    talking = ana.wait_for_contact("talking")
    centre.server.kill()
    customer.stop()
    centre.server.start()
    ana.watch()
    # No answer to the re-INVITE within 64*T1 (RFC 3261 section 17.1.1.2).
    contact = ana.wait_for_contact("wrapUp", deadline=40)
    assert (contact["id"], contact["endedBy"]) == (talking["id"], "system")
    phone.wait_for("ended")
