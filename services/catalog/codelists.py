"""Code lists with their labels, from the data folder; read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from services.catalog.errors import CodeListMissing

_FOLDER = Path(__file__).parents[2] / "data" / "code-lists"


class CodeItem(BaseModel):
    code: str
    vi: str
    en: str
    national: str | None = None


class CodeList(BaseModel):
    name: str
    items: list[CodeItem]


@cache
def shipped() -> Mapping[str, CodeList]:
    """The lists that come with the catalogue, by name: a form may refer to these."""
    return _read(_FOLDER)


def _read(folder: Path) -> dict[str, CodeList]:
    return {
        path.stem: CodeList.model_validate(json.loads(path.read_text("utf-8")))
        for path in sorted(folder.glob("*.json"))
    }


@cache
def labels(name: str) -> dict[str, dict[str, str]]:
    """By language and code, of a list that comes with the catalogue."""
    shelf = CodeList.model_validate_json((_FOLDER / f"{name}.json").read_bytes())
    return {
        "vi": {item.code: item.vi for item in shelf.items},
        "en": {item.code: item.en for item in shelf.items},
    }


def codes(name: str) -> tuple[str, ...]:
    """Of a list that comes with the catalogue, in its order."""
    return tuple(item.code for item in shipped()[name].items)


class CodeLists:
    def __init__(self, folder: Path) -> None:
        self._lists = _read(folder)

    def named(self, name: str) -> CodeList:
        """Raises CodeListMissing."""
        if name not in self._lists:
            raise CodeListMissing
        return self._lists[name]
