"""What a call gets that should not have come, or not like that."""

import contextlib

import pytest

from phones import CUSTOMERS, STRANGERS
from raw_sip import Sender
from small_centre import NUMBER, UNKNOWN_NUMBER


@pytest.fixture
def trunk(centre):
    with contextlib.closing(Sender(CUSTOMERS, centre.server.sip)) as sender:
        yield sender


def test_a_number_that_nobody_has_is_not_found(centre):
    customer = centre.customer()
    call = customer.call(UNKNOWN_NUMBER, centre.server.sip)
    assert customer.wait_for("ended", call=call)["code"] == 404
    assert centre.supervisor.contacts() == []


def test_a_stranger_hears_nothing(centre, trunk):
    with contextlib.closing(Sender(STRANGERS, centre.server.sip)) as stranger:
        for message in (
            stranger.invite(NUMBER), stranger.invite(NUMBER, without=("CSeq",)), stranger.request("OPTIONS", NUMBER),
            stranger.request("REGISTER", "nobody"), "HELLO\r\n\r\n", b"\x00\xff" * 700):
            stranger.send(message)
            # The server takes one datagram after another: once the trunk has its answer, the stranger's was dealt with.
            trunk.send(trunk.request("OPTIONS", NUMBER))
            assert trunk.status() == 200
        assert stranger.hears_nothing()
    assert centre.supervisor.contacts() == []


def test_malformed_requests_from_the_trunk_are_refused_and_calls_go_on(centre, trunk):
    malformed = {
        "no CSeq": trunk.invite(NUMBER, without=("CSeq",)),
        "no Call-ID": trunk.invite(NUMBER, without=("Call-ID",)),
        "another method in CSeq": trunk.invite(NUMBER, CSeq="1 BYE"),
        "a CSeq that is no number": trunk.invite(NUMBER, CSeq="one INVITE"),
        "a body shorter than its length": trunk.invite(NUMBER, Content_Length="4000"),
        "an unreadable From": trunk.invite(NUMBER, From="<<sip:>;tag=x"),
    }
    for what, message in malformed.items():
        trunk.send(message)
        assert trunk.status() == 400, what
    for message in (b"", b"\r\n\r\n", b"INVITE", bytes(range(256)) * 20, trunk.invite(NUMBER)[:200]):
        trunk.send(message)
    customer = centre.customer()
    centre.calls(customer)
    customer.hears_sound()
    centre.supervisor.wait_for_queue(waiting=1)


def test_a_call_without_a_codec_of_ours_is_not_acceptable(trunk):
    body = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 40000 RTP/AVP 3\r\na=rtpmap:3 GSM/8000\r\n"
    trunk.send(trunk.invite(NUMBER, body=body))
    assert trunk.status() == 488
