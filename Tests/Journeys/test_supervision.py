"""A supervisor beside an agent: heard by exactly those who should, and the customer is never without somebody."""

import pytest
from phones import ANA_TONE, BILAL_TONE, CUSTOMER_TONE, Timeout
from seat import HTTPProblem, wait_until
from sound import AUDIBLE, RATE, STEP, loudness
from test_consult import hear_all
from test_restart import talk

BILAL_SUPERVISES = """
callfloor: 1
users: {bilal: {role: supervisor}}
"""
# What the customer may miss when another goes on with him.
GAP_MAX = 0.2
# So long nobody may hear who should not.
WHILE = 0.6
# What a phone has received and not played yet, at the most.
BUFFERED = 0.6


class Story:
    """Ana talks with a customer; Bilal, whose phone says his tone all the time, is a supervisor."""

    def __init__(self, centre):
        centre.server.apply(BILAL_SUPERVISES)
        self.centre, self.ana, self.bilal = centre, centre.ana, centre.bilal
        self.phone, self.other, self.customer = centre.anas_phone(), centre.bilals_phone(), centre.customer()
        self.ana.ready()
        self.call = talk(centre, self.phone, self.customer)
        self.contact = self.ana.wait_for_contact("talking")
        self.bilal.set_presence("notReady")

    def asks(self, deed, **body):
        return self.bilal.post(f"/api/floor/contacts/{self.contact['id']}/{deed}", body)

    def supervises(self, mode):
        self.asks("supervise", mode=mode)
        self.other.rings()
        self.other.answer()
        self.is_beside(mode, False)

    def is_beside(self, mode, is_open):
        self.bilal.wait(
            lambda seat: (seat.desk["supervising"] or {}) | {"since": 0} == {
                "contact": self.contact["id"], "agent": "Ana Beridze", "agentId": self.ana.desk["agent"]["id"], "mode": mode,
                "microphoneOpen": is_open, "state": "on", "since": 0, "keptOut": False},
            f"that he is beside Ana: {mode}")

    def is_heard_by(self, *, customer, agent):
        """Whether the customer and the agent hear the supervisor, from now on."""
        hear_all((self.other, None, [CUSTOMER_TONE, ANA_TONE]))
        for phone, call, is_heard, others in (
            (self.customer, self.call, customer, [ANA_TONE]), (self.phone, None, agent, [CUSTOMER_TONE])):
            since = phone.recording(call).seconds
            if is_heard:
                hear_all((phone, call, [*others, BILAL_TONE]))
            else:
                wait_until(lambda: phone.seconds_recorded(call) > since + WHILE, "a while")
                assert phone.recording(call).together([BILAL_TONE], since + 0.1) < 0.1


@pytest.fixture
def story(centre):
    return Story(centre)


def longest_silence(recording, since):
    """How long nothing at all was heard, at the longest."""
    longest = run = 0
    for _, window in recording.windows(since):
        run = 0 if loudness(window) >= AUDIBLE else run + 1
        longest = max(longest, run)
    return longest * STEP / RATE


def test_each_mode_is_heard_by_exactly_those_who_should(story):
    story.supervises("monitor")
    story.is_heard_by(customer=False, agent=False)
    with pytest.raises(HTTPProblem) as refused:
        story.asks("supervise/microphone", open=True)
    assert refused.value.code == "staleState"
    story.asks("supervise", mode="whisper")
    story.is_beside("whisper", False)
    story.is_heard_by(customer=False, agent=False)
    story.asks("supervise/microphone", open=True)
    story.is_heard_by(customer=False, agent=True)
    # Joining closes the microphone: nobody is heard by more people than he thinks.
    story.asks("supervise", mode="barge")
    story.is_heard_by(customer=False, agent=False)
    story.asks("supervise/microphone", open=True)
    story.is_beside("barge", True)
    story.is_heard_by(customer=True, agent=True)
    story.asks("supervise/microphone", open=False)
    story.is_heard_by(customer=False, agent=False)
    story.asks("supervise/end")
    story.other.wait_for("ended")
    story.customer.hears_anew(ANA_TONE, call=story.call)
    story.phone.hears_anew(CUSTOMER_TONE)
    story.bilal.wait_for_routing("notReady")


