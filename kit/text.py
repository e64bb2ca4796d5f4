"""Text on its way in: NFC, and nothing that a database or a screen cannot hold."""

from __future__ import annotations

import math
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

#: Unicode categories of control characters and lone surrogates.
_FORBIDDEN = {"Cc", "Cs"}
_ALLOWED_CONTROLS = {"\t", "\n", "\r"}


def clean(text: str) -> str:
    """`text` in NFC. Raises ValueError for control characters and lone surrogates."""
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(char) in _FORBIDDEN and char not in _ALLOWED_CONTROLS for char in text):
        raise ValueError("forbidden character")
    return text


_DEEPEST = 64


def clean_tree(value: Any, depth: int = 0) -> Any:
    """The same for every string, key and value, of a JSON document.

    Raises ValueError also for numbers that JSON does not know (NaN) and for nesting beyond 64.
    """
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number of JSON")
    if isinstance(value, list):
        return [clean_tree(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean_tree(key, depth + 1): clean_tree(item, depth + 1) for key, item in value.items()}
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
        return clean_tree(value)


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
