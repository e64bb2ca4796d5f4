"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.models import OfferingChange
from services.catalog.offerings.schemas import (
    ChangeView,
    OfferedItem,
    OfferingHistory,
    OfferingView,
    Terms,
)
from services.catalog.schemas import Ref


def terms(row: Offering, on: date) -> Terms:
    return Terms(**_terms(row, on))


def _terms(row: Offering, on: date) -> dict[str, Any]:
    return {
        "online_level": row.online_level,
        "payable_online": row.pay_online_from is not None and row.pay_online_from <= on,
        "pay_online_from": row.pay_online_from,
        "pilot": row.pilot,
        "mandated": row.mandated,
        "decision": row.decision,
        "valid_from": row.valid.lower,
        "valid_to": row.valid.upper,
    }


def offering(row: Offering, body: Agency, offices: Sequence[Agency], on: date) -> OfferingView:
    receiving = [office for office in offices if body.code in office.receives_for]
    where = receiving[0] if receiving else body
    return OfferingView(
        **_terms(row, on),
        agency=ref(body),
        unit=body.unit_code,
        address=where.address,
        hours=where.reception_hours,
        received_by=[ref(office) for office in receiving],
    )


def offered(row: Offering, version: Version, on: date) -> OfferedItem:
    return OfferedItem(
        **_terms(row, on),
        procedure=Ref(code=row.procedure_code, name=version.name),
        field=Ref(code=version.field_code, name=version.field_name),
    )


def history(
    body: Agency, procedure: Ref, rows: Sequence[Offering], changes: Sequence[OfferingChange], on: date
) -> OfferingHistory:
    return OfferingHistory(
        agency=ref(body),
        procedure=procedure,
        periods=[terms(row, on) for row in rows],
        changes=[ChangeView.model_validate(change, from_attributes=True) for change in changes],
    )


def ref(body: Agency) -> Ref:
    return Ref(code=body.code, name=body.name)
