"""Whatever is done, in whatever order: facts and sums equal a recount, and each report a count by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kit.clock import VIETNAM
from services.dossier.figures import recount
from services.dossier.figures.folding import fold
from services.dossier.figures.period import read
from tests.unit.dossier import by_hand
from tests.unit.dossier.by_hand import Question
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, SIMPLE, World, paid, procedure
from tests.unit.dossier.test_counts import PROVINCE, URL, line
from tests.unit.dossier.test_district import DISTRICT, item, of_system
from tests.unit.dossier.test_life import brought_to, headers, seen_by, take

pytestmark = pytest.mark.anyio
#: Online at level 3, at level 4 with a fee, not online.
FREE, CHARGED, PLAIN = "9.000002", "9.000091", "9.000092"
DAYS = ("2020-09-30", "2020-10-01", "2020-10-26")
FEE = {"code": "LP", "name": "Lệ phí", "kind": "charge", "amount": 20_000, "due_at": "submission",
       "refundable": True}  # fmt: skip
#: What may be done to a dossier by whom; half of it such that a life goes on.
ACTS = st.one_of(
    st.sampled_from(
        ["officer accept", "officer accept", "officer start", "leader complete", "officer return",
         "platform pay", "owner rate", "leader revoke"]
    ),
    st.sampled_from(
        ["officer refuse", "officer request-supplement", "owner supplement", "officer require-payment",
         "leader stop", "leader reopen", "owner withdraw", "leader extend"]
    ),
)  # fmt: skip
REFERENCES, KINDS = st.sampled_from(["A", "B", "C"]), st.sampled_from([FREE, CHARGED, PLAIN])
#: The last one made, more often than those before.
CHANNELS, SOME = st.sampled_from(["counter", "post"]), st.sampled_from([0, 0, 0, 1, 2])
STATES = [
    "accepted",
    "supplement_requested",
    "payment_required",
    "refused",
    "stopped",
    "completed",
    "returned",
]
STEPS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from([FREE, CHARGED])),
    st.tuples(st.just("live"), st.sampled_from(STATES)),
    st.tuples(st.just("live"), st.sampled_from(STATES)),
    st.tuples(st.just("act"), ACTS, SOME),
    st.tuples(st.just("act"), ACTS, SOME),
    st.tuples(st.just("counter"), CHANNELS),
    st.tuples(st.just("send"), REFERENCES, st.sampled_from(DAYS), KINDS, CHANNELS),
    st.tuples(st.just("send"), REFERENCES, st.sampled_from(DAYS), KINDS, CHANNELS),
    st.tuples(st.just("progress"), REFERENCES, st.sampled_from(["start", "complete", "reopen", "stop"])),
    st.tuples(st.just("count"), st.sampled_from(DAYS), KINDS, CHANNELS, st.integers(0, 9)),
    st.tuples(st.just("count"), st.sampled_from(DAYS), KINDS, CHANNELS, st.integers(0, 9)),
    st.tuples(st.just("void"), st.sampled_from(["dossiers", "counts"]), SOME),
    st.tuples(st.just("time"), st.sampled_from([1, 6, 24, 24 * 9, 24 * 40])),
    st.tuples(st.sampled_from(["purge", "fold"])),
)
PERIODS = st.one_of(
    st.sampled_from(["2020", "2020-10", "2020-Q3", "2020-Q4", "2021", "2020-09"]),
    st.tuples(st.dates(date(2020, 9, 20), date(2021, 1, 10)), st.integers(0, 80)),
)
QUESTIONS = st.tuples(
    PERIODS,
    st.sampled_from([PROVINCE, CENTRE, CONSTRUCTION, DISTRICT]),
    st.sampled_from(["below", "below", "own"]),
    st.sampled_from(
        ["agency", "child", "government_level", "unit", "field", "procedure", "channel", "month"]
    ),
    st.none() | st.integers(-60 * 24, 24),
)


class Walk:
    """What was made on the way, so that later steps find it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dossiers: list[dict[str, Any]] = []
        self.batches: dict[str, list[str]] = {"dossiers": [], "counts": []}

    async def step(self, name: str, *said: Any) -> None:
        deed: Callable[..., Awaitable[None]] = getattr(self, name)
        await deed(*said)

    async def submit(self, code: str) -> None:
        answer = await self.world.create(procedure=code, submit=True)
        assert answer.status_code == 201, answer.text
        self.dossiers.append(answer.json())

    async def live(self, state: str) -> None:
        self.dossiers.append(await brought_to(self.world, state))

    async def act(self, act: str, which: int) -> None:
        """Refused as often as not: then nothing has changed."""
        if not self.dossiers:
            return
        dossier = self.dossiers[-1 - which % len(self.dossiers)]
        role, action = act.split()
        if action == "pay":
            paid(self.world, dossier)
            paid(self.world, dossier, "additional-1")
            await self.world.app.state.consumers["dossier-payment"].step()
        elif action == "rate":
            path = f"/v1/dossiers/{dossier['id']}/rating"
            await self.post(path, {"points": 1 + which % 3}, self.world.citizen())
        elif action == "revoke":
            view = await seen_by(self.world, dossier, "leader")
            for result in view.get("results", []):
                path = f"/v1/results/{result['verification_code']}/revoke"
                await self.post(path, {"reason": "Sai"}, headers(self.world, "leader"))
        else:
            assert (await take(self.world, dossier, role, action)).status_code < 500

    async def post(self, path: str, body: Any, who: dict[str, str], **more: Any) -> dict[str, Any]:
        answer = await self.world.client.post(path, json=body, headers=who, **more)
        assert answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def counter(self, channel: str) -> None:
        """At the centre, for the department."""
        body = {
            "procedure": FREE, "agency": CONSTRUCTION, "channel": channel, "accept": True,
            "form": {"full_name": "Bùi Thị Mẫu", "personal_number": "017300000001"},
            "applicant": {"kind": "citizen", "name": "Bùi Thị Mẫu"},
        }  # fmt: skip
        key = {"Idempotency-Key": f"{len(self.dossiers)} {self.world.clock.now()}"}
        await self.post("/v1/dossiers", body, self.world.staff("officer", CENTRE, **key))

    async def send(self, reference: str, day: str, code: str, channel: str) -> None:
        received_at = f"{day}T08:00:00+07:00"
        said = item(1, reference=reference, received_at=received_at, procedure=code, channel=channel)
        answer = await self.post("/v1/dossiers/batch", {"items": [said]}, of_system(self.world))
        self.batches["dossiers"].append(answer["batch"])

    async def progress(self, reference: str, action: str) -> None:
        at = self.world.clock.now().isoformat()
        step = {"reference": reference, "action": action, "occurred_at": at, "officer": "X", "reason": "X"}
        await self.post("/v1/dossiers/progress", {"steps": [step]}, of_system(self.world))

    async def count(self, day: str, code: str, channel: str, count: int) -> None:
        said = line(count, day, channel, procedure=code)
        answer = await self.post(URL, {"items": [said]}, of_system(self.world))
        assert answer["refused"] == 0, answer
        self.batches["counts"].append(answer["batch"])

    async def void(self, kind: str, which: int) -> None:
        if batches := self.batches[kind]:
            base = {"dossiers": "/v1/dossiers", "counts": URL}[kind]
            path = f"{base}/batches/{batches[-1 - which % len(batches)]}/void"
            await self.post(path, {"reason": "Nhầm"}, of_system(self.world))

    async def time(self, hours: int) -> None:
        self.world.clock.forward(hours=hours)

    async def purge(self) -> None:
        leader = self.world.staff("leader", PROVINCE)
        rule = {"months": 1, "decision": "1/QĐ"}
        await self.world.client.put("/v1/dossiers/retention/*", json=rule, headers=leader)
        await self.post("/v1/dossiers/retention/runs", None, leader, params={"dry_run": False})

    async def fold(self) -> None:
        async with self.world.app.state.database.transaction() as session:
            await fold(session)


