"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kit.problem import Language
from services.catalog import schemas
from services.catalog.content import GAPS, gaps_for
from services.catalog.difference import difference
from services.catalog.models import Agency, Offering, Procedure, Unit, Version
from services.catalog.schemas import Facet, Ref
from services.catalog.search import Found
from services.catalog.status import version_status


def item(found: Found) -> schemas.ProcedureItem:
    row = found.version
    return schemas.ProcedureItem(
        code=row.procedure_code,
        name=row.name,
        field=Ref(code=row.field_code, name=row.field_name),
        government_levels=row.government_levels,
        audiences=row.audiences,
        channels=row.channels,
        online_level=found.online_level,
        mandated=found.mandated,
        offered_by=found.offered_by,
        fee_total=_fee_total(found.fees),
        processing_time=found.processing_time,
        sample=row.sample,
        source=found.source,
    )


def _fee_total(fees: Sequence[dict[str, Any]]) -> int | None:
    depends = any(fee.get("per") == "copy" or fee.get("cases") or fee.get("channels") for fee in fees)
    amounts = [fee["amount"] for fee in fees]
    return None if depends or None in amounts else sum(amounts)


def procedure(
    row: Procedure, version: Version, on: date, level: int, language: Language
) -> schemas.ProcedureView:
    return schemas.ProcedureView(
        code=row.code,
        version=row.version,
        number=version.number,
        status=version_status(version.valid, on, row.abolished_from),
        source=row.source,
        sample=version.sample,
        online_level=level,
        valid_from=version.valid_from,
        valid_to=version.valid.upper if version.valid else None,
        abolished_from=row.abolished_from,
        content=version.content,
        gaps=[Facet(value=gap, label=GAPS[gap][language], count=1) for gap in version.gaps],
    )


def version_item(row: Version, procedure: Procedure, on: date) -> schemas.VersionItem:
    withdrawn = row.valid is not None and row.valid.empty
    return schemas.VersionItem(
        number=row.number,
        state=version_status(row.valid, on, procedure.abolished_from),
        valid_from=row.valid_from,
        valid_to=row.valid_from if withdrawn else row.valid.upper if row.valid else None,
        reason=row.reason,
    )


def version(row: Version, procedure: Procedure, on: date) -> schemas.VersionView:
    item_ = version_item(row, procedure, on)
    return schemas.VersionView(**item_.model_dump(), content=row.content, gaps=row.gaps)


def draft(procedure: Procedure, row: Version, old: Version | None, level: int) -> schemas.DraftView:
    return schemas.DraftView(
        code=procedure.code,
        version=procedure.version,
        number=row.number,
        content=row.content,
        gaps=row.gaps,
        level=level,
        missing=gaps_for(level, row.gaps),
        changes=difference(old.content if old else None, row.content),
    )


def draft_item(row: Version) -> schemas.DraftItem:
    return schemas.DraftItem(
        code=row.procedure_code,
        number=row.number,
        name=row.name,
        field=Ref(code=row.field_code, name=row.field_name),
        gaps=row.gaps,
    )


def offering(row: Offering, body: Agency, offices: Sequence[Agency], on: date) -> schemas.OfferingView:
    receiving = [office for office in offices if body.code in office.receives_for]
    where = receiving[0] if receiving else body
    return schemas.OfferingView(
        agency=Ref(code=body.code, name=body.name),
        unit=body.unit_code,
        online_level=row.online_level,
        payable_online=row.pay_online_from is not None and row.pay_online_from <= on,
        pay_online_from=row.pay_online_from,
        pilot=row.pilot,
        mandated=row.mandated,
        decision=row.decision,
        valid_from=row.valid.lower,
        address=where.address,
        hours=where.reception_hours,
        received_by=[Ref(code=office.code, name=office.name) for office in receiving],
    )


def agency(row: Agency) -> schemas.AgencyView:
    return schemas.AgencyView.model_validate(row, from_attributes=True)


def unit(row: Unit) -> schemas.UnitView:
    return schemas.UnitView.model_validate(row, from_attributes=True)
