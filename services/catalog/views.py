"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kit.problem import Language
from services.catalog import schemas
from services.catalog.content import GAPS
from services.catalog.models import Agency, Offering, Procedure, Unit, Version
from services.catalog.schemas import Facet, Ref
from services.catalog.search import Found


def item(found: Found) -> schemas.ProcedureItem:
    row = found.procedure
    amounts = [fee["amount"] for fee in found.fees]
    return schemas.ProcedureItem(
        code=row.code,
        name=row.name,
        field=Ref(code=row.field_code, name=row.field_name),
        government_levels=row.government_levels,
        audiences=row.audiences,
        channels=row.channels,
        online_level=found.online_level,
        mandated=found.mandated,
        offered_by=found.offered_by,
        fee_total=None if None in amounts else sum(amounts),
        processing_time=found.processing_time,
        sample=row.sample,
        source=row.source,
    )


def procedure(row: Procedure, version: Version, level: int, language: Language) -> schemas.ProcedureView:
    return schemas.ProcedureView(
        code=row.code,
        version=row.version,
        number=version.number,
        status=row.status,
        source=row.source,
        sample=row.sample,
        online_level=level,
        valid_from=version.valid.lower if version.valid else None,
        content=version.content,
        gaps=[Facet(value=gap, label=GAPS[gap][language], count=1) for gap in version.gaps],
    )


def version_item(row: Version) -> schemas.VersionItem:
    valid = row.valid
    return schemas.VersionItem(
        number=row.number,
        state=row.state,
        valid_from=valid.lower if valid else None,
        valid_to=valid.upper if valid else None,
    )


def version(row: Version) -> schemas.VersionView:
    return schemas.VersionView(**version_item(row).model_dump(), content=row.content, gaps=row.gaps)


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