def test_what_is_kept_between_customer_and_agent_no_supervisor_hears(story):
    story.centre.server.apply('callfloor: 1\nprojects: {home-internet: {recording: {calls: onDemand, announce: "no"}}}\n')
    story.supervises("barge")
    story.asks("supervise/microphone", open=True)
    story.is_heard_by(customer=True, agent=True)
    pause, resume = (f"/api/desk/contacts/{story.contact['id']}/{deed}-recording" for deed in ("pause", "resume"))
    story.ana.post(pause)
    story.bilal.wait(lambda seat: seat.desk["supervising"]["keptOut"], "that his desk says so")
    nobody = [
        (story.other, None, CUSTOMER_TONE), (story.other, None, ANA_TONE), (story.customer, story.call, BILAL_TONE),
        (story.phone, None, BILAL_TONE)]
    since = [phone.recording(call).seconds for phone, call, _ in nobody]
    story.customer.dial("4111")
    assert story.phone.wait_for("digit", digit="4")
    for (phone, call, tone), begun in zip(nobody, since, strict=True):
        wait_until(lambda: phone.seconds_recorded(call) > begun + BUFFERED + WHILE, "a while")
        assert phone.recording(call).together([tone], begun + BUFFERED) == 0
    hear_all((story.customer, story.call, [ANA_TONE]), (story.phone, None, [CUSTOMER_TONE]))
    with pytest.raises(Timeout):
        story.other.wait_for("digit", digit="4", deadline=0.1)
    story.ana.post(resume)
    story.bilal.wait(lambda seat: not seat.desk["supervising"]["keptOut"], "that it is over")
    story.is_heard_by(customer=True, agent=True)


def test_what_supervisors_do_stands_in_the_story_and_the_agent_sees_them_where_the_project_says_so(story):
    sofia = story.centre.supervisor
    agent = story.ana.desk["agent"]["id"]
    assert sofia.wait(lambda seat: seat.agents.get(agent, {}).get("mayBeSupervised"), "Ana in a talk")
    story.ana.post("/api/desk/help", {"wanted": True})
    sofia.wait(lambda seat: seat.agents[agent]["help"], "a flag")
    story.supervises("whisper")
    sofia.wait(lambda seat: seat.agents[agent]["help"] is None, "no flag")
    assert sofia.wait(lambda seat: seat.agents[agent]["supervisors"], "Bilal beside her") == [
        {"name": "Bilal Ahmed", "mode": "whisper", "microphoneOpen": False}]
    assert story.ana.wait(lambda seat: seat.desk["supervisors"], "who is beside her") == [{"name": "Bilal Ahmed", "mode": "whisper"}]
    story.centre.server.apply("callfloor: 1\nprojects: {home-internet: {supervision: {shown: false}}}\n")
    story.ana.wait(lambda seat: seat.desk["supervisors"] == [], "nobody, since the project does not say so")
    with pytest.raises(HTTPProblem) as refused:
        sofia.post(f"/api/floor/contacts/{story.contact['id']}/supervise", {"mode": "monitor"})
    assert refused.value.code == "agentNeeded"
    sofia.post("/api/floor/messages", {"text": "Well done", "agent": agent})
    message = story.ana.wait(lambda seat: seat.desk["messages"], "a message")[0]
    assert (message["from"], message["text"]) == ("Sofia Rossi", "Well done")
    story.ana.post(f"/api/desk/messages/{message['id']}/read")
    story.ana.wait(lambda seat: seat.desk["messages"] == [], "no message")
    story.customer.hang_up()
    story.other.wait_for("ended")
    story.phone.wait_for("ended")

    def told():
        kinds = [event["kind"] for event in story.bilal.get(f"/api/contacts/{story.contact['id']}")["events"]]
        return [kind for kind in kinds if kind.startswith(("supervision", "help"))]

    wait_until(
        lambda: told() == ["helpRequested", "supervisionStarted", "supervisionArranged", "supervisionEnded"], "what he did in the story")
    sofia.post(f"/api/floor/agents/{agent}/free")
    story.ana.wait_for_routing("idle")


def test_who_takes_over_leaves_the_customer_no_gap(story):
    story.supervises("monitor")
    hear_all((story.other, None, [CUSTOMER_TONE, ANA_TONE]))
    since = story.customer.recording(story.call).seconds
    story.asks("take-over")
    story.phone.wait_for("ended")
    story.customer.hears_anew(BILAL_TONE, call=story.call)
    story.other.hears_anew(CUSTOMER_TONE)
    assert longest_silence(story.customer.recording(story.call), since) <= GAP_MAX
    theirs = story.bilal.wait_for_contact("talking")
    assert (theirs["id"], theirs["why"]["rule"]) == (story.contact["id"], "takenOver")
    story.ana.wait_for_routing("idle")
    # It outlasts a restart as any talk does.
    story.centre.server.kill()
    story.centre.server.start()
    story.customer.hears_anew(BILAL_TONE, call=story.call)
    story.other.hears_anew(CUSTOMER_TONE)


def test_a_supervisor_goes_with_a_restart_and_the_talk_does_not(story):
    story.supervises("monitor")
    story.centre.server.kill()
    story.centre.server.start()
    story.other.wait_for("ended")
    story.customer.hears_anew(ANA_TONE, call=story.call)
    story.phone.hears_anew(CUSTOMER_TONE)
    assert story.customer.recording(story.call).together([BILAL_TONE]) < 0.1


def test_a_supervisor_waits_with_a_customer_who_is_left_behind_and_takes_him(story):
    story.supervises("monitor")
    story.phone.hang_up()
    story.ana.wait(lambda seat: seat.desk["contact"]["leftBehind"], "a customer left behind")
    story.asks("take-over")
    story.customer.hears_anew(BILAL_TONE, call=story.call)
    story.other.hears_anew(CUSTOMER_TONE)
