"""Code lists with their labels, from the data folder; read once."""

from __future__ import annotations

import json
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
def shipped() -> frozenset[str]:
    """Names of the lists that come with the catalogue: a form may refer to these."""
    return frozenset(path.stem for path in _FOLDER.glob("*.json"))


class CodeLists:
    def __init__(self, folder: Path) -> None:
        self._lists = {
            path.stem: CodeList.model_validate(json.loads(path.read_text("utf-8")))
            for path in sorted(folder.glob("*.json"))
        }

    def named(self, name: str) -> CodeList:
        """Raises CodeListMissing."""
        if name not in self._lists:
            raise CodeListMissing
        return self._lists[name]
