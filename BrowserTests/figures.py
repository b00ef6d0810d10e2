"""A week of a small centre as the server tells it, for the screen of the figures: computed, so that sums agree."""

import math
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from catalogue import t

zone = ZoneInfo("Europe/London")
monday = date(2026, 11, 16)
through = date(2026, 11, 22)
span = f"range=dates&from={monday}&through={through}"
queues = {"en": ["Bills and contracts", "Technical support"], "ur": ["بل اور معاہدے", "تکنیکی مدد"]}
names = {
    "queue": ["Bills and contracts", "Technical support"],
    "agent": ["Ana Beridze", "Bilal Ahmed", "=cmd|' /C calc'!A0"],
    "project": ["Home internet"],
    "disposition": ["Solved", "Call back agreed", None],
}


def milliseconds(moment):
    return int(moment.timestamp() * 1000)


def offered_at(day, hour):
    """How many come in an hour: a day with a morning and an afternoon, quiet on Saturday, nobody on Sunday."""
    if day.weekday() == 6 or hour < 8 or hour > 19:
        return 0
    shape = 34 * math.exp(-(((hour - 10.5) / 2.2) ** 2)) + 26 * math.exp(-(((hour - 15.5) / 2.4) ** 2)) + 4
    return round(shape * [1.25, 1.05, 1, 0.95, 1.1, 0.45][day.weekday()])


def hour_of(day, hour):
    """(offered, answered, abandoned, short, in time, abandoned in time): one bad hour, Wednesday at 11."""
    offered = offered_at(day, hour)
    abandoned = round(offered * (0.46 if (day.weekday(), hour) == (2, 11) else 0.05 + 0.02 * ((hour * 7 + day.day) % 3)))
    answered = offered - abandoned
    in_time = round(answered * (0.21 if (day.weekday(), hour) == (2, 11) else 0.78 + 0.04 * ((hour * 5 + day.day) % 6)))
    short = abandoned // 3
    return offered, answered, abandoned, short, in_time, short


def percent(part, whole):
    return None if whole == 0 else round(part / whole * 100, 1)


def values(counts, *, sees_queues=True, scale=1.0):
    offered, answered, abandoned, short, in_time, early = counts
    some = answered > 0
    queue_measures = {
        "offered": offered, "answered": answered, "abandoned": abandoned, "shortAbandons": short,
        "serviceLevel": {
            "answeredOfOffered": percent(in_time, answered + abandoned),
            "abandonedInTimeIgnored": percent(in_time, answered + abandoned - early),
            "abandonedInTimeCounted": percent(in_time + early, answered + abandoned),
        },
        "averageSpeedOfAnswer": int(14_000 * scale) + 37 * abandoned if some else None,
        "longestWait": int(95_000 * scale) + 4_000 * abandoned if offered else None,
    }
    nothing = dict.fromkeys(queue_measures) | {"serviceLevel": dict.fromkeys(queue_measures["serviceLevel"])}
    talk, hold, wrap_up = int(212_000 * scale), int(18_000 * scale), int(44_000 * scale)
    return (queue_measures if sees_queues else nothing) | {
        "handled": answered,
        "averageHandleTime": talk + hold + wrap_up if some else None,
        "averageTalk": talk if some else None, "averageHold": hold if some else None, "averageWrapUp": wrap_up if some else None,
        "occupancy": 78.4 if some else None, "agentReleasedFirst": answered // 40,
        "averageTalkOver": int(3_400 * scale) if some else None, "averageDeadAir": int(6_100 * scale) if some else None,
        "raisedVoices": answered // 50 if some else None,
    }


def added(all_counts):
    return tuple(map(sum, zip(*all_counts))) if all_counts else (0,) * 6


