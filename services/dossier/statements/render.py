"""A statement as PDF, by typst, in a thread."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import typst

from services.dossier.statements import wording
from services.dossier.statements.paper import Paper, Section, shown

_TEMPLATES = Path(__file__).parent / "templates"


async def pdf(paper: Paper) -> bytes:
    """A4, landscape. The same paper is the same bytes. It reaches the template as one JSON value: typst shows
    texts and never runs them."""
    return await asyncio.to_thread(_compiled, data(paper))


def _compiled(content: dict[str, Any]) -> bytes:
    inputs = {"data": json.dumps(content, ensure_ascii=False, sort_keys=True)}
    found = typst.compile(
        str(_TEMPLATES / "statement.typ"), root=str(_TEMPLATES), sys_inputs=inputs, ignore_system_fonts=True
    )
    assert isinstance(found, bytes)
    return found


def data(paper: Paper) -> dict[str, Any]:
    """What the template shows: texts only."""
    return {
        "words": wording.BLOCK[paper.language],
        "definitions_title": wording.DEFINITIONS[paper.language],
        "language": paper.language,
        "form": paper.form,
        "title": paper.title,
        "lines": list(paper.lines),
        "body": paper.body,
        "place": paper.place,
        "mark": paper.mark,
        "notes": list(paper.notes),
        "signers": list(paper.signers),
        "sections": [_section(section, paper) for section in paper.sections],
        "definitions": [
            [line.label, shown(line.value, line.kind, paper.language)] for line in paper.definitions
        ],
    }


def _section(section: Section, paper: Paper) -> dict[str, Any]:
    columns = section.columns()

    def texts(row: Any) -> list[str]:
        first = "" if row[0] is None else str(row[0])
        rest = (
            shown(cell, head.kind, paper.language) for cell, head in zip(row[1:], columns[1:], strict=True)
        )
        return [first, *rest]

    return {
        "title": section.title,
        "heads": [
            {"text": each.text, "x": each.column, "y": each.row, "rows": each.rows, "columns": each.columns}
            for each in section.merged()
        ],
        "numbers": [head.number for head in columns],
        "rows": [texts(row) for row in section.rows],
        "total": texts(section.total),
    }
