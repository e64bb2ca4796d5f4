"""How many dossiers each body receives on each day of 2020, and how many of them could come and came online.
Pure, and the same every time for the same bodies and services."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from services.dossier.calendar import Calendar
from services.dossier.seed.allocation import spread
from services.dossier.seed.figures import (
    FIRST,
    LAST,
    OWN_PART,
    QUOTAS,
    REFUSED,
    WAITING,
    Quota,
    weight,
)

#: Of what is busy on a day, how much of it asks for what is offered online: few services are before the
#: decision, and the habit grows.
_BEFORE, _HABIT = 0.12, (0.55, 1.45)
OFFSETS = (0.1, 0.9)


class Body(NamedTuple):
    """`parent`: the district of a commune."""

    code: str
    parent: str | None = None


class Service(NamedTuple):
    """A procedure as a body offers it, at its level from a day on; before, dossiers of it are of level 2.
    `days`: working days; `fee` in đồng, 0 for none."""

    code: str
    name: str
    field: str
    field_name: str
    level: int
    since: date
    days: int
    fee: int


class Count(NamedTuple):
    """Of a body's day. `refused` ones are not among `received`."""

    received: int
    eligible: int
    online: int
    refused: int


@dataclass(frozen=True)
class Place:
    """A body with its services and its year. `late`: the part that is decided late; `waiting`: submitted on
    the last day without an answer yet."""

    body: str
    services: Sequence[Service]
    quota: Quota
    year: Sequence[Count]
    late: float
    waiting: int

    def all_offered(self, on: date) -> bool:
        """Whether everything is offered that will be."""
        return all(service.since <= on for service in self.services)


@dataclass(frozen=True)
class Plan:
    """`days`: those that are worked; each place has a count for each."""

    days: Sequence[date]
    places: Sequence[Place]
    digest: int

    def size(self, day: int) -> int:
        """How many rows a day makes, by its place in `days`."""
        counted = sum(place.year[day].received + place.year[day].refused for place in self.places)
        last = day == len(self.days) - 1
        return counted + (sum(place.waiting for place in self.places) if last else 0)


def plan(
    bodies: Sequence[Body], offered: Mapping[str, Sequence[Service]], quotas: Mapping[str, Quota] = QUOTAS
) -> Plan:
    """`offered`: by body. `quotas` of fewer dossiers: for tests. Raises KeyError for a body that is missing,
    ValueError where what could come online does not fit into the days on which it is offered."""
    calendar = Calendar()
    days = [day for day in _days(FIRST, LAST) if calendar.worked(day)]
    shares = _by_body(bodies, quotas)
    received = [quota.received for quota in shares.values()]
    part = min(1.0, sum(received) / sum(quota.received for quota in QUOTAS.values()))
    refused, waiting = (spread(round(total * part), received, received, 0.5) for total in (REFUSED, WAITING))
    places = [
        _place(body, quota, offered[body], days, (refused[n], waiting[n]))
        for n, (body, quota) in enumerate(shares.items())
    ]
    told = repr([(place.body, place.services, place.year, place.waiting) for place in places])
    return Plan(days, places, int.from_bytes(hashlib.sha256(told.encode()).digest()[:4], "big") >> 2)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _by_body(bodies: Sequence[Body], quotas: Mapping[str, Quota]) -> dict[str, Quota]:
    """A district's are divided between its committee and its communes."""
    below: dict[str, list[str]] = {}
    for body in bodies:
        if body.parent is not None:
            below.setdefault(body.parent, []).append(body.code)
    found = {}
    for code, quota in quotas.items():
        communes = below.get(code, [])
        own = Quota(*(n * part // 100 if communes else n for n, part in zip(quota, OWN_PART, strict=True)))
        found[code] = own
        rest = Quota(*(all_ - n for all_, n in zip(quota, own, strict=True)))
        found.update(zip(communes, _divided(rest, communes), strict=True))
    return found


def _divided(quota: Quota, communes: Sequence[str]) -> list[Quota]:
    """By size, which is made up; the online rates differ, too."""
    if not communes:
        return []
    chance = [Random(f"seed-2020/{code}") for code in communes]
    size = [each.uniform(0.5, 1.5) for each in chance]
    received = spread(quota.received, size, [quota.received] * len(size), 0.5)
    asked = [count * each.uniform(0.8, 1.2) for count, each in zip(received, chance, strict=True)]
    eligible = spread(quota.eligible, asked, received, 0.5)
    used = [count * each.uniform(0.85, 1.15) for count, each in zip(eligible, chance, strict=True)]
    return [
        Quota(*row) for row in zip(received, eligible, spread(quota.online, used, eligible, 0.5), strict=True)
    ]


def _place(
    body: str, quota: Quota, services: Sequence[Service], days: Sequence[date], beside: tuple[int, int]
) -> Place:
    """`beside`: refused ones, and those without an answer."""
    chance = Random(f"seed-2020/{body}/year")
    busy = [weight(day) * chance.uniform(0.7, 1.3) for day in days]
    offsets = [chance.uniform(*OFFSETS) for _ in range(4)]
    received = spread(quota.received, busy, [quota.received] * len(days), offsets[0])
    refused = spread(beside[0], busy, [beside[0]] * len(days), offsets[1])
    online = sorted(service.since for service in services if service.level > 2)
    # What is offered first, before most are: few ask for it.
    ways = [0.0 if not online or day < online[0] else 1.0 if day >= online[-1] else _BEFORE for day in days]
    habit = [_HABIT[0] + (_HABIT[1] - _HABIT[0]) * n / len(days) for n in range(len(days))]
    asked = [count * way for count, way in zip(received, ways, strict=True)]
    eligible = spread(quota.eligible, asked, received, offsets[2])
    used = [count * each for count, each in zip(eligible, habit, strict=True)]
    came = spread(quota.online, used, eligible, offsets[3])
    year = [Count(*row) for row in zip(received, eligible, came, refused, strict=True)]
    if any(not 0 <= count.online <= count.eligible <= count.received for count in year):
        raise ValueError(body)
    return Place(body, tuple(services), quota, year, chance.uniform(0.01, 0.09), beside[1])
