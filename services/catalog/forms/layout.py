"""How a form is laid out: groups of fields in order, each with widget, label, help, and when it is shown.

`show_if` {pointer, equals | in | present} hides a field or a whole group until another field says so; a field
whose condition looks at a hidden field is hidden, too. It is for the eye: what is asked for is the schema's
own affair (`if`/`then`, `dependentRequired`). In pointers, `*` stands for each item of a list. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kit import forms
from kit.problem import FieldFault, Words, pointer
from services.catalog.forms.schema import resolved

WIDGETS = (
    "checkbox", "checkboxes", "date", "email", "identity-number", "list", "money", "month", "number",
    "partial-date", "passport", "personal-number", "phone", "radio", "select", "tax-code", "text", "textarea",
    "time", "unit", "url",
)  # fmt: skip

_CONDITION = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "format": "json-pointer"},
        "equals": {},
        "in": {"type": "array", "minItems": 1},
        "present": {"type": "boolean"},
    },
    "required": ["pointer"],
    "oneOf": [{"required": ["equals"]}, {"required": ["in"]}, {"required": ["present"]}],
    "additionalProperties": False,
}
_FIELD = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "format": "json-pointer"},
        "widget": {"enum": list(WIDGETS)},
        "label": {"type": "string", "minLength": 1, "maxLength": 500},
        "help": {"type": "string", "maxLength": 2000},
        "show_if": _CONDITION,
    },
    "required": ["pointer", "widget", "label"],
    "additionalProperties": False,
}
_GROUP = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "minLength": 1, "maxLength": 60},
        "title": {"type": "string", "minLength": 1, "maxLength": 500},
        "help": {"type": "string", "maxLength": 2000},
        "show_if": _CONDITION,
        "fields": {"type": "array", "items": _FIELD, "maxItems": 300},
    },
    "required": ["key", "title", "fields"],
    "additionalProperties": False,
}
SHAPE: dict[str, Any] = {
    "type": "object",
    "properties": {"groups": {"type": "array", "items": _GROUP, "maxItems": 100}},
    "required": ["groups"],
    "additionalProperties": False,
}

_WORDS: dict[str, Words] = {
    "pointer-unknown": {"vi": "Lược đồ không có mục {field}.", "en": "The schema has no {field}."},
    "field-twice": {"vi": "Mục {field} có hai ô.", "en": "{field} has two fields."},
    "group-twice": {"vi": "Nhóm {field} có hai lần.", "en": "The group {field} is there twice."},
    "field-missing": {
        "vi": "Mục bắt buộc {field} không có ô để điền.",
        "en": "{field} is required and has no field to fill it in.",
    },
    "condition-unknown": {
        "vi": "Điều kiện hiển thị nhắc tới {field}, nhưng không có ô khác như vậy.",
        "en": "The condition looks at {field}, and there is no other such field.",
    },
    "condition-never": {
        "vi": "Mục {field} không bao giờ có giá trị {value}.",
        "en": "{field} never has the value {value}.",
    },
    "hidden-required": {
        "vi": "Mục {field} luôn bắt buộc nhưng có lúc bị ẩn; hãy bắt buộc có điều kiện trong lược đồ.",
        "en": "{field} is always required and sometimes hidden; let the schema require it on a condition.",
    },
}


class Places(NamedTuple):
    """Of a schema: what may stand where, by pointer; which places are asked for, and whether always."""

    schemas: dict[str, list[dict[str, Any]]]
    required: dict[str, bool]


def places(schema: dict[str, Any]) -> Places:
    """`schema` without defects: references lead to its own definitions and never back."""
    found = Places({}, {})
    _explore(schema, schema, "", True, found)
    return found


_BRANCHES = ("anyOf", "oneOf")


def _explore(root: dict[str, Any], node: Any, at: str, always: bool, found: Places) -> None:
    if not isinstance(node, dict):
        return
    found.schemas.setdefault(at, []).append(node)
    required = set(node.get("required", ()))
    asked = dict.fromkeys(required, always)
    for names in node.get("dependentRequired", {}).values():
        asked = {**dict.fromkeys(names, False), **asked}
    for name, each in asked.items():
        place = at + pointer([name])
        found.required[place] = found.required.get(place, False) or each
    for name, each in node.get("properties", {}).items():
        _explore(root, each, at + pointer([name]), always and name in required, found)
    _explore(root, node.get("items"), f"{at}/*", False, found)
    _explore(root, resolved(root, node), at, always, found)
    for each in node.get("allOf", ()):
        _explore(root, each, at, always, found)
    conditional = [each for word in _BRANCHES for each in node.get(word, ())]
    conditional += [node.get("then"), node.get("else"), *node.get("dependentSchemas", {}).values()]
    for each in conditional:
        _explore(root, each, at, False, found)


class Field(NamedTuple):
    """A field with the place of its own in the layout; `conditions` its own and its group's, with theirs."""

    at: str
    pointer: str
    label: str
    conditions: list[tuple[str, dict[str, Any]]]


