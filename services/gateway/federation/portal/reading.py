"""What is noted while a text of the national database is read: repairs, gaps, faults. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Notes:
    """`repairs`: where, by which rule, before and after; `gaps`: what the database does not say or
    does not say clearly; `faults`: why it cannot be taken at all. All are plain JSON."""

    repairs: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def repair(self, where: str, rule: str, before: Any, after: Any) -> None:
        self.repairs.append({"where": where, "rule": rule, "before": before, "after": after})

    def gap(self, code: str, where: str, text: str = "") -> None:
        self.gaps.append({"code": code, "where": where, **({"text": text} if text else {})})

    def fault(self, code: str, where: str, text: str = "") -> None:
        self.faults.append({"code": code, "where": where, **({"text": text} if text else {})})


def raw(value: Any) -> str:
    """Whatever stands there as text; nothing is the empty text."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value)


def plain(text: str) -> str:
    """NFC, without control characters, white space single: what a line of the catalogue holds."""
    kept = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs", "Cf")
    )
    return " ".join("".join(kept).split())


def line(value: Any, where: str, notes: Notes) -> str:
    """One line of text; a repair when it had to be cleaned."""
    before = raw(value)
    after = plain(before)
    if after != before:
        notes.repair(where, "white-space", before, after)
    return after


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; a lone object counts as a list of one, anything else as none."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
