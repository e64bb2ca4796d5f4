"""Three sides of one day held against each other: our payments, the statements, the dossiers. Pure.

Rows find payments by our reference; a transaction's number only tells which of several rows is the payment's
own. A provider's day and ours may differ by a little at midnight: then the money is `late` on both days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kit.clock import VIETNAM
from services.payment.reconciliation.kinds import ORDER, Kind
from services.payment.reconciliation.lines import Line, LineKind, Source, account_key
from services.payment.reconciliation.statements import row_digest


@dataclass(frozen=True)
class Ours:
    """A payment. Amounts in đồng; `day`: on which it succeeded here, None where it has not; `account`: where
    its money belongs, "" if unknown; `sibling`: another payment has settled the same fee; `overpaid`: the
    provider's numbers of money beyond the fee; `credited`: the dossier has taken it in."""

    id: UUID
    reference: str
    provider: str
    status: str
    transaction: str
    amount: int
    day: date | None
    fee: int
    charge: int
    account: str
    sibling: bool
    overpaid: Sequence[str]
    credited: bool


@dataclass(frozen=True)
class Returned:
    """A refund. `payment`: the reference of what it gives back; `abroad`: the provider was told, and has not
    said how it ended; `day` as above, `asked` the day of its request."""

    id: UUID
    payment_id: UUID
    payment: str
    reference: str
    status: str
    abroad: bool
    by_provider: bool
    transaction: str
    amount: int
    day: date | None
    asked: date


@dataclass(frozen=True)
class Sides:
    """`lines`: of the statements that were imported. `elsewhere`: other days of which a statement of the same
    source names a reference. `bodies`: whose an account is that day."""

    provider: str
    day: date
    payments: Sequence[Ours]
    refunds: Sequence[Returned]
    lines: Mapping[Source, Sequence[Line]]
    elsewhere: Mapping[tuple[Source, LineKind, str], date]
    bodies: Mapping[str, str]


@dataclass
class Found:
    """`facts`: what a person has to see; amounts in đồng, rows as numbered in the file."""

    kind: Kind
    subject: str
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def differences(sides: Sides) -> list[Found]:
    """Each kind and subject once, in the order of kinds."""
    book = _Book(sides)
    for source, lines in sides.lines.items():
        for compare, kind in (
            (book.compare_payments, LineKind.PAY),
            (book.compare_refunds, LineKind.REFUND),
        ):
            compare(source, [line for line in lines if line.kind is kind or line.fault is not None])
        book.list_unreadable(source, lines)
    book.list_unsettled()
    book.list_abroad()
    return sorted(book.found.values(), key=lambda found: (ORDER[found.kind], found.subject))


