"""What happens in a talk: hold, keys, and a phone that is gone without a word."""

from phones import ANA_TONE, CUSTOMER_TONE
from seat import wait_until
from test_restart import talk

# Sound missing for 20 s, and no answer for 8 s to the question whether anybody is there; some more for a loaded machine.
VANISHED = 45.0


def test_a_customer_on_hold_hears_music_until_the_agent_takes_him_back(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")
    before = customer.hears(ANA_TONE, call=call).seconds
    phone.hold()
    customer.hears_sound(seconds=1.0, since=before + 0.5)
    phone.take_back()
    customer.hears_anew(ANA_TONE)
    phone.hears_anew(CUSTOMER_TONE)
    customer.hang_up()
    phone.wait_for("ended")
    story = centre.supervisor.get(f"/api/contacts/{contact['id']}")
    kinds = [segment["kind"] for segment in story["segments"]]
    assert [kind for kind in kinds if kind in ("talk", "hold")] == ["talk", "hold", "talk"]


def test_the_desk_holds_mutes_and_presses_keys(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    contact = ana.wait_for_contact("talking")

    before = customer.hears(ANA_TONE, call=call).seconds
    ana.command(contact, "hold")
    customer.hears_sound(seconds=1.0, since=before + 0.5)
    held = customer.recording(call, skip=before + 0.5)
    assert ANA_TONE not in held.tones([ANA_TONE, CUSTOMER_TONE])
    ana.command(contact, "retrieve")
    customer.hears_anew(ANA_TONE)
    phone.hears_anew(CUSTOMER_TONE)

    ana.command(contact, "mute")
    ana.wait(lambda seat: seat.desk["contact"]["muted"], "a muted agent")
    muted_from = customer.recording(call).seconds + 0.5
    phone.hears_anew(CUSTOMER_TONE)
    wait_until(lambda: customer.seconds_recorded(call) > muted_from + 1.0, "a second of silence")
    assert customer.recording(call, skip=muted_from).tones([ANA_TONE]) == set()
    ana.command(contact, "unmute")
    customer.hears_anew(ANA_TONE)

    ana.command(contact, "keys", keys="4#7")
    for digit in "4#7":
        customer.wait_for("digit", digit=digit)
    assert not phone.events("digit")
    customer.hang_up()
    phone.wait_for("ended")


def test_a_muted_agent_is_not_heard_after_a_restart_either(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    call = talk(centre, phone, customer)
    ana.command(ana.wait_for_contact("talking"), "mute")
    centre.server.kill()
    centre.server.start()
    ana.watch()
    phone.hears_anew(CUSTOMER_TONE)
    since = customer.recording(call).seconds
    wait_until(lambda: customer.seconds_recorded(call) > since + 1.0, "a second of silence")
    assert customer.recording(call, skip=since).tones([ANA_TONE]) == set()
    ana.command(ana.wait_for_contact("talking"), "unmute")
    customer.hears_anew(ANA_TONE)


def test_a_phone_that_vanishes_in_the_talk_gives_the_customer_to_the_next_agent(centre):
    phone, other, customer, ana = centre.anas_phone(), centre.bilals_phone(), centre.customer(), centre.ana
    ana.ready()
    talk(centre, phone, customer)
    centre.bilal.ready()
    phone.stop()
    ana.wait_for_routing("notResponding", deadline=VANISHED)
    other.rings()
    other.answer()
    customer.hears_anew(other.tone)
