"""What lasts: the recording of inputs that can be replayed, and everything across a restart."""

import re

from phones import ANA_TONE, CUSTOMER_TONE
from server import leaves
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
    ana.wait_for_reachable(False)
    phone.register()
    ana.wait_for_reachable(True)
    since = phone.mark
    centre.calls(customer)
    phone.rings(since=since)


def test_a_call_that_a_restart_cut_is_wrapped_up_and_a_waiting_one_is_lost(centre):
    phone, customer, ana, supervisor = centre.anas_phone(), centre.customer(), centre.ana, centre.supervisor
    waiting = centre.customer(OTHER_CALLER, name="waiting customer")
    ana.ready()
    centre.calls(customer)
    phone.rings()
    phone.answer()
    talking = ana.wait_for_contact("talking")
    centre.calls(waiting)
    supervisor.wait_for_queue(waiting=1)
    centre.server.kill()
    centre.server.start()
    ana.watch()
    supervisor.watch()
    contact = ana.wait_for_contact("wrapUp")
    assert (contact["id"], contact["endedBy"]) == (talking["id"], "system")
    outcomes = {row["number"]: row["outcome"] for row in supervisor.contacts()}
    assert outcomes == {CALLER: None, OTHER_CALLER: "lostInRestart"}