class _Book:
    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.found: dict[tuple[Kind, str], Found] = {}
        self._payments = {payment.reference: payment for payment in sides.payments}
        self._refunds: dict[str, list[Returned]] = defaultdict(list)
        for refund in sides.refunds:
            self._refunds[refund.reference].append(refund)
            self._refunds[refund.payment].append(refund)

    def _note(
        self, kind: Kind, subject: str, source: Source | None, about: Ours | Returned | None, **facts: Any
    ) -> None:
        """The same from both statements is one difference, with what each of them says."""
        found = self.found.setdefault((kind, subject), Found(kind, subject))
        if isinstance(about, Ours):
            found.payment_id = about.id
            found.facts |= {"reference": about.reference, "amount": about.amount, "status": about.status}
        if isinstance(about, Returned):
            found.payment_id, found.refund_id = about.payment_id, about.id
            found.facts |= {"reference": about.reference, "amount": about.amount, "status": about.status}
        if source is not None:
            found.facts[source.value] = facts
        else:
            found.facts |= facts

    def compare_payments(self, source: Source, lines: Sequence[Line]) -> None:
        named: dict[str, list[Line]] = defaultdict(list)
        broken = {line.reference for line in lines if line.fault is not None}
        for line in lines:
            if line.fault is None and line.reference:
                named[line.reference].append(line)
        for reference, rows in named.items():
            self._hold(source, reference, rows)
        for ours in self._that_day():
            if ours.reference not in named and ours.reference not in broken:
                self._missing(source, LineKind.PAY, ours, ours.reference)

    def _that_day(self) -> Iterable[Ours]:
        """What succeeded here on the day, with the provider."""
        day, provider = self.sides.day, self.sides.provider
        return (ours for ours in self.sides.payments if (ours.day, ours.provider) == (day, provider))

    def _hold(self, source: Source, reference: str, rows: list[Line]) -> None:
        """All rows of a statement that name one reference, against the payment."""
        ours = self._payments.get(reference)
        if self._anothers(source, ours):
            return
        if ours is None or ours.day is None or ours.provider != self.sides.provider:
            kind = Kind.TWICE if ours and self._needless(ours, rows) else Kind.MISSING_HERE
            self._note(kind, reference, source, ours, **_said(rows))
            return
        own = next((row for row in rows if row.transaction == ours.transaction), rows[0])
        if len(rows) > 1 or own.transaction in ours.overpaid:
            self._note(Kind.TWICE, reference, source, ours, **_said(rows))
        self._hold_one(source, ours, own)

    def _anothers(self, source: Source, ours: Ours | None) -> bool:
        """On a body's account is the money of all providers: this is another's, and its day's business."""
        return source is Source.BANK and ours is not None and ours.provider != self.sides.provider

    @staticmethod
    def _needless(ours: Ours, rows: Iterable[Line]) -> bool:
        """Money for a fee that another payment has settled."""
        return ours.sibling or any(row.transaction in ours.overpaid for row in rows)

    def _hold_one(self, source: Source, ours: Ours, row: Line) -> None:
        if row.amount != ours.amount:
            self._note(Kind.AMOUNT, ours.reference, source, ours, **_said([row]))
        elif row.fee not in (None, ours.fee) or row.charge not in (None, ours.charge):
            divided = {"fee": row.fee, "charge": row.charge}
            self._note(Kind.FEE_KIND, ours.reference, source, ours, **_said([row]), **divided)
            self.found[Kind.FEE_KIND, ours.reference].facts |= {"fee": ours.fee, "charge": ours.charge}
        # A bank's booking day is often a day later, a provider's is that of the payment.
        theirs = civil(row.at) if row.at and source is Source.PROVIDER else self.sides.day
        if ours.day != self.sides.day or theirs != ours.day:
            other = theirs if ours.day == self.sides.day else ours.day
            self._late(source, ours, ours.reference, other, **_said([row]))
        key = account_key(row.account)
        if source is Source.BANK and ours.account and key != account_key(ours.account):
            bodies = {"body": self.sides.bodies.get(key), "account": row.account}
            self._note(Kind.WRONG_BODY, ours.reference, source, ours, **_said([row]), **bodies)
            self.found[Kind.WRONG_BODY, ours.reference].facts["account"] = ours.account

    def _missing(self, source: Source, kind: LineKind, about: Ours | Returned, reference: str) -> None:
        if other := self.sides.elsewhere.get((source, kind, reference)):
            self._late(source, about, about.reference, other)
        else:
            facts = {"transaction": about.transaction}
            self._note(Kind.MISSING_THERE, about.reference, source, about, **facts)

    def _late(
        self, source: Source, about: Ours | Returned, subject: str, other: date | None, **facts: Any
    ) -> None:
        self._note(Kind.LATE, subject, source, about, **facts, other_day=other.isoformat() if other else None)

    def compare_refunds(self, source: Source, lines: Sequence[Line]) -> None:
        named: dict[UUID, list[Line]] = defaultdict(list)
        refunds = {refund.id: refund for refund in self.sides.refunds}
        for line in lines:
            if line.fault is not None or not line.reference:
                continue
            ours = self._payments.get(line.reference)
            if known := self._known(line, named):
                named[known.id].append(line)
            elif not self._anothers(source, ours):
                subject = f"{line.reference}/{line.transaction}"
                self._note(Kind.REFUND_UNKNOWN, subject, source, ours, **_said([line]))
        for refund_id, rows in named.items():
            self._hold_refund(source, refunds[refund_id], rows)
        broken = {line.reference for line in lines if line.fault is not None}
        for refund in refunds.values():
            # Which account a provider gives back from is its own business: banks need not show it.
            expected = refund.day == self.sides.day and refund.by_provider and source is Source.PROVIDER
            if expected and refund.id not in named and not broken & {refund.reference, refund.payment}:
                self._missing_refund(source, refund)

    def _known(self, line: Line, taken: Mapping[UUID, Sequence[Line]]) -> Returned | None:
        """The refund that a row means: by the provider's number, by our reference, else by the payment's and
        the amount; of several, the first that no other row has meant."""
        near = self._refunds.get(line.reference, [])
        for refund in near:
            if line.transaction == refund.transaction or line.reference == refund.reference:
                return refund
        return next(
            (refund for refund in near if refund.amount == line.amount and refund.id not in taken), None
        )

    def _hold_refund(self, source: Source, refund: Returned, rows: list[Line]) -> None:
        if refund.day is None:
            self._note(Kind.REFUND_UNKNOWN, refund.reference, source, refund, **_said(rows))
            return
        if len(rows) > 1:
            self._note(Kind.TWICE, refund.reference, source, refund, **_said(rows))
        if rows[0].amount != refund.amount:
            self._note(Kind.AMOUNT, refund.reference, source, refund, **_said(rows[:1]))
        if refund.day != self.sides.day:
            self._late(source, refund, refund.reference, refund.day, **_said(rows[:1]))

    def _missing_refund(self, source: Source, refund: Returned) -> None:
        named = refund.reference
        if (source, LineKind.REFUND, named) not in self.sides.elsewhere:
            named = refund.payment
        self._missing(source, LineKind.REFUND, refund, named)

    def list_unreadable(self, source: Source, lines: Iterable[Line]) -> None:
        seen: dict[str, int] = defaultdict(int)
        for line in lines:
            if line.fault is None:
                continue
            digest = row_digest(line)
            seen[digest] += 1
            subject = f"{source}/{digest}/{seen[digest]}"
            facts = {"row": line.number, "fault": line.fault, "raw": dict(line.raw)}
            self._note(Kind.UNREADABLE_ROW, subject, source, self._payments.get(line.reference), **facts)

    def list_unsettled(self) -> None:
        """Paid that day, and the dossier does not know it."""
        for ours in self._that_day():
            if not ours.credited:
                self._note(Kind.DOSSIER_UNSETTLED, ours.reference, None, ours)

    def list_abroad(self) -> None:
        """The provider was told that day or before, and has not said how it ended."""
        for refund in self.sides.refunds:
            if refund.abroad and refund.asked <= self.sides.day:
                self._note(Kind.REFUND_UNKNOWN, refund.reference, None, refund)


def civil(moment: datetime) -> date:
    """The day in Vietnam."""
    return moment.astimezone(VIETNAM).date()


def _said(rows: Sequence[Line]) -> dict[str, Any]:
    """What a statement says; the lists are as long as there are rows."""
    return {
        "rows": [row.number for row in rows],
        "transactions": [row.transaction for row in rows],
        "amounts": [row.amount for row in rows],
    }
