"""From rows to answers. Pure."""

from __future__ import annotations

from datetime import date

from kit.problem import Language
from services.catalog import schemas
from services.catalog.content import GAPS
from services.catalog.difference import difference
from services.catalog.models import Agency, Procedure, Unit, Version
from services.catalog.schemas import Facet, Ref
from services.catalog.status import version_status


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


def draft(
    procedure: Procedure, row: Version, old: Version | None, level: int, missing: list[str]
) -> schemas.DraftView:
    return schemas.DraftView(
        code=procedure.code,
        version=procedure.version,
        number=row.number,
        content=row.content,
        gaps=row.gaps,
        level=level,
        missing=missing,
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


def agency(row: Agency) -> schemas.AgencyView:
    return schemas.AgencyView.model_validate(row, from_attributes=True)


def unit(row: Unit) -> schemas.UnitView:
    return schemas.UnitView.model_validate(row, from_attributes=True)
