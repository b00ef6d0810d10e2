"""Talks that are recorded: what is kept through kill -9, what a pause keeps out, and who gets none of it."""

import array
import contextlib
import http.client
import io
import json
import os
import sqlite3
import time
import wave

import pytest

from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE, OTHER_CUSTOMER_TONE, RECORDED_TONE
from seat import HTTPProblem, leaves, wait_until
from small_centre import CALLER, OTHER_CALLER, PASSWORD
from sound import share

RECORDED = """
callfloor: 1
projects: {home-internet: {recording: {calls: all, announce: "no"}}}
"""

# A project beside it, and its supervisor.
STRANGERS = f"""
callfloor: 1
projects: {{elsewhere: {{name: Elsewhere, queues: {{elsewhere: {{name: Elsewhere}}}}}}}}
users: {{zara: {{name: Zara Hill, password: {PASSWORD}, role: supervisor, projects: [elsewhere]}}}}
"""

RATE = 8000
WINDOW = 160


def sound(seat, recording, query="", headers=None):
    """The answer to who wants to hear it: its status, and the sound of the customer and of the centre."""
    with contextlib.closing(http.client.HTTPConnection(seat.server.reached_at, seat.server.port, timeout=30)) as connection:
        connection.request("GET", f"/api/recordings/{recording}/sound{query}", headers={**seat.headers(), **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
    if answer.status != 200:
        return answer.status, content, None
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE, 2)
        samples = array.array("h", file.readframes(file.getnframes()))
    return 200, samples[::2], samples[1::2]


def seconds_with(samples, frequency):
    """For how long a tone is heard."""
    windows = (samples[place:place + WINDOW] for place in range(0, len(samples) - WINDOW + 1, WINDOW))
    return sum(share(window, frequency) > 0.5 for window in windows) * WINDOW / RATE


def recordings(seat, contact):
    return seat.get(f"/api/contacts/{contact}/recordings")["recordings"]


def talk(centre, seat, phone, customer):
    """Rings, is answered; returns the contact."""
    since = phone.mark
    seat.ready()
    centre.calls(customer)
    phone.rings(since=since)
    phone.answer()
    return seat.wait_for_contact("talking")["id"]


def stays(seconds):
    """The talk goes on for so long: what is recorded is time."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end, "the time of the talk", deadline=seconds + 5)


def refused(seat, contact):
    """Whether nothing took the recording of a contact, as its story says."""
    return "recordingRefused" in [event["kind"] for event in seat.get(f"/api/contacts/{contact}")["events"]]


def kept(server):
    """What the log says of whether recordings are kept, from the first time to the last."""
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "callfloor.sqlite"))) as database:
        rows = database.execute("SELECT payload FROM log WHERE kind = 'keepingChanged' ORDER BY position").fetchall()
    return [json.loads(payload)["kept"] for payload, in rows]


def recorders(pid):
    """The threads that write recordings: their names, and the files that tell of them."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm") as file:
            name = file.read().strip()
        if name.startswith("recorder"):
            found.append((name, f"/proc/{pid}/task/{thread}/status"))
    return found


def woken(threads):
    """How often they have gone to sleep so far."""
    count = 0
    for _, path in threads:
        with open(path) as file:
            count += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
    return count


def test_after_kill_9_every_recording_plays_and_misses_no_more_than_a_second(centre):
    centre.server.apply(RECORDED)
    first = centre.customer(CALLER, name="first", tone=CUSTOMER_TONE)
    second = centre.customer(OTHER_CALLER, name="second", tone=OTHER_CUSTOMER_TONE)
    talks = {}
    for seat, phone, customer in [
            (centre.ana, centre.anas_phone(), first), (centre.bilal, centre.bilals_phone(), second)]:
        contact = talk(centre, seat, phone, customer)
        customer.hears(ANA_TONE if seat is centre.ana else BILAL_TONE)
        talks[contact] = time.monotonic()
    stays(3.0)
    centre.server.kill()
    killed = time.monotonic()
    centre.server.start()
    centre.supervisor.watch()
    tones = [(CUSTOMER_TONE, ANA_TONE), (OTHER_CUSTOMER_TONE, BILAL_TONE)]
    for (contact, begun), (customer_tone, agent_tone) in zip(talks.items(), tones, strict=True):
        found = recordings(centre.supervisor, contact)
        # The talk goes on, and so another part of it.
        wait_until(lambda: len(recordings(centre.supervisor, contact)) == 2, "the talk is recorded again")
        contents = centre.supervisor.get(f"/api/recordings/{found[0]['id']}")
        assert contents["ending"] == "cut" and contents["gaps"] == []
        status, customer, agent = sound(centre.supervisor, found[0]["id"])
        assert status == 200
        spoken = killed - begun
        assert len(customer) / RATE >= spoken - 1.0
        assert seconds_with(customer, customer_tone) >= spoken - 1.2
        assert seconds_with(agent, agent_tone) >= spoken - 1.2
        assert seconds_with(customer, agent_tone) < 0.1 and seconds_with(agent, customer_tone) < 0.1


