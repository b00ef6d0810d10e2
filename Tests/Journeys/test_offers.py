"""Offers that come to nothing: the caller keeps his rank, and the agent gets no more until he says so."""

from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE, OTHER_CUSTOMER_TONE
from small_centre import CALLER, OTHER_CALLER, RINGS_SHORTLY, SHORT_RING_TIMEOUT


def test_a_call_that_nobody_answers_goes_to_another_agent_before_a_newer_one(centre):
    centre.server.apply(RINGS_SHORTLY)
    anas_phone, bilals_phone = centre.anas_phone(), centre.bilals_phone()
    first, second = centre.customer(), centre.customer(OTHER_CALLER, name="other customer", tone=OTHER_CUSTOMER_TONE)
    ana, bilal, supervisor = centre.ana, centre.bilal, centre.supervisor
    ana.ready()
    centre.calls(first)
    rang = anas_phone.rings()
    assert CALLER in rang["caller"]
    centre.calls(second)
    supervisor.wait_for_queue(waiting=1)

    stopped = anas_phone.wait_for("ended", SHORT_RING_TIMEOUT + 3, call=rang["call"])
    assert SHORT_RING_TIMEOUT - 0.2 <= stopped["at"] - rang["at"] <= SHORT_RING_TIMEOUT + 1
    ana.wait_for_routing("notResponding")
    supervisor.wait_for_queue(waiting=2)

    bilal.ready()
    assert CALLER in bilals_phone.rings()["caller"], "the newer caller was offered first"
    contact = bilal.wait_for_contact("ringing")
    assert contact["number"] == CALLER
    assert {(row["reason"], row["count"]) for row in contact["why"]["excluded"]} >= {("notResponding", 1)}
    bilals_phone.answer()
    first.hears(BILAL_TONE)

    since = anas_phone.mark
    ana.ready()
    assert OTHER_CALLER in anas_phone.rings(since=since)["caller"]
    anas_phone.answer()
    anas_phone.hears(OTHER_CUSTOMER_TONE)
    second.hears(ANA_TONE)
    first.hang_up()
    second.hang_up()
    bilals_phone.wait_for("ended")
    story = supervisor.get(f"/api/contacts/{contact['id']}")
    assert [(offer["agent"], offer["result"]) for offer in story["offers"]] == [("Ana Beridze", "lapsed"), ("Bilal Ahmed", "answered")]
    assert bilals_phone.heard().tones([CUSTOMER_TONE, OTHER_CUSTOMER_TONE]) == {CUSTOMER_TONE}


def test_an_agent_declines_at_the_desk(centre):
    phone, other_phone, customer = centre.anas_phone(), centre.bilals_phone(), centre.customer()
    ana, bilal = centre.ana, centre.bilal
    ana.ready()
    centre.calls(customer)
    rang = phone.rings()
    contact = ana.wait_for_contact("ringing")
    ana.decline(contact)
    assert phone.wait_for("ended", call=rang["call"])["code"] == 487
    ana.wait_for_routing("notResponding")
    bilal.ready()
    other_phone.rings()
    assert bilal.wait_for_contact("ringing")["id"] == contact["id"]
    other_phone.answer()
    customer.hears(BILAL_TONE)
    story = centre.supervisor.get(f"/api/contacts/{contact['id']}")
    assert [offer["result"] for offer in story["offers"]] == ["declined", "answered"]


def test_an_agent_declines_on_the_phone(centre):
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    ana.ready()
    centre.calls(customer)
    phone.rings()
    contact = ana.wait_for_contact("ringing")
    phone.refuse(603)
    ana.wait_for_routing("notResponding")
    story = centre.supervisor.get(f"/api/contacts/{contact['id']}")
    assert [offer["result"] for offer in story["offers"]] == ["declined"]
    assert story["outcome"] is None
    customer.hears_sound()


def test_a_busy_phone_gives_the_call_to_another_agent(centre):
    centre.anas_phone(manner="busy")
    other_phone, customer = centre.bilals_phone(), centre.customer()
    ana, bilal = centre.ana, centre.bilal
    ana.ready()
    bilal.ready()
    ana.wait_for_routing("idle")
    centre.calls(customer)
    # Ana is idle for longer, so it is her turn; her phone is busy.
    other_phone.rings()
    ana.wait_for_routing("notResponding")
    contact = bilal.wait_for_contact("ringing")
    other_phone.answer()
    customer.hears(BILAL_TONE)
    story = centre.supervisor.get(f"/api/contacts/{contact['id']}")
    assert [(offer["agent"], offer["result"]) for offer in story["offers"]] == [("Ana Beridze", "unreachable"), ("Bilal Ahmed", "answered")]


def test_an_agent_whose_phone_is_not_there_is_not_offered_anything(centre):
    customer, ana, supervisor = centre.customer(), centre.ana, centre.supervisor
    ana.ready()
    ana.wait_for_reachable(False)
    phone = centre.anas_phone()
    phone.unregister()
    ana.wait_for_reachable(False)
    centre.calls(customer)
    supervisor.wait_for_queue(waiting=1)
    assert not phone.events("rings")
    phone.register()
    ana.wait_for_reachable(True)
    phone.rings()
    contact = ana.wait_for_contact("ringing")
    phone.answer()
    customer.hears(ANA_TONE)
    assert len(supervisor.get(f"/api/contacts/{contact['id']}")["offers"]) == 1
