"""Text on its way in: NFC, and nothing that a database or a screen cannot hold."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

#: Control characters (Unicode's Cc) but tab and line ends, and lone surrogates (Cs).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` in NFC. Raises ValueError for control characters and lone surrogates."""
    text = unicodedata.normalize("NFC", text)
    if _FORBIDDEN.search(text):
        raise ValueError("forbidden character")
    return text


_DEEPEST = 64


class Unclean(ValueError):
    """`path`: where in the document it is."""

    def __init__(self, why: str, path: tuple[str | int, ...]) -> None:
        super().__init__(why)
        self.path = path


def clean_tree(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """The same for every string, key and value, of a JSON document.

    Raises Unclean also for numbers that JSON does not know (NaN) and for nesting beyond 64.
    """
    if len(path) > _DEEPEST:
        raise Unclean("nested too deeply", path)
    if isinstance(value, str):
        try:
            return clean(value)
        except ValueError as error:
            raise Unclean(str(error), path) from None
    if isinstance(value, float) and not math.isfinite(value):
        raise Unclean("not a number of JSON", path)
    if isinstance(value, list):
        return [clean_tree(item, (*path, place)) for place, item in enumerate(value)]
    if isinstance(value, dict):
        # A key that cannot be shown is no place to point at: its object is.
        return {clean_tree(key, path): clean_tree(item, (*path, key)) for key, item in value.items()}
    return value


def _stripped(text: str) -> str:
    return clean(text).strip()


Text = Annotated[str, AfterValidator(_stripped), StringConstraints(max_length=20_000)]
Line = Annotated[str, AfterValidator(_stripped), StringConstraints(max_length=500)]


class Incoming(BaseModel):
    """Base of what callers send: unknown fields are refused, text is NFC."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, value: Any) -> Any:
        try:
            return clean_tree(value)
        except Unclean as error:
            # Pydantic would name the whole model: `at` leads to the very place (see `validation_faults`).
            raise PydanticCustomError("value_error", "unclean text", {"at": list(error.path)}) from None


def fold(text: str) -> str:
    """Lower case without accents, for searching: "Giấy phép Đất" → "giay phep dat"."""
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: f"{index:02d}" for index, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
SORTED = 80


def sort_key(text: str) -> str:
    """Vietnamese dictionary order as a plain string: letters first, tones second.

    "Ân" sorts before "Yên" and "ma" before "mà" in any collation that compares bytes. Only the first
    SORTED characters count, so that the key of any name fits into an index and a page's cursor.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFC", text.lower())[:SORTED]:
        base, tone = char, "0"
        for mark in (c for c in unicodedata.normalize("NFD", char) if unicodedata.combining(c)):
            if mark in _TONES:
                tone = _TONES[mark]
                kept = (c for c in unicodedata.normalize("NFD", char) if c not in _TONES)
                base = unicodedata.normalize("NFC", "".join(kept))
        rank = _RANK.get(base)
        letters.append(f"b{rank}" if rank else f"a{base}")
        if base.isalpha():
            tones.append(tone)
    return "".join(letters) + "|" + "".join(tones)
