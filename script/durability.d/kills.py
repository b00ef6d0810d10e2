"""`kill -9` at random moments under load; for script/durability."""

import contextlib
import os
import random
import time

import agents as work
import crowd
import machine
import people
import server as journeys
from phones import AGENTS_FIXED, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
AGENTS = 12
CALLS_PER_SECOND = 8
KILL_AFTER = (0.5, 4.0)
WAITING = 5
# From the kill until both sides of a talk hear each other again.
HEARD_AGAIN = 3.0
# In so many of the rounds a second kill follows as soon as the server serves again.
SECOND_KILL, SECOND_KILL_WITHIN = 0.25, 0.2
# A far end that is gone is given up after 32 s (RFC 3261 section 17.1.1.2).
SETTLED = 50
CALLS_MAX = 1_000_000
TITLE = "Killed at any moment"
METHOD = f"""In each
round: `kill -9` after {KILL_AFTER[0]} to {KILL_AFTER[1]:.0f} s, restart on the same data, everything that was acknowledged looked up; the last
command of each agent, sent again with its key, got its old answer. One talk lasted over all rounds; the other was between an agent and
the first of the line, who then came to its end again. Silence is what the phones did not hear of the other's tone, by their
recordings: their own buffers bridge the first tenth of a second. sipp's customers and phones stayed, too, and were taken up."""


def load(folder, sip, phones_port, running):
    """Customers who call without end, and the agents' phones, all of whom stay when the server goes."""
    running.enter_context(crowd.phones(folder, phones_port, os.path.join(HERE, "phone.xml")))
    return running.enter_context(crowd.customers(
        folder, sip, calls=CALLS_MAX, rate=CALLS_PER_SECOND, group=1, seconds_max=100_000, template=os.path.join(HERE, "customer.xml")))


def run(options, folder):
    """The figures of so many rounds."""
    chance = random.Random(options.seed)
    phones_port = free_port(AGENTS_FIXED)
    server = journeys.Server(folder, media_ports="16384-32767")
    tally = dict(serving=[], from_kill=[], from_start=[], in_flight=0, twice=0)
    with contextlib.ExitStack() as running:
        running.callback(lambda: server.is_running and server.kill())
        crowd.set_up(server, AGENTS, f"{AGENTS_FIXED}:{phones_port}", wrap_up="untilDisposed")
        agents = [work.Agent(server, index, random.Random(chance.random())) for index in range(AGENTS)]
        supervisor = server.sign_in("sofia", crowd.PASSWORD)
        desks = people.set_up(server, folder, 2)
        running.callback(lambda: [desk.phone.stop() for desk in desks])
        floor = server.sign_in("tamar", crowd.PASSWORD)
        callers = [people.customer(folder, 0, place) for place in range(WAITING + 1)] + [people.customer(folder, 1)]
        running.callback(lambda: [caller.stop() for caller in callers])
        # One talk lasts over all rounds; in the other, each round, the first of the line is put through.
        lasting = people.Talk.begin(server, desks[1], callers[-1])
        line = people.Line(server, desks[0], floor, callers[:-1])
        customers = load(folder, server.sip, phones_port, running)
        for number in range(options.rounds):
            with work.at_work(agents) as stop:
                line.move_on()
                # The moment is the experiment: it is drawn, not waited for.
                stop.wait(chance.uniform(*KILL_AFTER))
                order = line.check()
                kill_and_start(server, [lasting, line.talk], stop, tally, again_after(chance))
            for seat in (supervisor, floor, *(agent.seat for agent in agents), *(desk.seat for desk in desks)):
                seat.watch()
            assert line.check() == order, f"the line was {order}, and is {line.order()} after the restart"
            for talk in (lasting, line.talk):
                contact = talk.desk.seat.wait_for_contact("talking")
                assert contact["id"] == talk.contact, f"{talk.contact} was in talk, and {contact} is after the restart"
            answered = crowd.answered_numbers(customers)
            work.check(agents, supervisor, answered)
            tally["in_flight"] += sum(agent.in_flight is not None for agent in agents)
            tally["calls"] = len(answered)
            tally["commands"] = sum(len(agent.acknowledged) for agent in agents)
            print(
                f"round {number + 1}: {tally['commands']} commands and {tally['calls']} calls acknowledged so far, all found; serving "
                f"after {tally['serving'][-1]:.2f} s, heard again after {', '.join(f'{s:.2f}' for s in tally['from_kill'][-4:])} s",
                flush=True)
        with work.at_work(agents):
            settle(customers, agents)
        while line.talk:
            line.move_on(comes_back=False)
        assert not lasting.caller.events("ended") and not lasting.desk.phone.events("ended"), "the talk over all rounds has ended"
        server.stop()
    assert tally["calls"] and tally["commands"], "nothing was acknowledged, so nothing was tested"
    return figures(tally, options)


def again_after(chance):
    """In some rounds the server is killed once more as soon as it serves: so many seconds later; None in the others."""
    return chance.uniform(0, SECOND_KILL_WITHIN) if chance.random() < SECOND_KILL else None


def settle(customers, agents):
    """The customers stop calling; every agent finishes what he has. Returns how many calls were turned away."""
    crowd.end(customers)
    for agent in agents:
        agent.seat.wait(is_at_rest, "an empty desk", deadline=SETTLED)
    with open(customers.path("answered")) as file:
        return sum(line.startswith("refused") for line in file)


def is_at_rest(seat):
    return seat.desk["contact"] is None and seat.desk["routing"]["state"] in ("idle", "notReady")


def kill_and_start(server, talks, stop, tally, again=None):
    for talk in talks:
        talk.mark()
    assert server.is_running, f"the server ended by itself\n{server.end_of_log()}"
    killed_at = time.monotonic()
    server.kill()
    stop.set()
    server.start()
    tally["serving"].append(time.monotonic() - server.started_at)
    if again is not None:
        time.sleep(again)  # The moment is the experiment.
        server.kill()
        server.start()
        tally["twice"] += 1
        tally["serving"].append(time.monotonic() - server.started_at)
    for silence in (silence for talk in talks for silence in talk.silences()):
        tally["from_kill"].append(silence)
        tally["from_start"].append(max(0.0, silence - (server.started_at - killed_at)))


def figures(tally, options):
    slowest = max(tally["from_kill"])
    assert slowest < HEARD_AGAIN, f"a talk was silent for {slowest:.2f} s after a kill; {HEARD_AGAIN} s were promised"
    return [
        ("rounds of load and kill -9 (seed)", f"{options.rounds} ({options.seed})"),
        ("of these killed again as soon as it served", tally["twice"]),
        ("commands acknowledged over HTTP, all found", tally["commands"]),
        ("calls answered, all found", tally["calls"]),
        ("commands without an answer at the moment of the kill", tally["in_flight"]),
        ("sides of talks that heard the other again", f"{len(tally['from_kill'])} of {options.rounds * 4}"),
        ("silence from the kill on, p50 / p99 / most", spread(tally["from_kill"])),
        ("silence from the start of the program on, p50 / p99 / most", spread(tally["from_start"])),
        ("start of the program until it serves HTTP, p50 / p99 / most", spread(tally["serving"])),
        ("waiting customers, in the same order after each kill", f"{WAITING}, answered in that order"),
        ("agents whose desk did not come to rest in the end", "none"),
    ]


def spread(seconds):
    return f"{machine.percentile(seconds, 50):.2f} / {machine.percentile(seconds, 99):.2f} / {max(seconds):.2f} s"
