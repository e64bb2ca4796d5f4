"""Levels of government in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from services.catalog.codelists import labels


class Levels:
    """In the words of a fault: `{levels:vi}` is "cấp tỉnh, cấp xã", `{levels:en}` "province, commune"."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes = tuple(codes)

    def __format__(self, language: str) -> str:
        return ", ".join(level_named(code, language).lower() for code in self._codes)

    def __repr__(self) -> str:
        return f"Levels({self._codes})"


def level_named(code: str, language: str = "vi") -> str:
    """Its label, as at the head of a cell; what is in no list, as it is."""
    return labels("government_level")[language].get(code, code)
