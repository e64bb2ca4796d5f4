"""One transaction's worth of a batch: what is new is created, what changed is corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from kit import events
from kit.auth import Caller
from kit.problem import FieldFault
from services.dossier import queries as dossiers
from services.dossier.commands import numbers
from services.dossier.district import correction, queries, rows
from services.dossier.district.checking import Sound
from services.dossier.district.models import Reference
from services.dossier.figures import sources
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.owners import queries as owners
from services.dossier.status import TRANSITIONS, Action, Status

_CODE_TAKEN = {"vi": "Số hồ sơ {number} đã có.", "en": "The number {number} is taken."}


@dataclass
class Outcome:
    kind: Literal["created", "updated", "unchanged", "refused"]
    dossier_id: UUID | None = None
    code: str | None = None
    faults: list[FieldFault] = field(default_factory=list)


class Piece:
    """Of the items of one call, those that are taken in together."""

    def __init__(self, session: AsyncSession, office: Office, caller: Caller, batch_id: UUID) -> None:
        self._session, self._office, self._caller, self._batch = session, office, caller, batch_id
        self._system = queries.system_of(caller)
        self._known: Mapping[str, tuple[Reference, str]] = {}
        self._owners: Mapping[str, str] = {}
        self._log: list[events.Event] = []

    async def take(self, items: Sequence[Sound]) -> dict[int, Outcome]:
        """By the items' indexes. A reference whose dossier was voided is new again."""
        await queries.one_call_at_a_time(self._session, self._system)
        self._known = await queries.references(self._session, self._system, {s.item.reference for s in items})
        said = (s.item.applicant.model_dump() for s in items)
        keys = {owners.paper_owner(self._office.vault, applicant) for applicant in said}
        self._owners = await owners.accounts_of(self._session, keys)
        outcomes = await self._refuse_taken_numbers(items)
        standing = {s.index: row for s in items if (row := self._standing(s))}
        changed = {
            row.dossier_id for s in items if (row := standing.get(s.index)) and row.content != s.content
        }
        known = await queries.dossiers_of(self._session, changed)
        await self._hold(items, known.values())
        new = []
        for s in items:
            if s.index in outcomes:
                continue
            row = standing.get(s.index)
            if row is None:
                new.append(s)
            elif row.content == s.content:
                code = self._known[s.item.reference][1]
                outcomes[s.index] = Outcome("unchanged", row.dossier_id, code)
            else:
                outcomes[s.index] = await self._correct(s, row, known[row.dossier_id])
        outcomes |= await self._create(new)
        # Last, and all at once: whoever holds the log's lock may wait for nothing else.
        await events.append_all(self._session, self._log)
        return outcomes

    async def _hold(self, items: Sequence[Sound], corrected: Iterable[Dossier]) -> None:
        """What facts are kept by, for the whole piece: names, and the days that dossiers come to or leave."""
        names: dict[tuple[Literal["field", "procedure"], str], str] = {}
        for s in sorted(items, key=lambda s: s.day):
            names["procedure", s.procedure.code] = s.procedure.name
            names["field", s.procedure.field.code] = s.procedure.field.name
        await sources.call(self._session, names)
        days = {(s.receiving, s.procedure.code, s.day) for s in items}
        await sources.hold_days(self._session, days | sources.paper_days(corrected))

    def _standing(self, s: Sound) -> Reference | None:
        row = self._known.get(s.item.reference, (None, ""))[0]
        return row if row is not None and row.voided_at is None else None

    async def _refuse_taken_numbers(self, items: Sequence[Sound]) -> dict[int, Outcome]:
        said = {s.item.external_code for s in items if s.item.external_code}
        await numbers.hold(self._session, {(s.receiving, s.day) for s in items}, said)
        taken: dict[str, UUID | None] = dict(await queries.taken_codes(self._session, said)) if said else {}
        outcomes = {}
        for s in items:
            number, row = s.item.external_code, self._standing(s)
            if number is None:
                continue
            if number in taken and (row is None or taken[number] != row.dossier_id):
                fault = s.fault("external-code-taken", _CODE_TAKEN, "external_code", number=number)
                outcomes[s.index] = Outcome("refused", faults=[fault])
            taken.setdefault(number, row.dossier_id if row else None)
        return outcomes

    async def _create(self, items: Sequence[Sound]) -> dict[int, Outcome]:
        codes = await self._codes(items)
        made = [(s, await self._received(s, codes[s.index])) for s in items]
        self._session.add_all(dossier for _, dossier in made)
        await self._session.flush()
        for s, dossier in made:
            self._session.add_all(rows.history(self._caller, s, dossier))
            self._session.add_all(rows.papers(s, dossier))
            self._session.add(self._referred(s, dossier))
            self._tell(dossier, 1, TRANSITIONS[Action.SUBMIT].event, Status.SUBMITTED)
            self._tell(dossier, 2, TRANSITIONS[Action.ACCEPT].event, Status.ACCEPTED)
        return {s.index: Outcome("created", dossier.id, dossier.code) for s, dossier in made}

    async def _codes(self, items: Sequence[Sound]) -> dict[int, str]:
        """A block of serials per body and day, in the order of reception."""
        printed = {s.item.external_code for s in items if s.item.external_code}
        groups: dict[tuple[str, date], list[Sound]] = {}
        for s in sorted(items, key=lambda s: (s.item.received_at, s.index)):
            groups.setdefault((s.receiving, s.day), []).append(s)
        codes: dict[int, str] = {}
        for (agency, day), group in sorted(groups.items()):
            new = await numbers.next_codes(self._session, agency, day, len(group), printed)
            codes |= {s.index: code for s, code in zip(group, new, strict=True)}
        return codes

    async def _received(self, s: Sound, code: str) -> Dossier:
        at = s.item.received_at
        said: dict[str, Any] = rows.content(self._office, self._owners, s) | rows.bodies(s)
        dossier = Dossier(
            id=uuid7(),
            code=code,
            version=2,
            status=Status.ACCEPTED,
            created_at=at,
            saved_at=at,
            submitted_at=at,
            accepted_at=at,
            holder_agency=s.item.agency,
            **said,
        )
        await rows.promised(self._session, self._office, s, dossier)
        return dossier

    def _referred(self, s: Sound, dossier: Dossier) -> Reference:
        fields: dict[str, Any] = {
            "dossier_id": dossier.id,
            "batch_id": self._batch,
            "content": s.content,
            "received_on": s.day,
            "voided_at": None,
        }
        row = self._known.get(s.item.reference, (None, ""))[0]
        if row is None:
            return Reference(system=self._system, reference=s.item.reference, **fields)
        for name, value in fields.items():
            setattr(row, name, value)
        return row

    async def _correct(self, s: Sound, row: Reference, dossier: Dossier) -> Outcome:
        steps = await dossiers.steps(self._session, dossier.id)
        if fault := correction.refusal(s, dossier, steps):
            return Outcome("refused", dossier.id, dossier.code, [fault])
        said = rows.content(self._office, self._owners, s)
        await correction.apply(self._session, self._office, s, dossier, said, steps)
        row.content, row.received_on = s.content, s.day
        dossier.version += 1
        self._tell(dossier, dossier.version, "dossier.corrected", Status(dossier.status))
        return Outcome("updated", dossier.id, dossier.code)

    def _tell(self, dossier: Dossier, seq: int, event: str, status: Status) -> None:
        data = {
            "dossier_id": str(dossier.id),
            "code": dossier.code,
            "status": status,
            "procedure": dossier.procedure_code,
            "receiving": dossier.receiving_agency,
            "resolving": dossier.resolving_agency,
            "channel": dossier.channel,
            "batch": str(self._batch),
        }
        self._log.append(
            events.Event(
                subject=str(dossier.id),
                seq=seq,
                type=event,
                time=self._office.clock.now(),
                actor=self._caller.actor,
                agency=dossier.receiving_agency,
                data=data,
            )
        )
