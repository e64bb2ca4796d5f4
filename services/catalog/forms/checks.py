"""What stands against publishing a form: all of it at once, each with its pointer under /form. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, get_args

from kit import forms
from kit.addresses import KEYWORD
from kit.problem import FieldFault, Words, pointer
from services.catalog.codelists import shipped
from services.catalog.content import Level
from services.catalog.errors import FormUnusable
from services.catalog.forms import layout, parts
from services.catalog.forms import schema as schemas

SCHEMA, LAYOUT, EXAMPLE = "/form/schema", "/form/layout", "/form/example"
#: Lists that are not files but what the catalogue holds: `units?level=commune`.
_LIVING = {"units", "agencies", "fields"}

_PART: Words = {
    "vi": "Không có phần mẫu {part}. Các phần mẫu: {known}.",
    "en": "There is no part {part}. There are: {known}.",
}
_LIST: Words = {"vi": "Không có danh mục {list}.", "en": "There is no code list {list}."}
_LEVEL: Words = {"vi": "x-unit là một trong: {known}.", "en": "x-unit is one of: {known}."}


def faults(form: dict[str, Any], *, code_lists: Collection[str]) -> list[FieldFault]:
    """Of an assembled form {schema, layout, example}; `code_lists`: names of those that exist."""
    schema = form["schema"]
    found = _unknown_parts(form)
    known = {fault.pointer for fault in found}
    defects = [fault for fault in schemas.defects(schema, SCHEMA) if fault.pointer not in known]
    found += defects
    found += _references(schema, code_lists)
    if found:
        # Pointers and examples mean nothing before the schema does.
        return found
    return layout.faults(form["layout"], schema, LAYOUT) + forms.faults(schema, form["example"], EXAMPLE)


def usable(form: dict[str, Any]) -> dict[str, Any]:
    """The form as it is stored: its parts copied in. Raises FormUnusable with everything that is wrong."""
    stored = parts.assembled(form)
    if found := faults(stored, code_lists=shipped()):
        raise FormUnusable(errors=found)
    return stored


def _unknown_parts(form: dict[str, Any]) -> list[FieldFault]:
    """References to the library that were not found in it."""
    places = [(SCHEMA, path, node) for path, node in schemas.walk(form["schema"])]
    groups = form["layout"].get("groups")
    for number, group in enumerate(groups if isinstance(groups, list) else ()):
        places.append((LAYOUT, ("groups", number), group))
        fields = group.get("fields") if isinstance(group, dict) else None
        for place, field in enumerate(fields if isinstance(fields, list) else ()):
            places.append((LAYOUT, ("groups", number, "fields", place), field))
    found = []
    for at, path, node in places:
        ref = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(ref, str) and ref.startswith(parts.SCHEME):
            known = ", ".join(parts.SCHEME + name for name in parts.library())
            where = at + pointer((*path, "$ref"))
            found.append(FieldFault("part-unknown", _PART, pointer=where, part=ref[:200], known=known))
    return found


def _references(schema: dict[str, Any], code_lists: Collection[str]) -> Iterator[FieldFault]:
    """Code lists and levels of units that the schema names and that do not exist."""
    levels = get_args(Level)
    for path, node in schemas.walk(schema):
        name = node.get("x-code-list")
        if name is not None and str(name).split("?")[0] not in {*code_lists, *_LIVING}:
            where = SCHEMA + pointer((*path, "x-code-list"))
            yield FieldFault("code-list-unknown", _LIST, pointer=where, list=str(name)[:60])
        if KEYWORD in node and node[KEYWORD] not in levels:
            where = SCHEMA + pointer((*path, KEYWORD))
            yield FieldFault("unit-level-unknown", _LEVEL, pointer=where, known=", ".join(levels))


def code_lists_of(schema: dict[str, Any]) -> list[str]:
    """Names of the code lists that the schema refers to."""
    names = (node.get("x-code-list") for _, node in schemas.walk(schema))
    return sorted({name for name in names if isinstance(name, str)})
