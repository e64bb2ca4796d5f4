"""What was received, as open data: the items, what is hidden of them, and their table. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures import lines
from services.dossier.figures.sheets import Heading, Line, Table
from services.dossier.statements.dictionary import COLUMNS
from services.dossier.statements.queries import Received
from services.dossier.statements.schemas import Dataset, OpenDataItem
from services.dossier.statements.suppression import Cover, cover

_LABELS = {
    "title": {"vi": "Bộ dữ liệu", "en": "Dataset"},
    "description": {"vi": "Mô tả", "en": "Description"},
    "suppression": {"vi": "Ẩn số nhỏ", "en": "Suppression"},
    "publisher": {"vi": "Cơ quan công bố", "en": "Publisher"},
    "licence": {"vi": "Giấy phép", "en": "Licence"},
}


def items(
    cells: Sequence[Received], agencies: Mapping[str, str], procedures: Mapping[str, str]
) -> list[OpenDataItem]:
    """`cells`: all of each group."""
    groups: dict[tuple[date, str], list[int]] = defaultdict(list)
    for cell in cells:
        groups[cell.month, cell.agency].append(cell.count)
    covers = {group: (cover(counts), sum(counts)) for group, counts in groups.items()}
    return [_item(cell, *covers[cell.month, cell.agency], agencies, procedures) for cell in cells]


def _item(
    cell: Received, hidden: Cover, total: int, agencies: Mapping[str, str], procedures: Mapping[str, str]
) -> OpenDataItem:
    return OpenDataItem(
        month=cell.month,
        agency=cell.agency,
        agency_name=agencies.get(cell.agency),
        procedure=cell.procedure,
        procedure_name=procedures.get(cell.procedure),
        channel=cell.channel,
        received=None if hidden.hides(cell.count) else cell.count,
        suppressed=hidden.hides(cell.count),
        agency_month_total=total if hidden.total else None,
    )


def table(about: Dataset, found: Sequence[OpenDataItem], language: Language) -> Table:
    """Headings are the columns' names, the same in any language; the second sheet explains them."""
    said = {
        "title": f"{about.title} ({about.id} v{about.version})",
        "description": about.description,
        "suppression": about.suppression,
        "publisher": about.publisher,
        "licence": f"{about.licence} {about.licence_url}",
    }
    return Table(
        title=about.title,
        headings=[Heading(name, column.kind) for name, column in COLUMNS.items()],
        rows=[_cells(item) for item in found],
        total=None,
        definitions=[
            *(Line(_LABELS[name][language], text) for name, text in said.items()),
            *lines.frame(about, about.agency_name, None, language),
            *(Line(column.name, f"{column.type}: {column.description}") for column in about.columns),
        ],
        language=language,
        mark=lines.mark(about, language),
    )


def _cells(item: OpenDataItem) -> list[Cell]:
    return [
        str(value).lower() if isinstance(value, bool) else value
        for value in (getattr(item, name) for name in COLUMNS)
    ]
