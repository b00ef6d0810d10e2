"""What happens in a talk: hold, keys, and a phone that is gone without a word."""

from phones import ANA_TONE, CUSTOMER_TONE
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