def share(counts, index, count):
    """The part of one of so many rows; the last takes what is left, so that the rows add up to the total."""
    each = [value // count for value in counts]
    return tuple(value - part * (count - 1) if index == count - 1 else part for value, part in zip(counts, each))


def answer(query, *, sees_queues=True, empty=False, now=None, extra=0):
    """What the server says to the query of an address."""
    first, last = date.fromisoformat(query["from"]), date.fromisoformat(query["through"])
    days = [first + timedelta(index) for index in range((last - first).days + 1)]
    hours = {(day, hour): (0,) * 6 if empty else hour_of(day, hour) for day in days for hour in range(24)}
    if extra:
        key = next(key for key in hours if hours[key][0])
        hours[key] = tuple(value + extra * (index < 2) for index, value in enumerate(hours[key]))

    def at(day, hour=0):
        return milliseconds(datetime(day.year, day.month, day.day, hour, tzinfo=zone))

    if query["interval"] == "day":
        parts = [(at(day), at(day + timedelta(1)), added([hours[day, hour] for hour in range(24)])) for day in days]
    else:
        parts = [(at(day, hour), at(day, hour) + 3_600_000, hours[day, hour]) for day in days for hour in range(24)]
    total = added(list(hours.values()))
    rows = [] if empty else names[query["by"]]
    bounds = [0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600]
    waits = [
        {"from": low, "to": high, "answered": round(total[1] * weight), "abandoned": round(total[2] * weight * 1.1)}
        for low, high, weight in zip(bounds, [*bounds[1:], None], [.22, .2, .16, .14, .09, .06, .05, .03, .02, .015, .01, .005, 0])
    ]
    week = {}
    for (day, hour), counts in hours.items():
        week.setdefault((day.isoweekday(), hour), []).append(counts)
    return {
        "from": at(first), "to": at(last + timedelta(1)), "now": now or at(last) + 3_600_000 * 15, "timeZone": "Europe/London",
        "interval": query["interval"], "by": query["by"], "seesQueues": sees_queues,
        "total": values(total, sees_queues=sees_queues),
        "rows": [
            {"id": None if name is None else f"{query['by']}-{index}", "name": name,
             "values": values(share(total, index, len(rows)), sees_queues=sees_queues, scale=1 + index / 10)}
            for index, name in enumerate(rows)
        ],
        "trend": [{"from": start, "to": end, "values": values(counts, sees_queues=sees_queues)} for start, end, counts in parts],
        "waits": waits if sees_queues else [],
        "week": [
            {"weekday": weekday, "hour": hour, "offered": sum(one[0] for one in counts),
             "serviceLevel": percent(sum(one[4] for one in counts), sum(one[0] for one in counts))}
            for (weekday, hour), counts in week.items() if sees_queues and any(one[0] for one in counts)
        ],
    }


class Figures:
    """The server's part of the screen: answers as it is told to, and keeps what was asked."""

    def __init__(self, page, *, scope="project", **how):
        self.asked, self.contacts, self.how, self.refusal = [], [], how, None
        self.scope = scope
        page.route("**/api/session", self._session)
        page.route("**/api/figures?*", self._figures)
        page.route("**/api/contacts?*", self._contacts)

    def _session(self, route):
        if route.request.method != "GET":
            return route.fallback()
        session = route.fetch().json()
        session["permissions"]["viewFigures"] = self.scope
        return route.fulfill(json=session)

    def _figures(self, route):
        query = {name: texts[0] for name, texts in parse_qs(urlsplit(route.request.url).query).items()}
        self.asked.append(query)
        if self.refusal:
            return route.fulfill(status=422, json=self.refusal, content_type="application/problem+json")
        return route.fulfill(json=answer(query, **self.how))

    def _contacts(self, route):
        query = {name: texts[0] for name, texts in parse_qs(urlsplit(route.request.url).query).items()}
        self.contacts.append(query)
        return route.fulfill(json={"contacts": [], "next": None}) if "figure" in query else route.fallback()


def table(page, language="en"):
    return page.get_by_role("region", name=t("figures.table", language)).get_by_role("table")
