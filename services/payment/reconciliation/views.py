"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from kit.problem import Language
from services.payment.reconciliation.kinds import ACTION_LABEL, NEEDS_NOTE, RULES, Action, Kind
from services.payment.reconciliation.models import Difference, Reconciliation, Statement
from services.payment.reconciliation.schemas import (
    BodyRow,
    Brief,
    Choice,
    Count,
    DifferenceView,
    OurSums,
    Proposal,
    ReconciliationView,
    Report,
    State,
    StatementView,
    Sums,
)
from services.payment.tables import Base


def _state(held: Reconciliation) -> State:
    return "open" if held.closed_at is None else "closed"


def _shared(view: type[BaseModel], row: Base) -> dict[str, Any]:
    """What a row has of a view, by name."""
    return {name: getattr(row, name) for name in view.model_fields if name in type(row).model_fields}


def brief(held: Reconciliation) -> Brief:
    return Brief(**_shared(Brief, held), state=_state(held))


def whole(
    held: Reconciliation,
    statements: Sequence[Statement],
    totals: Mapping[str, Any],
    counts: Mapping[str, Mapping[str, int]],
) -> ReconciliationView:
    return ReconciliationView(
        **brief(held).model_dump(),
        statements=[
            StatementView(**_shared(StatementView, row) | {"digest": row.digest.hex()})
            for row in sorted(statements, key=lambda row: row.source, reverse=True)
        ],
        totals=Sums.model_validate(totals),
        differences={Kind(kind): Count(**count) for kind, count in counts.items()},
        open=sum(count["open"] for count in counts.values()),
    )


def difference(row: Difference, language: Language) -> DifferenceView:
    rule = RULES[Kind(row.kind)]
    return DifferenceView(
        **_shared(DifferenceView, row),
        label=rule.label[language],
        proposal=Proposal(code=rule.code, text=rule.proposal[language]),
        actions=[_choice(action, language) for action in rule.actions],
    )


def _choice(action: Action, language: Language) -> Choice:
    return Choice(action=action, label=ACTION_LABEL[action][language], needs_note=action in NEEDS_NOTE)


def report(held: Reconciliation, rows: Sequence[Mapping[str, Any]]) -> Report:
    items = [BodyRow.model_validate(row) for row in rows]
    sums = {name: sum(getattr(item, name) for item in items) for name in OurSums.model_fields}
    return Report(
        id=held.id,
        provider=held.provider,
        day=held.day,
        state=_state(held),
        items=items,
        total=OurSums(**sums),
    )
