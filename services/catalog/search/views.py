"""From rows to answers. Pure."""

from __future__ import annotations

from kit.problem import Language
from services.catalog.codelists import CodeLists
from services.catalog.fees.quote import usual
from services.catalog.schemas import Facet, Ref
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


#: Facets whose values are codes of the list of that name; the others have their names with them.
_LISTED = ("government_level", "online_level", "audience")


def facets(
    counted: dict[str, list[tuple[str, str, int]]], lists: CodeLists, language: Language
) -> dict[str, list[Facet]]:
    """Labels in the caller's language; of what a list does not have, the code."""
    words = {
        name: {item.code: item.en if language == "en" else item.vi for item in lists.named(name).items}
        for name in _LISTED
    }
    return {
        name: [
            Facet(value=value, label=words.get(name, {}).get(value, label), count=count)
            for value, label, count in rows
        ]
        for name, rows in counted.items()
    }