async def compare(world: World, question: tuple[Any, ...]) -> None:
    """Each of the five reports with a count by hand over the facts as they are."""
    period, agency, scope, group_by, hours = question
    params: dict[str, str] = {"agency": agency, "scope": scope, "group_by": group_by}
    if isinstance(period, str):
        span = read(period)
        first, last, params["period"] = span.first, span.last, period
    else:
        first, last = period[0], period[0] + timedelta(days=period[1])
        params |= {"from": str(first), "to": str(last)}
    now = world.clock.now()
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), VIETNAM)
    as_of = min(now, end)
    if hours is not None:
        as_of = now + timedelta(hours=hours)
        params["as_of"] = as_of.isoformat()
    async with world.app.state.database.transaction() as session:
        facts = (await session.execute(text("SELECT * FROM intake_fact"))).mappings().all()
        bodies = {row["code"]: row for row in (await session.execute(text("SELECT * FROM body"))).mappings()}
    q = Question(first, last, as_of, agency, scope, group_by, bodies)
    expected = by_hand.received(facts, q) | {
        "on-time": by_hand.on_time(facts, q),
        "processing-time": by_hand.processing_time(facts, q),
    }
    for indicator, counted in expected.items():
        answer = await world.client.get(f"/v1/reports/{indicator}", params=params)
        assert answer.status_code == 200, answer.text
        different = by_hand.compared(by_hand.shown(answer.json()), counted)
        assert different is None, (indicator, params, different)


@settings(
    max_examples=24,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.long
@pytest.mark.timeout(600)
@given(steps=st.lists(st.tuples(STEPS, QUESTIONS), min_size=1, max_size=14))
async def test_whatever_is_done_the_figures_are_a_recount(
    world: World, steps: list[tuple[tuple[Any, ...], tuple[Any, ...]]]
) -> None:
    world.clock.set("2020-10-26T15:00")
    lower = {**procedure()["offering"], "online_level": 3}
    world.catalogue |= {
        FREE: procedure(**SIMPLE, offering=lower),
        CHARGED: procedure(**SIMPLE | {"code": CHARGED, "fees": [FEE]}),
        PLAIN: procedure(**SIMPLE | {"code": PLAIN, "offering": None}),
    }
    walk = Walk(world)
    for step, question in steps:
        await walk.step(*step)
        async with world.app.state.database.transaction() as session:
            assert await recount.differences(session) == [], step
        await compare(world, question)
