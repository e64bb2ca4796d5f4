"""From rows to answers. Pure."""

from __future__ import annotations

from services.catalog.fees.quote import usual
from services.catalog.schemas import Ref
from services.catalog.search.queries import Found
from services.catalog.search.schemas import ProcedureItem


def item(found: Found) -> ProcedureItem:
    row = found.version
    return ProcedureItem(
        code=row.procedure_code,
        name=row.name,
        field=Ref(code=row.field_code, name=row.field_name),
        government_levels=row.government_levels,
        audiences=row.audiences,
        channels=row.channels,
        online_level=found.online_level,
        mandated=found.mandated,
        offered_by=found.offered_by,
        fee_total=usual(found.fees),
        processing_time=found.processing_time,
        sample=row.sample,
        source=found.source,
    )
