"""The rows of a day: dossiers, each with its fee, some with a result or a rating. Pure, the same every time.
A row stands alone: no steps, papers or events lie behind it, and nobody's name is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from services.dossier.seed.choosing import Pool, pools
from services.dossier.seed.lives import WORKED, Life, life, moment, worked_days
from services.dossier.seed.plan import Place, Plan, Service
from services.dossier.status import Status

OWNER = "seed-2020"
COLUMNS = {
    "dossier": (
        "id", "code", "status", "channel", "online_level", "procedure_code", "procedure", "receiving_agency",
        "resolving_agency", "holder_agency", "submitted_at", "created_at", "saved_at", "accepted_at",
        "promised_at", "scored_at", "rounds", "finished_at", "outcome", "returned_at", "return_method",
        "form", "applicant", "version", "owner", "verified", "origin", "found_by",
    ),
    "fee_due": ("dossier_id", "purpose", "amount", "settled_at", "channel", "provider"),
    "document": (
        "id", "dossier_id", "kind", "filename", "media_type", "size", "sha256", "storage_key", "uploaded_by",
        "uploaded_at", "scan", "scan_attempts",
    ),
    "result": ("verification_code", "dossier_id", "document_id", "name", "outcome", "issued_at"),
    "rating": ("dossier_id", "points", "at"),
}  # fmt: skip
Rows = dict[str, list[tuple[Any, ...]]]

#: Paid online since then, by the pilot, what is offered at level 4; all else at the counter.
_PILOT, _PAID_ONLINE = date(2020, 10, 1), 0.55
_BY_POST, _RATED = 0.04, 0.05
#: Of those that came online, and of the others, how many have their result as a file.
_FILED = {"online": 0.9, "counter": 0.06, "post": 0.06}
_DOSSIER, _DOCUMENT = 0x5D0, 0x5D1


class Sealed(NamedTuple):
    """The same form and applicant for all: there is nothing in them."""

    form: bytes
    applicant: bytes


class Made(NamedTuple):
    """A dossier that somebody brings: `why` received, refused, or waiting for an answer."""

    serial: int
    code: str
    body: str
    late: float
    service: Service
    level: int
    channel: str
    why: str


class Year:
    """Makes the rows of a plan's days."""

    def __init__(self, plan: Plan, sealed: Sealed) -> None:
        self._plan, self._sealed, self._worked = plan, sealed, worked_days()
        self._before = [0, *accumulate(plan.size(day) for day in range(len(plan.days)))]
        self._pools: dict[tuple[str, bool], tuple[Pool, Pool]] = {}

    def rows(self, day: int) -> Rows:
        """Of a day, by its place in the plan."""
        rows: Rows = {name: [] for name in COLUMNS}
        chance = Random(f"seed-2020/{self._plan.days[day]}")
        for made in self._made(day, chance):
            self._write(rows, made, day, chance)
        return rows

    def _made(self, day: int, chance: Random) -> Iterator[Made]:
        on, serial = self._plan.days[day], self._before[day]
        for place in self._plan.places:
            count = place.year[day]
            waiting = place.waiting if day == len(self._plan.days) - 1 else 0
            online, other = self._pools_of(place, on)
            number = 0
            for pool, many, channel, why in (
                (online, count.online, "online", "received"),
                (online, count.eligible - count.online, "counter", "received"),
                (other, count.received - count.eligible, "counter", "received"),
                (other, count.refused, "counter", "refused"),
                (online, waiting, "online", "waiting"),
            ):
                for service in pool.drawn(chance, many):
                    serial, number = serial + 1, number + 1
                    by_post = channel == "counter" and chance.random() < _BY_POST
                    yield Made(
                        serial,
                        f"SEED-{place.body}-{on:%y%m%d}-{number:04d}",
                        place.body,
                        place.late,
                        service,
                        service.level if pool is online else 2,
                        "post" if by_post else channel,
                        why,
                    )

    def _pools_of(self, place: Place, on: date) -> tuple[Pool, Pool]:
        key = place.body, place.all_offered(on)
        if key not in self._pools:
            self._pools[key] = pools(place.services, on)
        return self._pools[key]

    def _write(self, rows: Rows, made: Made, day: int, chance: Random) -> None:
        on = self._plan.days[day]
        worked = chance.random() * (WORKED - 1200)
        came = moment(on, worked)
        submitted = came
        if made.channel == "online":  # hours before, and not before it was offered so
            sent = came - timedelta(minutes=chance.randrange(5, 1200))
            submitted = max(sent, moment(made.service.since, 0))
        id_ = self._id(_DOSSIER, submitted, made.serial)
        begun = submitted, submitted, submitted
        if made.why == "received":
            became = life(chance, self._worked, day, worked, made.service.days, made.late)
            rounds = chance.choices((0, 1, 2), cum_weights=(0.952, 0.996, 1))[0]
            dated: tuple[Any, ...] = came, became.promised_at, became.promised_at, rounds
        else:
            refused = made.why == "refused"
            became = Life(came, Status.REFUSED, came) if refused else Life(came, Status.SUBMITTED)
            dated = None, None, None, 0
        method = made.channel.replace("counter", "in_person") if became.returned_at else None
        rows["dossier"].append(
            (id_, made.code, became.status, made.channel, made.level, made.service.code,
             _frozen(made.service, made.level), made.body, made.body, made.body, *begun, *dated,
             became.finished_at, became.outcome, became.returned_at, method,
             *self._sealed, 0, OWNER, made.channel == "online", "seed", [])
        )  # fmt: skip
        if made.service.fee and made.why != "waiting":
            rows["fee_due"].append(_fee(id_, made, on, came, chance))
        if became.outcome == "granted" and chance.random() < _FILED[made.channel]:
            self._result(rows, id_, made, became)
        if became.returned_at and chance.random() < _RATED:
            points = chance.choices((3, 2, 1), cum_weights=(0.8, 0.95, 1))[0]
            rows["rating"].append((id_, points, became.returned_at))

    def _result(self, rows: Rows, dossier: UUID, made: Made, became: Life) -> None:
        assert became.finished_at is not None
        number = f"{self._plan.digest:08x}-{made.serial:08d}"
        document = self._id(_DOCUMENT, became.finished_at, made.serial)
        rows["document"].append(
            (document, dossier, "result", "", "application/pdf", 1, "", f"seed/{number}", OWNER,
             became.finished_at, "off", 0)
        )  # fmt: skip
        rows["result"].append(
            (f"SEED-{number}", dossier, document, "Giấy xác nhận", became.outcome, became.finished_at)
        )

    def _id(self, kind: int, at: datetime, serial: int) -> UUID:
        """Of version 7: by time, and the same for the same plan."""
        milliseconds = int(at.timestamp()) * 1000
        low = 2 << 62 | self._plan.digest << 32 | serial
        return UUID(int=milliseconds << 80 | 7 << 76 | kind << 64 | low)


def _fee(dossier: UUID, made: Made, on: date, at: datetime, chance: Random) -> tuple[Any, ...]:
    pilot = made.channel == "online" and made.level > 3 and on >= _PILOT
    if pilot and chance.random() < _PAID_ONLINE:
        return dossier, "submission", made.service.fee, at, "online", "payment-platform"
    return dossier, "submission", made.service.fee, at, "counter", "counter"


@lru_cache(maxsize=8192)
def _frozen(service: Service, level: int) -> str:
    """What of the catalogue the figures need, as JSON."""
    fee = {"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": service.fee, "due_at": "submission"}
    return json.dumps(
        {
            "code": service.code,
            "name": service.name,
            "field": {"code": service.field, "name": service.field_name},
            "processing_time": {"amount": service.days, "unit": "working_days"},
            "papers": [],
            "fees": [fee] if service.fee else [],
            "offering": {"online_level": level},
            "sample": True,
        },
        ensure_ascii=False,
    )
