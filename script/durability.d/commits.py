"""Watches with strace that the disk has a commit before its acknowledgement leaves; for script/durability."""

import contextlib
import os
import re
import subprocess

import crowd
import server as journeys
from phones import AGENTS_FIXED, free_port
from seat import wait_until

TITLE = "Between a commit and its acknowledgement"
READ_CALLS = ("read", "recvfrom", "recvmsg", "recvmmsg")
SOCKET_CALLS = ("write", "writev", "sendto", "sendmsg", "sendmmsg")
WRITE_CALLS = ("pwrite64", "pwritev", "write", "writev")


def section(evidence):
    """Title and text for the measurements."""
    proof = "\n\n".join("\n".join(lines) for lines in evidence)
    return TITLE, (
        "`script/durability --strace`; for each acknowledgement: the last write of its commit, the sync that finished, the answer on\n"
        f"the socket.\n\n```\n{proof}\n```\n")


def watch(folder):
    """Watches single commands and one call; returns the lines that prove each."""
    phones_port = free_port(AGENTS_FIXED)
    server = journeys.Server(folder)
    trace = os.path.join(folder, "trace")
    with contextlib.ExitStack() as running:
        running.callback(lambda: server.is_running and server.kill())
        crowd.set_up(server, 1, f"{AGENTS_FIXED}:{phones_port}", wrap_up="untilDisposed")
        running.enter_context(crowd.phones(folder, phones_port))
        seat = server.sign_in("agent0", crowd.PASSWORD)
        watcher = running.enter_context(strace(server.pid, trace, folder))
        seat.set_presence("notReady")
        seat.ready()
        seat.wait_for_routing("idle")
        one_call(folder, server.sip)
        contact = seat.wait_for_contact("wrapUp")
        seat.save_draft(contact, contact["dispositions"][0]["id"], "a draft")
        seat.complete(contact, contact["dispositions"][0]["id"], "a note")
        seat.wait_for_routing("idle")
        watcher.terminate()
        watcher.wait(10)
        server.stop()
    events = list(read_trace(trace))
    evidence = [prove(events, asked, answer) for asked, answer in exchanges(events)]
    print(f"\nstrace: {len(evidence)} acknowledgements, each after a finished sync of its commit:")
    for lines in evidence:
        print("\n".join(lines), end="\n\n")
    return evidence


def exchanges(events):
    """Each command with its answer, and the call with its answer."""
    found = []
    asked = invited = None
    for event in events:
        if event.call in READ_CALLS and "TCP:" in event.text and re.search(r'"(PUT|POST) /api/desk', event.text):
            asked = event
        elif event.call in SOCKET_CALLS and "TCP:" in event.text and "HTTP/1.1 200" in event.text and r'{\"position\":' in event.text:
            found.append((asked, event))
        elif event.call in READ_CALLS and "INVITE sip:" in event.text:
            invited = event
        elif event.call in SOCKET_CALLS and "SIP/2.0 200 " in event.text and re.search(r"CSeq: \d+ INVITE", event.text):
            found.append((invited, event))
    kinds = [event.text.count("HTTP/1.1") for _, event in found]
    assert sum(kinds) == 4 and kinds.count(0) >= 1, f"strace shows {sum(kinds)} answers to 4 commands and {kinds.count(0)} to 1 call"
    assert all(asked for asked, _ in found), "strace shows an answer without its request"
    return found


class TraceEvent:
    """One system call as strace printed it: its own line, or the line on which it ended."""

    def __init__(self, line, moment, call, text, began=None):
        self.line = line
        self.moment = moment
        self.call = call
        self.text = text
        # The line on which it began, where other threads spoke meanwhile.
        self.began = line if began is None else began


def read_trace(path):
    unfinished = {}
    with open(path, errors="replace") as file:
        for number, line in enumerate(file):
            match = re.match(r"(\d+) +(\d+\.\d+) (<\.\.\. )?(\w+)(.*)", line)
            if not match:
                continue
            thread, moment, resumed, call, rest = match.groups()
            if rest.endswith("<unfinished ...>"):
                # An answer counts from the moment at which it could leave; all else when it has ended.
                if call in SOCKET_CALLS and re.search("<(TCP|UDP):", rest):
                    yield TraceEvent(number, float(moment), call, rest)
                else:
                    unfinished[thread] = (number, rest)
            elif not resumed:
                yield TraceEvent(number, float(moment), call, rest)
            elif thread in unfinished:
                began, text = unfinished.pop(thread)
                yield TraceEvent(number, float(moment), call, text + rest, began)


def prove(events, asked, answer):
    """Request, the last write of its commit to the database's log, the sync that was finished then, the answer."""
    between = [event for event in events if asked.line < event.line < answer.line and "-wal>" in event.text]
    syncs = [event for event in between if event.call in ("fdatasync", "fsync") and "= 0" in event.text]
    assert syncs, f"no sync was finished before the answer {answer.text[:200]}"
    writes = [event for event in between if event.call in WRITE_CALLS and event.line < syncs[-1].began]
    assert writes, f"no commit was written and synced before the answer {answer.text[:200]}"
    return [f"  {event.moment:.6f} {event.call}{shortened(event.text)}" for event in (asked, writes[-1], syncs[-1], answer)]


def shortened(text):
    """The arguments that say something: the file or socket, without this machine's folders, and how the content begins."""
    target = re.search(r"\d+<(?:[^>]*/)?([^/>]+)>", text)[1] if "-wal>" in text else re.search(r"<(\w+):", text)[1] + " socket"
    start = re.search(r'"((?:PUT|POST) /api/desk/\w+|INVITE|HTTP/1\.1 \d+ \w+|SIP/2\.0 \d+ \w+)', text)
    result = re.search(r"= (\d+) <[\d.]+>$", text.strip())
    return f"({target}{', ' + start[1] + ' …' if start else ''}){' = ' + result[1] if result else ''}"


@contextlib.contextmanager
def strace(pid, trace, folder):
    said = os.path.join(folder, "strace.err")
    with open(said, "wb") as err:
        process = subprocess.Popen(
            ["strace", "-f", "-p", str(pid), "-o", trace, "-ttt", "-T", "-yy", "-s", "900",
             "-e", "trace=fdatasync,fsync," + ",".join({*READ_CALLS, *SOCKET_CALLS, *WRITE_CALLS})],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
    try:
        wait_until(lambda: b"attached" in open(said, "rb").read() or process.poll() is not None, "strace's attachment")
        assert process.poll() is None, f"strace: {open(said).read()}"
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(10)


def one_call(folder, sip):
    with crowd.customers(folder, sip, calls=1, rate=1, group=99, seconds_max=30) as customer:
        code = customer.process.wait(60)
        assert code == 0, f"the call failed (sipp: {code})"
