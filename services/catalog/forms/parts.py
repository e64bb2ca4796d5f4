"""The library of parts that forms are made of: person, address, organisation, contact.

An author writes `{"$ref": "motcua:person"}` in the schema, in the layout (as a group or among the fields of
one, with the `pointer` of the property) and, to save typing, in the example. What is stored stands alone: the
part is copied in, so that a frozen version stays as it was when the library changes.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

SCHEME = "motcua:"
#: Name of a part's copy in a form's `$defs`: `motcua.person`.
_COPY = "motcua."
_FOLDER = Path(__file__).parents[3] / "data" / "form-parts"


class Part(BaseModel):
    """`fields`: of the layout, pointers from the part's own root."""

    name: str
    title: str
    schema_: dict[str, Any]
    fields: list[dict[str, Any]]
    example: dict[str, Any]


@cache
def library() -> dict[str, Part]:
    """By name. Shipped with the catalogue, read once."""
    found = (json.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.json")))
    parts = [Part.model_validate({**each, "schema_": each.pop("schema")}) for each in found]
    return {part.name: part for part in parts}


def named(value: Any) -> Part | None:
    """The part that an object refers to."""
    ref = value.get("$ref") if isinstance(value, dict) else None
    known = isinstance(ref, str) and ref.startswith(SCHEME)
    return library().get(str(ref).removeprefix(SCHEME)) if known else None


def assembled(form: dict[str, Any]) -> dict[str, Any]:
    """The form with each part copied in. References to parts that do not exist stay, to be complained about;
    so does whatever is not in the shape of a form."""
    used: dict[str, Part] = {}
    schema = _linked(form["schema"], used)
    copies: dict[str, Any] = {}
    while left := used.keys() - copies.keys():
        for name in sorted(left):
            copies[name] = _linked(used[name].schema_, used)
    if copies and isinstance(schema.get("$defs", {}), dict):
        own = schema.get("$defs", {})
        schema["$defs"] = {**own, **{_COPY + name: copies[name] for name in sorted(copies)}}
    layout = form["layout"]
    if isinstance(layout.get("groups"), list):
        layout = {**layout, "groups": [_group(group) for group in layout["groups"]]}
    return {"schema": schema, "layout": layout, "example": _example(form["example"])}


def _linked(value: Any, used: dict[str, Part]) -> Any:
    if isinstance(value, list):
        return [_linked(each, used) for each in value]
    if not isinstance(value, dict):
        return value
    linked = {key: _linked(each, used) for key, each in value.items()}
    if part := named(value):
        used[part.name] = part
        linked["$ref"] = f"#/$defs/{_COPY}{part.name}"
    return linked


def _group(group: Any) -> Any:
    """A reference in place of a group is a group of the part's fields, under its title."""
    if part := named(group):
        said = {name: value for name, value in group.items() if name not in ("$ref", "pointer")}
        pointer = group.get("pointer", "")
        key = str(pointer).strip("/").replace("/", "-") or part.name
        fields = [{"$ref": group["$ref"], "pointer": pointer}]
        group = {"key": key, "title": part.title, **said, "fields": fields}
    if not isinstance(group, dict) or not isinstance(group.get("fields"), list):
        return group
    return {**group, "fields": [each for field in group["fields"] for each in _fields(field)]}


def _fields(field: Any) -> list[Any]:
    """A reference in place of a field is all fields of the part, under its condition if they have none."""
    part = named(field)
    if part is None:
        return [field]
    root = str(field.get("pointer", ""))
    condition = {"show_if": field["show_if"]} if "show_if" in field else {}
    found: list[Any] = []
    for each in part.fields:
        own = {**each, "pointer": root + each["pointer"]}
        if "show_if" in each:
            own["show_if"] = {**each["show_if"], "pointer": root + each["show_if"]["pointer"]}
        found += _fields({**condition, **own})
    return found


def _example(value: Any) -> Any:
    if part := named(value):
        return _example(part.example)
    if isinstance(value, dict):
        return {key: _example(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_example(each) for each in value]
    return value
