"""Later steps of dossiers that districts work on: what was done there is done here, at its own moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.db import Database
from kit.idempotency import fingerprint
from kit.problem import FieldFault, Problem, model_faults
from services.dossier import queries as dossier_queries
from services.dossier import schemas
from services.dossier.commands import decide, desk, ending, supplement
from services.dossier.district import queries
from services.dossier.district.checking import as_of, read
from services.dossier.district.errors import StepIncomplete, StepOutOfOrder, StepReused, StepSkipped
from services.dossier.district.models import ReportedStep
from services.dossier.district.schemas import ProgressItem
from services.dossier.errors import DossierVoided
from services.dossier.models import Dossier
from services.dossier.office import Office

Told = Callable[[AsyncSession, Office, Caller, Dossier, ProgressItem], Awaitable[None]]
_AHEAD = timedelta(minutes=5)
_FUTURE = {"vi": "Thời điểm này ở tương lai.", "en": "This moment is in the future."}


@dataclass
class StepOutcome:
    kind: Literal["done", "unchanged", "refused"]
    reference: str | None = None
    status: str | None = None
    faults: list[FieldFault] = field(default_factory=list)


async def take(database: Database, office: Office, caller: Caller, steps: Sequence[Any]) -> list[StepOutcome]:
    """In the order of the call, each a transaction of its own; after a refusal the dossier's later steps
    of this call are refused, too."""
    halted: set[str] = set()
    outcomes = []
    for index, given in enumerate(steps):
        item, faults = read(ProgressItem, given, "steps", index)
        outcome = StepOutcome("refused", faults=faults)
        if item is not None:
            outcome = await _one(database, office, caller, index, item, halted)
        if outcome.kind == "refused" and isinstance(given, dict):
            halted.add(str(given.get("reference")))
        outcomes.append(outcome)
    return outcomes


async def _one(
    database: Database, office: Office, caller: Caller, index: int, item: ProgressItem, halted: set[str]
) -> StepOutcome:
    pointer = f"/steps/{index}"
    try:
        if item.reference in halted:
            raise StepSkipped
        async with database.transaction() as session:
            return await _tell(session, office, caller, item)
    except Problem as problem:
        inner = [FieldFault(f.code, f.words, pointer=pointer + (f.pointer or ""), **f.facts)
                 for f in problem.errors]  # fmt: skip
        words = {lang: _said(problem, lang) for lang in ("vi", "en")}
        faults = inner or [FieldFault(problem.code, words, pointer=f"{pointer}/action", **problem.facts)]
        return StepOutcome("refused", item.reference, faults=faults)


def _said(problem: Problem, language: str) -> str:
    detail = problem.detail.get(language)
    return f"{problem.title[language]}: {detail}" if detail else problem.title[language]


async def _tell(session: AsyncSession, office: Office, caller: Caller, item: ProgressItem) -> StepOutcome:
    """Raises DossierMissing, StepReused, StepOutOfOrder, and what the step itself raises."""
    system, content = queries.system_of(caller), office.vault.index(fingerprint(item).hex())
    _, dossier = await queries.referred(session, caller, system, item.reference, lock=True)
    known = await queries.reported(session, system, str(item.step))
    if known is not None:
        if known.content != content:
            raise StepReused
        return StepOutcome("unchanged", item.reference, dossier.status)
    if dossier.voided_at is not None:
        raise DossierVoided
    if item.occurred_at > office.clock.now() + _AHEAD:
        raise StepIncomplete(errors=[FieldFault("in-the-future", _FUTURE, pointer="/occurred_at")])
    last = (await dossier_queries.steps(session, dossier.id))[-1]
    if item.occurred_at < last.at:
        raise StepOutOfOrder(last=last.at.astimezone(VIETNAM).isoformat())
    session.add(ReportedStep(system=system, step=str(item.step), dossier_id=dossier.id, content=content))
    person = replace(caller, name=item.officer, agency=dossier.resolving_agency)
    await TELLING[item.action](session, as_of(office, item.occurred_at), person, dossier, item)
    return StepOutcome("done", item.reference, dossier.status)


def _input(model: type[Any], **values: Any) -> Any:
    """Raises StepIncomplete with what the action needs and was not told."""
    try:
        return model.model_validate(
            {name: value for name, value in values.items() if value not in (None, "")}
        )
    except ValidationError as error:
        raise StepIncomplete(errors=model_faults(error)) from None


async def _start(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    await decide.start(session, office, by, dossier, schemas.Note(note=s.reason))


async def _pass_on(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    to = desk.Officer(by.sub, s.officer)
    await desk.pass_on(session, office, by, dossier, to, schemas.Passing(note=s.reason))


async def _ask(session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem) -> None:
    asked = _input(
        schemas.SupplementRequest, reason=s.reason, items=[{"text": s.reason or "–"}], due_on=s.due_on
    )
    await supplement.request(session, office, by, dossier, asked)


async def _supplement(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    asked = await dossier_queries.supplements(session, dossier.id)
    items = asked[-1].items if asked else []
    note = s.reason or "Đã nộp bản giấy."
    answers = [schemas.SupplementAnswer(item=item["item"], note=note) for item in items]
    await supplement.answer(session, office, by, dossier, schemas.SupplementAnswers(answers=answers))


async def _extend(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    given = _input(schemas.Extension, reason=s.reason, promised_on=s.promised_on)
    await ending.extend(session, office, by, dossier, given)


async def _complete(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    """The result was signed on paper there, so there is no document of it here."""
    signed = schemas.Outcome(outcome=s.outcome, note=s.reason)
    await decide.complete(session, office, by, dossier, signed)


async def _return(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    await decide.hand_over(session, office, by, dossier, schemas.HandedOver(method=s.method, note=s.reason))


async def _withdraw(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    await ending.withdraw(session, office, by, dossier, schemas.Note(note=s.reason))


async def _stop(session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem) -> None:
    await ending.stop(session, office, by, dossier, _input(schemas.Reason, reason=s.reason))


async def _reopen(
    session: AsyncSession, office: Office, by: Caller, dossier: Dossier, s: ProgressItem
) -> None:
    given = _input(schemas.Reopening, reason=s.reason, promised_on=s.promised_on)
    await ending.reopen(session, office, by, dossier, given)


TELLING: Mapping[str, Told] = {
    "start": _start,
    "pass-on": _pass_on,
    "request-supplement": _ask,
    "supplement": _supplement,
    "extend": _extend,
    "complete": _complete,
    "return": _return,
    "withdraw": _withdraw,
    "stop": _stop,
    "reopen": _reopen,
}