def test_what_is_said_and_pressed_in_a_pause_is_not_in_the_recording(centre):
    centre.server.apply(RECORDED)
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    contact = talk(centre, ana, phone, customer)
    customer.hears(ANA_TONE)
    assert ana.wait_for_contact("talking")["recording"]["state"] == "on"
    stays(1.0)
    ana.post(f"/api/desk/contacts/{contact}/pause-recording")
    wait_until(lambda: ana.wait_for_contact("talking")["recording"]["state"] == "paused", "the desk says so")
    customer.dial("4111111111111111")
    stays(4.0)
    # They go on with each other meanwhile.
    assert phone.wait_for("digit", digit="4")
    ana.post(f"/api/desk/contacts/{contact}/resume-recording")
    stays(1.5)
    customer.hang_up()
    ana.wait_for_contact("wrapUp")
    [recording] = recordings(centre.supervisor, contact)
    contents = wait_until(
        lambda: (found := centre.supervisor.get(f"/api/recordings/{recording['id']}"))["ending"] == "whole" and found, "it is whole")
    [pause] = contents["pauses"]
    assert 3500 <= pause["to"] - pause["from"] <= 5500
    _, customers, agents = sound(centre.supervisor, recording["id"])
    for samples, tone in [(customers, CUSTOMER_TONE), (agents, ANA_TONE)]:
        inside = samples[pause["from"] * RATE // 1000:pause["to"] * RATE // 1000]
        assert max(map(abs, inside)) == 0
        assert seconds_with(samples, tone) > 1.0
    with open(os.path.join(centre.server.data, "callfloor.sqlite"), "rb") as database:
        assert b"4111111111111111" not in database.read()
    kinds = [event["kind"] for event in centre.supervisor.get(f"/api/contacts/{contact}")["events"]]
    wanted = ["recordingStarted", "recordingPaused", "recordingResumed", "recordingEnded"]
    assert [kind for kind in kinds if kind.startswith("recording")] == wanted


def test_the_customer_is_told_before_they_talk_and_what_he_was_told_is_in_the_recording(centre):
    centre.server.apply(RECORDED.replace('"no"', '"yes"'))
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    contact = talk(centre, ana, phone, customer)
    customer.hears(ANA_TONE)
    phone.hears(CUSTOMER_TONE)
    stays(0.5)
    customer.hang_up()
    ana.wait_for_contact("wrapUp")
    heard = customer.heard()
    assert heard.seconds_of(RECORDED_TONE) >= 0.8
    assert heard.first_heard(RECORDED_TONE) + 0.8 <= heard.first_heard(ANA_TONE)
    # The agent hears what the customer is told, and nothing of him before that.
    assert phone.heard().first_heard(RECORDED_TONE) + 0.8 <= phone.heard().first_heard(CUSTOMER_TONE)
    [recording] = recordings(centre.supervisor, contact)
    assert seconds_with(sound(centre.supervisor, recording["id"])[2], RECORDED_TONE) >= 0.8
    kinds = [event["kind"] for event in centre.supervisor.get(f"/api/contacts/{contact}")["events"]]
    assert [kind for kind in kinds if kind.startswith("recording")] == [
        "recordingStarted", "recordingAnnounced", "recordingTold", "recordingEnded"]


def test_nobody_else_gets_anything_of_a_recording_and_who_hears_it_is_in_the_audit(centre):
    centre.server.apply(RECORDED)
    centre.server.apply(STRANGERS)
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    contact = talk(centre, ana, phone, customer)
    stays(1.0)
    customer.hang_up()
    ana.wait_for_contact("wrapUp")
    [recording] = recordings(centre.supervisor, contact)
    zara = centre.seat("zara")
    nothing = "00000000-0000-7000-8000-000000000000"
    for path in ["/api/contacts/{}/recordings", "/api/recordings/{}"]:
        answers = []
        for name in [contact if "contacts" in path else recording["id"], nothing]:
            with pytest.raises(HTTPProblem) as refused:
                zara.get(path.format(name))
            answers.append((refused.value.status, refused.value.problem))
        assert answers[0] == answers[1] and answers[0][0] == 404
    assert sound(zara, recording["id"])[0] == sound(zara, nothing)[0] == 404
    # An agent hears nobody's, his own neither.
    assert sound(ana, recording["id"])[0] == 403
    # A supervisor hears, but takes nothing along.
    assert sound(centre.supervisor, recording["id"])[0] == 200
    assert sound(centre.supervisor, recording["id"], "?purpose=export&reason=complaint")[0] == 403
    status, part, _ = sound(centre.supervisor, recording["id"], headers={"Range": "bytes=44-683"})
    assert status == 206 and len(part) == 640
    with contextlib.closing(sqlite3.connect(os.path.join(centre.server.data, "callfloor.sqlite"))) as database:
        heard = database.execute("SELECT question FROM audit WHERE action = 'heard'").fetchall()
    assert heard == [(f"recording={recording['id']}",)]


def test_a_wrong_key_says_so_at_the_start_and_calls_go_on(centre):
    centre.server.apply(RECORDED)
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    contact = talk(centre, ana, phone, customer)
    stays(1.0)
    customer.hang_up()
    over = ana.wait_for_contact("wrapUp")
    ana.complete(over, next(leaves(over["dispositions"]))["id"], "")
    [recording] = recordings(centre.supervisor, contact)
    centre.server.stop()
    path = os.path.join(centre.server.data, "recording-keys")
    with open(path) as file:
        name, key = file.read().split()
    with open(path, "w") as file:
        file.write(f"{name} {key[::-1]}\n")
    centre.server.start()
    centre.supervisor.watch()
    centre.supervisor.wait_for_troubles("recordingFailing")
    assert f"the key {name} is not the one that sealed earlier recordings" in centre.server.end_of_log()
    assert sound(centre.supervisor, recording["id"])[0] == 409
    # Nobody is told that he is recorded, and the story shows no recording.
    again = centre.customer(OTHER_CALLER, name="again")
    ana.watch()
    contact = talk(centre, ana, phone, again)
    again.hears(ANA_TONE)
    wait_until(lambda: refused(centre.supervisor, contact), "nothing takes the recording")
    assert ana.wait_for_contact("talking")["recording"]["state"] == "off"
    assert recordings(centre.supervisor, contact) == []
    again.hang_up()
    ana.wait_for_contact("wrapUp")
    centre.server.stop()
    with open(path, "w") as file:
        file.write(f"{name} {key}\n")
    centre.server.start()
    centre.supervisor.watch()
    assert sound(centre.supervisor, recording["id"])[0] == 200
    # Each start says it; before these three the centre was set up.
    assert kept(centre.server)[-3:] == [True, False, True]


def test_nothing_wakes_the_threads_that_record_while_nobody_is_recorded(centre):
    threads = recorders(centre.server.pid)
    assert sorted(name for name, _ in threads) == ["recorder", "recorder-sync"]
    # What they look at when they begin is behind them.
    stays(1.5)
    before = woken(threads)
    stays(2.0)
    assert woken(threads) == before
    centre.server.apply(RECORDED)
    phone, customer, ana = centre.anas_phone(), centre.customer(), centre.ana
    contact = talk(centre, ana, phone, customer)
    customer.hears(ANA_TONE)
    stays(1.5)
    customer.hang_up()
    ana.wait_for_contact("wrapUp")
    [recording] = recordings(centre.supervisor, contact)
    wait_until(lambda: centre.supervisor.get(f"/api/recordings/{recording['id']}")["ending"] == "whole", "it is whole")
    assert seconds_with(sound(centre.supervisor, recording["id"])[1], CUSTOMER_TONE) > 1.0
