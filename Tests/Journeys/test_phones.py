"""The phones themselves, one against the other, before any server is blamed."""

import pytest

from phones import ANA_TONE, CUSTOMER_TONE, CUSTOMERS, AGENTS_FIXED, BILAL_TONE


@pytest.mark.alone
def test_two_phones_hear_each_other_at_once(phone):
    ana = phone("ana", address=AGENTS_FIXED, tone=ANA_TONE, codecs=["PCMA"])
    customer = phone("customer", address=CUSTOMERS, tone=CUSTOMER_TONE)
    call = customer.call("ana", f"{AGENTS_FIXED}:{ana.port}")
    ana.rings()
    customer.wait_for("progress", call=call, code=180)
    answered = ana.answer()
    customer.hears(ANA_TONE)
    ana.hears(CUSTOMER_TONE)
    customer.dial("5")
    ana.wait_for("digit", digit="5")
    customer.hang_up()
    ana.wait_for("ended")
    assert ana.heard().moment_heard(CUSTOMER_TONE) - answered < 0.3
    assert customer.heard().moment_heard(ANA_TONE) - answered < 0.3
    assert customer.heard().tones([CUSTOMER_TONE, ANA_TONE, BILAL_TONE], at_least=0.1) == {ANA_TONE}


def test_a_busy_phone_says_so(phone):
    ana = phone("ana", address=AGENTS_FIXED, tone=ANA_TONE, manner="busy")
    customer = phone("customer", address=CUSTOMERS, tone=CUSTOMER_TONE)
    customer.call("ana", f"{AGENTS_FIXED}:{ana.port}")
    assert customer.wait_for("ended")["code"] == 486
