"""A JSON Schema (2020-12) as somebody wrote it: its parts, and why it cannot be used for forms. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from kit import formats
from kit.forms import SchemaUnusable, compiled, linear
from kit.problem import FieldFault, Words, pointer

Path = tuple[str | int, ...]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
#: Bytes of the schema as JSON; sub-schemas below one another; sub-schemas once every reference is followed.
LARGEST, DEEPEST, WIDEST = 200_000, 24, 5_000

_ONE = frozenset((
    "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames",
    "then", "unevaluatedItems", "unevaluatedProperties",
))  # fmt: skip
_LIST = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_MAP = frozenset(("$defs", "dependentSchemas", "patternProperties", "properties"))
#: With these a reference no longer says what it refers to.
_MOVING = ("$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor", "definitions")

_WORDS: dict[str, Words] = {
    "schema-not-compiling": {
        "vi": "Lược đồ JSON không biên dịch được: {why}",
        "en": "The JSON Schema does not compile: {why}",
    },
    "schema-draft": {"vi": "Chỉ dùng JSON Schema 2020-12.", "en": "Only JSON Schema 2020-12 is taken."},
    "schema-reference": {
        "vi": "Tham chiếu {ref} không trỏ tới mục nào trong $defs của chính mẫu này.",
        "en": "The reference {ref} leads to nothing in this form's own $defs.",
    },
    "schema-keyword": {
        "vi": "Không dùng từ khóa {word} trong mẫu.",
        "en": "The keyword {word} is not taken.",
    },
    "schema-recursive": {
        "vi": "Định nghĩa {name} tham chiếu vòng lại chính nó.",
        "en": "The definition {name} refers back to itself.",
    },
    "schema-too-large": {
        "vi": "Lược đồ quá lớn: tối đa {largest} byte, {deepest} tầng, {widest} mục.",
        "en": "The schema is too large: at most {largest} bytes, {deepest} levels, {widest} parts.",
    },
    "format-unknown": {
        "vi": "Không có định dạng {format}. Các định dạng: {known}.",
        "en": "There is no format {format}. Known are: {known}.",
    },
    "pattern-unusable": {
        "vi": "Biểu thức {pattern} sai, hoặc phải quay lui (nhìn trước, nhìn sau, tham chiếu nhóm).",
        "en": "The expression {pattern} is wrong, or needs backtracking (look-around, back-references).",
    },
}


def children(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The schemas directly below one, each with its path."""
    if not isinstance(node, dict):
        return
    for word, value in node.items():
        if word in _ONE:
            yield (*path, word), value
        elif word in _LIST and isinstance(value, list):
            yield from (((*path, word, place), each) for place, each in enumerate(value))
        elif word in _MAP and isinstance(value, dict):
            yield from (((*path, word, name), each) for name, each in value.items())


def walk(
    node: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The schema and all below it, references not followed; `true` and `false` left out."""
    if isinstance(node, dict):
        yield path, node
        for below, each in children(node, path):
            yield from walk(each, below)


def resolved(root: dict[str, Any], node: dict[str, Any]) -> dict[str, Any] | None:
    """What the node's own `$ref` leads to, if that is one of the root's `$defs`."""
    ref = node.get("$ref")
    if not isinstance(ref, str) or not ref.startswith("#/$defs/"):
        return None
    name = unquote(ref.removeprefix("#/$defs/")).replace("~1", "/").replace("~0", "~")
    found = root.get("$defs", {}).get(name) if isinstance(root.get("$defs"), dict) else None
    return found if isinstance(found, dict) else None


def defects(schema: dict[str, Any], at: str = "") -> list[FieldFault]:
    """Why forms cannot be made with it, all reasons at once, each with its pointer below `at`: it is of
    another draft, refers outside or back to itself, names an unknown format, has a pattern that may run for
    ever, is too large, or simply does not compile."""
    too_large = _fault("schema-too-large", at, (), largest=LARGEST, deepest=DEEPEST, widest=WIDEST)
    if len(json.dumps(schema, ensure_ascii=False).encode()) > LARGEST:
        return [too_large]
    found = [] if schema.get("$schema", DRAFT) == DRAFT else [_fault("schema-draft", at, ("$schema",))]
    for path, node in walk(schema):
        found += _of_node(schema, node, path, at)
        if sum(isinstance(step, str) and step in _ONE | _LIST | _MAP for step in path) > DEEPEST:
            return [*found, too_large]
    if not found:
        found += _of_whole(schema, at, too_large)
    return found


def _of_node(root: dict[str, Any], node: dict[str, Any], path: Path, at: str) -> Iterator[FieldFault]:
    for word in (word for word in _MOVING if word in node):
        yield _fault("schema-keyword", at, (*path, word), word=word)
    if "$id" in node and path:
        yield _fault("schema-keyword", at, (*path, "$id"), word="$id")
    if "$ref" in node and resolved(root, node) is None:
        yield _fault("schema-reference", at, (*path, "$ref"), ref=str(node["$ref"])[:200])
    name = node.get("format")
    if name is not None and (not isinstance(name, str) or name not in formats.KNOWN):
        known = ", ".join(sorted(formats.KNOWN))
        yield _fault("format-unknown", at, (*path, "format"), format=str(name)[:60], known=known)
    inner = node.get("patternProperties")
    patterns = [("pattern",)] if "pattern" in node else []
    names = [("patternProperties", name) for name in inner] if isinstance(inner, dict) else []
    for place in [*patterns, *names]:
        pattern = node["pattern"] if place == ("pattern",) else place[1]
        if not linear(pattern):
            yield _fault("pattern-unusable", at, (*path, *place), pattern=str(pattern)[:200])


def _of_whole(schema: dict[str, Any], at: str, too_large: FieldFault) -> list[FieldFault]:
    """Of one whose parts are all right: references followed, compiled."""
    try:
        if _size(schema, schema, {}, ()) > WIDEST:
            return [too_large]
        compiled(schema)
    except _Recursive as error:
        return [_fault("schema-recursive", at, ("$defs", error.name), name=error.name)]
    except SchemaUnusable as error:
        return [_fault("schema-not-compiling", at, (), why=str(error))]
    return []


class _Recursive(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _size(root: dict[str, Any], node: Any, known: dict[int, int], above: tuple[int, ...]) -> int:
    """How many schemas there are once every reference is followed. Definitions that double one another grow
    without bound in few lines, so each is counted once and then remembered. Raises _Recursive."""
    if not isinstance(node, dict):
        return 1
    if id(node) in above:
        raise _Recursive(_name(root, node))
    if id(node) not in known:
        below = [each for path, each in children(node) if path[0] != "$defs"]
        target = resolved(root, node)
        within = (*above, id(node))
        known[id(node)] = 1 + sum(
            _size(root, each, known, within) for each in [*below, *([target] if target else [])]
        )
    return known[id(node)]


def _name(root: dict[str, Any], node: dict[str, Any]) -> str:
    return next((name for name, each in root.get("$defs", {}).items() if each is node), "#")


def _fault(code: str, at: str, path: Path, **facts: Any) -> FieldFault:
    return FieldFault(code, _WORDS[code], pointer=at + pointer(path), **facts)
