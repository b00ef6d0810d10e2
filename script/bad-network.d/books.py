"""What people saw, held against what is stored."""

import glob
import os
import re

import crowd

# Clocks are the same; the hang-up of the last call and the closing of its contact are not one moment.
CLOSED_BEFORE_MAX = 10.0


def compare(town, supervisor):
    """Returns how many contacts and facts were looked up; what does not fit goes into the book as a finding."""
    book = town.book
    contacts = list(crowd.all_contacts(supervisor))
    for row in contacts:
        if row["outcome"] is None:
            book.find(f"the contact {row['id']} of {row['number']} has no outcome")
    facts = len(contacts)
    facts += compare_calls(town, contacts)
    stories = {identifier: supervisor.get(f"/api/contacts/{identifier}") for identifier in sorted(
        {talk.contact for talk in book.talks} | set(book.completed) | {contact for contact, _ in book.declined})}
    for talk in book.talks:
        facts += compare_talk(book, talk, stories[talk.contact])
    for identifier, (disposition, note) in book.completed.items():
        facts += 1
        story = stories[identifier]
        if (story["disposition"], story["note"], story["outcome"]) != (disposition, note, "handled"):
            book.find(f"completed with {disposition}, {note}; stored: {brief(story)}")
    for identifier, agent in book.declined:
        facts += 1
        if ("declined", name_of(agent)) not in [(offer["result"], offer["agent"]) for offer in stories[identifier]["offers"]]:
            book.find(f"{agent} declined {identifier}; stored: {brief(stories[identifier])}")
    return contacts, facts


def compare_calls(town, contacts):
    stored = {}
    for row in contacts:
        stored.setdefault(row["number"], []).append(row)
    for customer in town.customers.values():
        rows = stored.pop(customer.number, [])
        # A call that was cancelled before the answer may or may not have become a contact.
        if not customer.confirmed <= len(rows) <= customer.calls:
            town.book.find(
                f"{customer.number} called {customer.calls} times, was answered {customer.confirmed} times: {len(rows)} contacts")
        closed = max((row["closedAt"] or float("inf") for row in rows), default=0) / 1000
        if customer.hung_up_last and closed < customer.hung_up_last - CLOSED_BEFORE_MAX:
            town.book.find(
                f"the last call of {customer.number} went on {customer.hung_up_last - closed:.0f} s after its contact was closed")
    for number in stored:
        town.book.find(f"nobody called with {number}")
    return len(town.customers)


def compare_talk(book, talk, story):
    spans = [segment["kind"] for segment in story["segments"] if segment["agent"] == name_of(talk.agent)]
    # An agent who talked with somebody twice sees two talks of one contact.
    same = [other for other in book.talks if (other.contact, other.agent) == (talk.contact, talk.agent)]
    fits = story["number"] == talk.number and "talk" in spans
    if all(other.is_whole for other in same):
        fits = fits and story["outcome"] == "handled" and spans.count("hold") == sum(other.holds for other in same)
    if not fits:
        book.find(f"{talk}; stored: {brief(story)}")
    return 1


def name_of(login):
    return f"Agent {login.removeprefix('agent')}"


def brief(story):
    spans = [(segment["kind"], segment["agent"]) for segment in story["segments"]]
    offers = [(offer["agent"], offer["result"]) for offer in story["offers"]]
    return f"{story['id']} {story['number']} {story['outcome']} {story['disposition']} {story['note']!r}, {spans}, offers {offers}"


def messages(folder):
    """What the phones' own logs tell: how often a message of some kind came in or went out there."""
    begin = r"(?m)^\S+ .*\b%s \d+ bytes %s"
    wanted = {
        "refreshes of a session by the server (UPDATE)": begin % ("RX", "Request msg UPDATE/"),
        # With a tag of ours in To, which an INVITE that begins a call has not; within one message's header.
        "re-INVITEs by the server": begin % ("RX", r"Request msg INVITE/[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*?To:[^\r\n]*;tag="),
        "491 Request Pending by a phone / by the server": None,
    }
    pending = {way: begin % (way, "Response msg 491/") for way in ("TX", "RX")}
    texts = []
    for path in glob.glob(os.path.join(folder, "*.log")):
        with open(path, errors="replace", newline="") as file:
            texts.append(file.read())

    def count(pattern):
        return sum(len(re.findall(pattern, text)) for text in texts)

    return [
        (name, str(count(pattern)) if pattern else f"{count(pending['TX'])} / {count(pending['RX'])}") for name, pattern in wanted.items()]
