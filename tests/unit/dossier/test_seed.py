"""The made-up year 2020: its sums are those of the report, each dossier is possible, nobody hears of any."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from deploy.databases import ServiceDatabase
from kit.clock import VIETNAM
from services.dossier.calendar import Calendar
from services.dossier.calendars import queries as calendars
from services.dossier.calendars.models import CalendarChange
from services.dossier.deadline import Term, promise
from services.dossier.figures import recount
from services.dossier.privacy import queries as privacy
from services.dossier.privacy.models import RetentionRule
from services.dossier.seed import commands, targets
from services.dossier.seed.allocation import spread
from services.dossier.seed.figures import QUOTAS, REFUSED, TOTAL, WAITING, Quota
from services.dossier.seed.lives import REPORTED_AT
from services.dossier.seed.plan import Plan, plan
from services.dossier.seed.rows import COLUMNS, Sealed, Year
from services.dossier.status import CLOSED, Status
from tests import system
from tests.unit.dossier.conftest import CONSTRUCTION, World
from tests.unit.dossier.seeded import inputs, year

pytestmark = pytest.mark.long
SEALED = Sealed(b"form", b"applicant")
Row = dict[str, Any]


@given(
    st.lists(st.tuples(st.floats(0.01, 100), st.integers(0, 50)), min_size=1, max_size=40),
    st.floats(0.05, 0.95),
    st.data(),
)
def test_what_is_spread_adds_up_within_its_bounds(
    places: list[tuple[float, int]], offset: float, data: st.DataObject
) -> None:
    weights, most = [weight for weight, _ in places], [room for _, room in places]
    total = data.draw(st.integers(0, sum(most)))
    counts = spread(total, weights, most, offset)
    assert sum(counts) == total
    assert all(0 <= count <= room for count, room in zip(counts, most, strict=True))
    with pytest.raises(ValueError, match="no room"):
        spread(sum(most) + 1, weights, most, offset)


def test_few_are_spread_over_the_year_and_not_piled_up() -> None:
    counts = spread(5, [1.0] * 99 + [1.5], [9] * 100, 0.5)
    assert [day for day, count in enumerate(counts) if count] == [10, 30, 50, 70, 90]


def test_the_year_adds_up_to_the_report() -> None:
    whole = [sum(column) for column in zip(*QUOTAS.values(), strict=True)]
    assert whole == [365_040, 38_232, 11_852]
    made = year()
    counted = [count for place in made.places for count in place.year]
    assert [sum(count[n] for count in counted) for n in range(3)] == whole
    assert sum(count.refused for count in counted) == REFUSED
    assert sum(made.size(day) for day in range(len(made.days))) == TOTAL == 365_040 + REFUSED + WAITING


def test_each_named_body_has_the_rate_that_the_report_names() -> None:
    received = {place.body: Quota(*place.quota) for place in year().places}
    parents = {body.code: body.parent for body in inputs()[0]}

    def rate(code: str) -> float:
        whole = [quota for body, quota in received.items() if code in (body, parents[body])]
        return 100 * sum(quota.online for quota in whole) / sum(quota.eligible for quota in whole)

    assert 45 < rate("000.00.11.H28") < 46
    names = ("000.00.13.H28", "000.00.14.H28", "000.00.35.H28", "000.00.38.H28", "000.00.31.H28")
    assert [round(rate(code), 1) for code in names] == [37, 28, 79, 61, 38]


def test_each_body_has_some_and_none_more_than_all() -> None:
    places = year().places
    assert len(places) == 17 + 10 + 151
    for place in places:
        assert 0 < place.quota.online <= place.quota.eligible <= place.quota.received
        for column in range(3):
            assert sum(count[column] for count in place.year) == place.quota[column]


def test_the_year_is_the_same_every_time() -> None:
    assert plan(*inputs()) == year()
    of_days = [Year(year(), SEALED).rows(day) for day in (0, len(year().days) - 1)]
    told = hashlib.sha256(repr(of_days).encode()).hexdigest()
    assert (year().digest, told[:16]) == (1056613226, "35d2e8a875e6433a")


def dossiers(made: Plan, days: range) -> Iterator[tuple[date, Row, Row | None]]:
    """Day of intake, dossier and its fee, by the names of their columns."""
    rows = Year(made, SEALED)
    for day in days:
        found = rows.rows(day)
        fees = {row[0]: dict(zip(COLUMNS["fee_due"], row, strict=True)) for row in found["fee_due"]}
        for row in found["dossier"]:
            dossier = dict(zip(COLUMNS["dossier"], row, strict=True))
            yield made.days[day], dossier, fees.get(dossier["id"])


def test_each_dossier_is_as_its_procedure_was_offered_that_day() -> None:
    made, (_, offered) = year(60), inputs()
    services = {(body, one.code): one for body, all_ in offered.items() for one in all_}
    channels: Counter[str] = Counter()
    for on, dossier, fee in dossiers(made, range(len(made.days))):
        service = services[dossier["resolving_agency"], dossier["procedure_code"]]
        assert dossier["online_level"] == (service.level if service.since <= on else 2)
        assert dossier["channel"] != "online" or dossier["online_level"] >= 3
        assert dossier["submitted_at"].astimezone(VIETNAM).date() >= min(service.since, on)
        channels[dossier["channel"]] += 1
        if fee:
            assert fee["amount"] == service.fee
            assert fee["channel"] == "counter" or (
                on >= date(2020, 10, 1) and dossier["online_level"] == 4 and dossier["channel"] == "online"
            )
        assert (fee is None) == (service.fee == 0 or dossier["status"] == Status.SUBMITTED)
    assert channels.keys() == {"online", "counter", "post"}


def test_each_dossier_lives_by_the_rules() -> None:
    calendar, made = Calendar(), year(60)
    _, offered = inputs()
    terms = {one.code: one.days for all_ in offered.values() for one in all_}
    seen: Counter[str] = Counter()
    for _, dossier, _ in dossiers(made, range(0, len(made.days), 4)):
        if dossier["status"] in (Status.REFUSED, Status.SUBMITTED):
            assert dossier["accepted_at"] is dossier["scored_at"] is None
            continue
        assert dossier["submitted_at"] <= dossier["accepted_at"] < REPORTED_AT
        term = Term(terms[dossier["procedure_code"]], "working_days")
        promised = promise(dossier["accepted_at"], term, calendar).promised_at
        assert dossier["scored_at"] == dossier["promised_at"] == promised
        assert (dossier["status"] in CLOSED) == (dossier["finished_at"] is not None)
        assert (dossier["outcome"] is not None) == (dossier["status"] in (Status.COMPLETED, Status.RETURNED))
        if end := dossier["finished_at"]:
            assert dossier["accepted_at"] <= end <= REPORTED_AT
            day = end.astimezone(VIETNAM).date()
            seen["late" if end > promised else "on time" if day == promised.date() else "early"] += 1
    parts = {name: count / sum(seen.values()) for name, count in seen.items()}
    assert 0.5 < parts["early"] < 0.7
    assert 0.25 < parts["on time"] < 0.45
    assert 0.02 < parts["late"] < 0.1


def test_no_id_or_code_comes_twice() -> None:
    made = year(60)
    found = [row for _, row, _ in dossiers(made, range(len(made.days)))]
    for name in ("id", "code"):
        assert len({row[name] for row in found}) == len(found)
    assert {row["status"] for row in found} == set(Status) - {
        Status.DRAFT, Status.PAYMENT_REQUIRED, Status.SUPPLEMENT_REQUESTED,
    }  # fmt: skip


class Killed(Exception):
    pass


@pytest.mark.long
@pytest.mark.anyio
async def test_a_small_year_goes_in_once_whatever_befalls_and_nobody_is_told(
    world: World, database: ServiceDatabase
) -> None:
    made, shown = year(60), []
    seen = (await world.submitted())["id"]

    def fall(done: int, total: int) -> None:
        shown.append((done, total))
        if done:
            raise Killed

    with pytest.raises(Killed):
        await commands.load(database.app_url, made, SEALED, fall, piece=1_000)
    rest = await commands.load(database.app_url, made, SEALED, lambda *_: None, piece=1_000)
    (begun, total), (first, _) = shown
    assert (begun, first + rest, total) == (0, total, sum(made.size(day) for day in range(len(made.days))))
    assert await commands.load(database.app_url, made, SEALED, lambda *_: None) == 0
    async with world.app.state.database.transaction() as session:
        assert await recount.differences(session) == []
        assert await session.scalar(text("SELECT count(*) FROM dossier WHERE origin = 'seed'")) == total
        assert await session.scalar(text("SELECT count(*) FROM dossier_visibility v JOIN dossier d"
                                         " ON d.id = v.dossier_id WHERE d.origin = 'seed'")) == 0  # fmt: skip
        assert (
            await session.scalar(text("SELECT count(*) FROM event WHERE subject <> :id"), {"id": seen}) == 0
        )
        assert (
            await session.scalar(text("SELECT count(*) FROM notice WHERE dossier_id <> :id"), {"id": seen})
            == 0
        )
    report = await world.client.get(
        "/v1/reports/online-share", params={"from": "2020-01-01", "to": "2020-12-24", "group_by": "channel"}
    )
    assert report.json()["synthetic"] is True
    await _nobody_sees_one(world)
    await _jobs_leave_them_alone(world)


async def _nobody_sees_one(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        row = (
            await session.execute(
                text(
                    "SELECT d.id, d.code, r.verification_code FROM dossier d"
                    " JOIN result r ON r.dossier_id = d.id"
                    " WHERE origin = 'seed' AND resolving_agency = :agency LIMIT 1"
                ),
                {"agency": CONSTRUCTION},
            )
        ).one()
    leader = world.staff("leader", CONSTRUCTION)
    for params in ({}, {"q": row.code}, {"status": "in_progress"}, {"submitted_from": "2020-01-01"}):
        listed = await world.client.get("/v1/dossiers", params=params, headers=leader)
        assert not [item for item in listed.json()["items"] if item["code"].startswith("SEED")]
    service = system.service_headers("gateway", world.clock)
    for path, headers in (
        (f"/v1/dossiers/{row.id}", leader),
        (f"/v1/dossiers/{row.id}", world.citizen("seed-2020")),
        (f"/internal/dossiers/{row.id}", service),
        (f"/v1/track/{row.code}", {}),
        (f"/v1/results/{row.verification_code}", {}),
    ):
        answer = await world.client.get(path, headers=headers)
        assert answer.status_code == (422 if "results" in path else 404), path  # no code of a result of ours
    feed = await world.client.get("/internal/events", params={"after": ""}, headers=service)
    assert len({event["subject"] for event in feed.json()["items"]}) == 1


async def _jobs_leave_them_alone(world: World) -> None:
    """A calendar that changes, retention, bodies that are read anew."""
    change = CalendarChange(first=date(2020, 1, 1), last=date(2020, 12, 31), by="test", at=world.clock.now())
    async with world.app.state.database.transaction() as session:
        moved = await calendars.concerned(session, change, None, 100, lock=False)
        assert {dossier.origin for dossier in moved} == {"live"}
        now = datetime(2030, 1, 1, tzinfo=UTC)
        session.add(
            RetentionRule(procedure="*", months=1, decision="01/QĐ", decided_by="test", decided_at=now)
        )
        await session.flush()
        assert await privacy.due(session, now, 10) == []
        await session.execute(text("UPDATE body SET ancestors = ancestors || '{000.00.99.H28}'::text[]"))
        await session.execute(
            text("UPDATE dossier SET holder_agency = '000.00.01.H28' WHERE origin = 'seed'")
        )
        left = "SELECT count(*) FROM dossier_visibility v JOIN dossier d ON d.id = dossier_id"
        assert await session.scalar(text(f"{left} WHERE origin = 'seed'")) == 0
        await session.rollback()


@pytest.mark.anyio
async def test_targets_are_those_of_the_decision_and_whoever_assigned_one_keeps_it(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        assert await targets.assign(session, world.clock) == len(QUOTAS)
    async with world.app.state.database.transaction() as session:
        assert await targets.assign(session, world.clock) == 0
    found = (await world.client.get("/v1/targets", params={"year": "2020", "limit": "100"})).json()["items"]
    assert {(row["value"], row["decision"], row["effective_from"]) for row in found} == {
        (0.2, "2566/QĐ-UBND", "2020-10-23")
    }
    measures = [measure["text"] for row in found for measure in row["measures"]]
    assert len(measures) == 3
    assert all("(biện pháp mẫu)" in words for words in measures)