def fields(layout: dict[str, Any]) -> Iterator[Field]:
    """Of a layout in its shape."""
    for number, group in enumerate(layout["groups"]):
        of_group = f"/groups/{number}"
        for place, field in enumerate(group["fields"]):
            at = f"{of_group}/fields/{place}"
            owners = [(at, field), (of_group, group)]
            conditions = [(f"{own}/show_if", each["show_if"]) for own, each in owners if "show_if" in each]
            yield Field(at, field["pointer"], field["label"], conditions)


def faults(layout: dict[str, Any], schema: dict[str, Any], at: str) -> list[FieldFault]:
    """Everything that is wrong with the layout of a schema that has no defects, each with its pointer."""
    if found := forms.faults(SHAPE, layout, at):
        return found
    known = places(schema)
    shown = list(fields(layout))
    by_pointer: dict[str, Field] = {}
    for field in shown:
        if field.pointer not in known.schemas:
            found.append(_fault("pointer-unknown", at + field.at + "/pointer", field.pointer))
        if field.pointer in by_pointer:
            found.append(_fault("field-twice", at + field.at + "/pointer", field.pointer))
        by_pointer.setdefault(field.pointer, field)
        if field.conditions and known.required.get(field.pointer):
            found.append(_fault("hidden-required", at + field.conditions[0][0], field.pointer))
    keys: set[str] = set()
    for number, group in enumerate(layout["groups"]):
        if group["key"] in keys:
            found.append(_fault("group-twice", f"{at}/groups/{number}/key", group["key"]))
        keys.add(group["key"])
    found += [
        _fault("field-missing", at + "/groups", place)
        for place in known.required
        if not any(_covers(field.pointer, place) for field in shown)
    ]
    return found + list(_of_conditions(shown, known, at))


def _covers(field: str, place: str) -> bool:
    """The field is of the place, of something within it, or of the whole that it is part of."""
    return f"{field}/".startswith(f"{place}/") or f"{place}/".startswith(f"{field}/")


def _of_conditions(shown: list[Field], known: Places, at: str) -> Iterator[FieldFault]:
    conditions = {where: (field, each) for field in shown for where, each in field.conditions}
    for where, (field, condition) in conditions.items():
        target = condition["pointer"]
        others = {each.pointer for each in shown if each.pointer != field.pointer}
        if target not in others:
            yield _fault("condition-unknown", f"{at}{where}/pointer", target)
        wanted = condition.get("in", [condition["equals"]] if "equals" in condition else [])
        for schema in known.schemas.get(target, ()):
            allowed = schema.get("enum", [schema["const"]] if "const" in schema else wanted)
            for value in (value for value in wanted if value not in allowed):
                yield _fault("condition-never", at + where, target, value=value)


def _fault(code: str, at: str, field: str, **facts: Any) -> FieldFault:
    return FieldFault(code, _WORDS[code], pointer=at, field=field, **facts)


def labelled(found: list[FieldFault], layout: dict[str, Any]) -> list[FieldFault]:
    """The faults of filled-in data, their words with the label of the field that they are about."""
    labels = {
        field["pointer"]: field["label"]
        for group in layout.get("groups", [])
        for field in group.get("fields", [])
        if field.get("pointer") and field.get("label")
    }
    return [_with_label(fault, labels) for fault in found]


def _with_label(fault: FieldFault, labels: dict[str, str]) -> FieldFault:
    steps = (fault.pointer or "").split("/")
    general = ["*" if step.isdecimal() else step for step in steps]
    ways = ["/".join(path[:end]) for end in range(len(steps), 1, -1) for path in (steps, general)]
    label = next((labels[way] for way in ways if way in labels), None)
    if label is None:
        return fault
    words = {language: f"{{label}}: {text}" for language, text in fault.words.items()}
    return FieldFault(fault.code, words, pointer=fault.pointer, label=label, **fault.facts)
