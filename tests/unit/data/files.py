"""The data files as the tests read them: each row or document once, from the repository itself."""

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3] / "data"


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (DATA / "hoa-binh-2020" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def procedures() -> dict[str, dict[str, Any]]:
    """Procedure content by file name without `.json`."""
    paths = sorted((DATA / "sample-catalogue" / "procedures").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


@cache
def offerings() -> list[dict[str, Any]]:
    text = (DATA / "sample-catalogue" / "offerings.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


@cache
def code_lists() -> dict[str, dict[str, Any]]:
    paths = sorted((DATA / "code-lists").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def codes(list_name: str) -> set[str]:
    return {item["code"] for item in code_lists()[list_name]["items"]}


def agencies_of(offering: dict[str, Any]) -> list[str]:
    """`agencies` is a list of codes, or `level:district` for all bodies of that level of government."""
    named = offering["agencies"]
    if isinstance(named, list):
        return named
    level = named.removeprefix("level:")
    return [row["code"] for row in rows("agencies.csv") if row["government_level"] == level]


def offered() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(procedure, agency, offering), one for each body."""
    for offering in offerings():
        for agency in agencies_of(offering):
            yield offering["procedure"], agency, offering
