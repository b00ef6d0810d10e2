"""Nothing can be stored for some seconds, while people call, talk, wait and hang up; for script/durability."""

import contextlib
import os
import random
import subprocess
import time

import agents as work
import crowd
import kills
import people
import server as journeys
from phones import AGENTS_FIXED, Timeout, free_port
from seat import HTTPProblem, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
DISK_MEGABYTES = 32
WAITING = 4
# Load before, while and after nothing can be stored.
BEFORE, MEANWHILE, AFTER = 3.0, 6.0, 3.0
# Until the server has noticed: a full disk shows only when a file wants to grow.
NOTICED = 60.0
# A new call hears that it is turned away; a side hears that the other has hung up; all is well again after the repair.
TURNED_AWAY, HUNG_UP, REPAIRED = 1.0, 2.0, 5.0
# A side of a talk may miss the other's tone for so long: this machine's own doing.
GAP = 0.2
METHOD = f"""Then, for
{MEANWHILE:.0f} s: a call comes, a command is sent, a customer in talk and an agent in talk hang up, a phone that rings is answered, and one of
the waiting customers gives up. Afterwards everything that was acknowledged is looked up, and the server is killed and started again."""


class FullDisk:
    """The data folder on a small file system of its own, filled up by a ballast file."""

    title = "A full disk"
    method = f"The data lie on a tmpfs of {DISK_MEGABYTES} MiB; a\nballast file takes what is left, load fills up the rest."
    environment = {}

    def __init__(self, folder):
        self.data = os.path.join(folder, "data")
        self.ballast = os.path.join(self.data, "ballast")
        os.mkdir(self.data, 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=700", "tmpfs", self.data], check=True)

    def begin(self):
        with open(self.ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass

    def end(self):
        os.unlink(self.ballast)

    def close(self):
        subprocess.run(["umount", "--lazy", self.data], check=True)


class FailingSync:
    """A library loaded before libc lets fsync and fdatasync fail with EIO while a flag file exists."""

    title = "A disk whose syncs fail"
    method = "`fsync` and `fdatasync`\nfail with EIO."

    def __init__(self, folder):
        self.flag = os.path.join(folder, "failing")
        library = os.path.join(folder, "failing_fsync.so")
        subprocess.run(
            ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", os.path.join(HERE, "failing_fsync.c"), "-o", library], check=True)
        self.environment = {"LD_PRELOAD": library, "FAILING_FSYNC_FLAG": self.flag}

    def begin(self):
        with open(self.flag, "w"):
            pass

    def end(self):
        os.unlink(self.flag)

    def close(self):
        pass


def run(fault, options, folder):
    chance = random.Random(options.seed)
    phones_port = free_port(AGENTS_FIXED)
    with contextlib.ExitStack() as running:
        running.callback(fault.close)
        server = journeys.Server(folder, media_ports="16384-32767", environment=fault.environment)
        running.callback(lambda: server.is_running and server.kill())
        crowd.set_up(server, kills.AGENTS, f"{AGENTS_FIXED}:{phones_port}", wrap_up="untilDisposed")
        agents = [work.Agent(server, index, random.Random(chance.random())) for index in range(kills.AGENTS)]
        supervisor = server.sign_in("sofia", crowd.PASSWORD)
        scene = Scene(server, folder, running)
        customers = kills.load(folder, server.sip, phones_port, running)
        with work.at_work(agents) as stop:
            stop.wait(BEFORE)
            figures = scene.outage(fault, stop)
            stop.wait(AFTER)
            scene.after()
            gone = kills.settle(customers, agents)
        answered = crowd.answered_numbers(customers)
        work.check(agents, supervisor, answered)
        acknowledged = sum(len(agent.acknowledged) for agent in agents)
        turned_away = sum(len(agent.turned_away) for agent in agents)
        assert gone and turned_away, f"{gone} calls and {turned_away} commands under load were turned away"
        silence = scene.restart(agents, supervisor)
        work.check(agents, supervisor, answered)
        scene.answer_line()
        server.stop()
    return [
        *figures,
        ("calls turned away under load / answered, all found", f"{gone} / {len(answered)}"),
        ("commands answered with 503 under load / acknowledged, all found", f"{turned_away} / {acknowledged}"),
        ("kill -9 afterwards: longest silence in a talk", f"{silence:.2f} s"),
    ]


class Scene:
    """The people whom an outage meets."""

    def __init__(self, server, folder, running):
        self.server = server
        self.desks = people.set_up(server, folder, 5)
        running.callback(lambda: [desk.phone.stop() for desk in self.desks])
        self.floor = server.sign_in("tamar", crowd.PASSWORD)
        line = [people.customer(folder, 0, place) for place in range(WAITING)]
        callers = [people.customer(folder, index) for index in range(1, 5)]
        self.late = people.customer(folder, 0, WAITING)
        running.callback(lambda: [phone.stop() for phone in (*line, *callers, self.late)])
        self.line = people.Line(server, self.desks[0], self.floor, line)
        # One talk goes on, in one the customer will hang up, in one the agent.
        self.lasting, self.left_by_customer, self.left_by_agent = (
            people.Talk.begin(server, desk, caller) for desk, caller in zip(self.desks[1:4], callers[:3], strict=True))
        self.ringing, self.rung_for = self.desks[4], callers[3]
        self.ringing.phone.on_ring("ring")
        self.answered = None

    def outage(self, fault, stop):
        self.ringing.seat.ready()
        call = self.rung_for.call(people.number(4), self.server.sip)
        self.rung_for.wait_for("confirmed", call=call)
        self.ringing.phone.rings()
        self.order = self.line.check()
        self.lasting.mark()
        began = time.monotonic()
        fault.begin()
        wait_until(self.is_told_to_fail, "storageFailing of /health", deadline=NOTICED)
        noticed = time.monotonic()
        self.floor.wait_for_troubles("storageFailing", deadline=2)
        away = self.new_call_is_turned_away()
        self.command_is_refused()
        hung_up = [
            self.hang_up(self.left_by_customer.caller, self.left_by_customer.desk.phone),
            self.leave(self.left_by_agent)]
        self.ringing.phone.answer()
        self.line.waiting[1].hang_up()
        self.rung_for.hears_anew(self.ringing.tone)
        self.ringing.phone.hears_anew(self.rung_for.tone)
        stop.wait(max(0, noticed + MEANWHILE - time.monotonic()))
        assert self.floor.health()[0] == 503, "all is said to be well although nothing can be stored"
        fault.end()
        ended = time.monotonic()
        wait_until(lambda: self.floor.health()[0] == 200, "200 of /health")
        repaired = time.monotonic() - ended
        self.floor.wait_for_troubles(deadline=2)
        assert repaired < REPAIRED, f"all was well only {repaired:.2f} s after the repair"
        return [
            ("from the fault until /health says so", f"{noticed - began:.2f} s"),
            ("a new call is turned away within", f"{away:.2f} s"),
            ("a side hears that the other has hung up, or music, within", f"{max(hung_up):.2f} s"),
            ("from the repair until all is well", f"{repaired:.2f} s"),
        ]

    def is_told_to_fail(self):
        status, said = self.floor.health()
        return status == 503 and said["status"] == "storageFailing"

    def new_call_is_turned_away(self):
        began = time.monotonic()
        call = self.late.call(people.number(0), self.server.sip)
        ended = self.late.wait_for("ended", call=call, deadline=NOTICED)
        took = time.monotonic() - began
        assert ended["code"] in (486, 503) and took < TURNED_AWAY, f"a new call came to {ended} after {took:.2f} s"
        return took

    def command_is_refused(self):
        seat = self.lasting.desk.seat
        try:
            seat.set_presence("notReady")
        except HTTPProblem as problem:
            assert (problem.status, problem.code) == (503, "unavailable") and problem.retry_after, str(problem)
            return
        raise AssertionError("a command was acknowledged although nothing can be stored")

    def hang_up(self, one, other):
        began = time.monotonic()
        one.hang_up()
        try:
            other.wait_for("ended", deadline=HUNG_UP)
        except Timeout as late:
            raise AssertionError(f"{one.name} hung up while nothing could be stored, and {other.name}'s leg is still there") from late
        return time.monotonic() - began

    def leave(self, talk):
        """The agent's phone hangs up: the customer hears music."""
        before = talk.caller.recording().seconds
        began = time.monotonic()
        talk.desk.phone.hang_up()
        talk.caller.hears_sound(seconds=0.2, since=before + 0.5, deadline=HUNG_UP)
        return time.monotonic() - began

    def after(self):
        """What happened during the outage has come to what it should."""
        gaps = [gap for gap in self.lasting.gaps() if gap[1] is None or gap[1] - gap[0] > GAP]
        assert not gaps, f"the talk that went on was silent: {gaps}"
        left = self.left_by_agent.desk.seat.wait(
            lambda seat: (seat.desk["contact"] or {}).get("leftBehind") and seat.desk["contact"], "the customer left behind")
        self.left_by_agent.desk.seat.end(left, "test")
        for talk, by in ((self.left_by_customer, "customer"), (self.left_by_agent, "agent")):
            contact = talk.desk.seat.wait_for_contact("wrapUp")
            assert (contact["id"], contact["endedBy"]) == (talk.contact, by), f"{by} hung up, and there is {contact}"
            talk.desk.complete()
            talk.desk.seat.wait_for_routing("idle")
            assert self.floor.closed_contact(talk.contact)["outcome"] == "handled"
        assert self.lasting.desk.seat.desk["presence"]["next"] is None, "the command that was refused has been carried out"
        self.answered = people.Talk(self.ringing, self.rung_for)
        gone = self.order.pop(1)
        self.line.waiting.pop(1)
        assert self.floor.get(f"/api/contacts/{gone[1]}")["outcome"] == "abandoned", f"{gone} hung up while he waited"
        self.order_is_kept()
        # Who was turned away calls again.
        self.line.join(self.late)
        self.order = self.line.check()

    def order_is_kept(self):
        order = self.line.check()
        assert order == self.order, f"the line was {self.order}, and is {order}"

    def restart(self, agents, supervisor):
        """What was stored afterwards is enough for the next start: talks, line, desks. Returns the longest silence."""
        tally = dict(serving=[], from_kill=[], from_start=[])
        talks = [self.lasting, self.answered]
        with work.at_work([]) as stop:
            kills.kill_and_start(self.server, talks, stop, tally)
        for seat in (supervisor, self.floor, *(agent.seat for agent in agents), *(desk.seat for desk in self.desks)):
            seat.watch()
        self.order_is_kept()
        for talk in talks:
            assert talk.desk.seat.wait_for_contact("talking")["id"] == talk.contact
        silence = max(tally["from_kill"])
        assert silence < kills.HEARD_AGAIN, f"a talk was silent for {silence:.2f} s after the kill"
        return silence

    def answer_line(self):
        self.line.move_on()
        while self.line.talk:
            self.line.move_on(comes_back=False)
        for talk in (self.lasting, self.answered):
            talk.caller.hang_up()
            assert talk.desk.complete()["id"] == talk.contact
