"""Two texts that came from the same one: what the national database changed, what the province did. Pure.

Only members that the national database has are compared and taken. Forms, stages, cases and the rest stay
the province's, also within an item: a paper keeps its templates whatever becomes of its name. A field is a
member ("name") or one item of a list ("fees/LP-01").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

Choice = Literal["national", "local"]

MEMBERS = ("name", "field", "government_levels", "audiences", "channels", "description", "requirements",
           "steps", "processing_time", "legal_basis")  # fmt: skip
#: Lists whose items have codes, and what the national database says of each item.
ITEMS: dict[str, tuple[str, ...]] = {
    "papers": ("name", "required", "originals", "copies", "case"),
    "fees": ("name", "kind", "amount"),
    "results": ("name",),
}


class Difference(BaseModel):
    """One field that the national database changed: its last text that we took, its new one, ours now; null
    where there is none. `conflict`: ours is a third. `settled`: ours is its new one already."""

    field: str
    base: Any
    national: Any
    local: Any
    conflict: bool
    settled: bool


def difference(
    base: Mapping[str, Any] | None, national: Mapping[str, Any], local: Mapping[str, Any]
) -> list[Difference]:
    """Field by field. Without a base (never taken from there) whatever differs conflicts."""
    former, theirs, ours = parts(base or {}), parts(national), parts(local)
    found = []
    for field in dict.fromkeys([*theirs, *former]):
        was, is_, here = former.get(field), theirs.get(field), ours.get(field)
        settled = here == is_
        if was == is_ or (settled and base is None):
            continue
        conflict = not settled and here != was
        found.append(
            Difference(field=field, base=was, national=is_, local=here, conflict=conflict, settled=settled)
        )
    return found


def parts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the national database has of a content, by field."""
    found = {member: content[member] for member in MEMBERS if member in content}
    for member in ITEMS:
        for item in content.get(member, []):
            found[f"{member}/{item['code']}"] = _known(member, item)
    return found


def _known(member: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in ITEMS[member]}


def edited(base: Mapping[str, Any] | None, local: Mapping[str, Any]) -> bool:
    """Whether the province says otherwise than the text that it took."""
    return base is None or parts(base) != parts(local)


def undecided(found: Sequence[Difference], take: Mapping[str, Choice]) -> list[str]:
    """Fields in conflict for which nobody has chosen, be it for the field or for its whole list."""
    return [one.field for one in found if one.conflict and chosen(one.field, take) is None]


def unknown(found: Sequence[Difference], take: Mapping[str, Choice]) -> list[str]:
    """What was chosen for although nothing there has changed."""
    fields = {one.field for one in found} | {one.field.partition("/")[0] for one in found}
    return [field for field in take if field not in fields]


def chosen(field: str, take: Mapping[str, Choice]) -> Choice | None:
    return take.get(field) or take.get(field.partition("/")[0])


def merged(
    local: Mapping[str, Any],
    national: Mapping[str, Any],
    found: Sequence[Difference],
    take: Mapping[str, Choice],
) -> dict[str, Any]:
    """Ours with the national text of the changed fields, but for those for which ours was chosen."""
    taken = {one.field for one in found if chosen(one.field, take) != "local"}
    content = dict(local)
    for member in MEMBERS:
        if member in taken:
            content[member] = national[member]
    for member in ITEMS:
        content[member] = _items(member, local.get(member, []), national[member], taken)
    return content


def _items(
    member: str, local: list[dict[str, Any]], national: list[dict[str, Any]], taken: Collection[str]
) -> list[dict[str, Any]]:
    """In the national order, then what only the province has; ours as it stands where nothing is taken."""
    ours, theirs = ({item["code"]: item for item in items} for items in (local, national))
    codes = list(dict.fromkeys([*theirs, *ours]))
    if not any(f"{member}/{code}" in taken for code in codes):
        return local
    items = []
    for code in codes:
        if f"{member}/{code}" not in taken:
            items += [ours[code]] if code in ours else []
        elif code in theirs:
            mine = ours.get(code, theirs[code])
            items.append({**mine, **_known(member, theirs[code])})
    return items


def rebased(draft: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """A draft begun on `before`, now that `after` is in force: what it has not touched follows, lest its
    publication undo what was accepted meanwhile."""
    found = [one for one in difference(before, after, draft) if not one.conflict]
    return merged(draft, after, found, {})


def aligned(national: Mapping[str, Any], base: Mapping[str, Any] | None) -> dict[str, Any]:
    """The new text, its items under the codes that the same items had before. Papers have mostly no code of
    their own but one by place: one put in front would give each of them its neighbour's templates."""
    content = dict(national)
    for member in ITEMS:
        content[member] = _renamed(content.get(member, []), (base or {}).get(member, []))
    return content


def _renamed(items: list[dict[str, Any]], former: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those with the words of a former item take its code; then the rest keep their own, or the next one that
    is free. Words that stand there twice say nothing."""
    before, now = _once(former), _once(items)
    codes = {place: before[words] for place, item in enumerate(items)
             if (words := _words(item)) in before and words in now}  # fmt: skip
    used = set(codes.values())
    for place, item in enumerate(items):
        if place not in codes:
            codes[place] = _free(item["code"], used, {one["code"] for one in (*items, *former)})
            used.add(codes[place])
    return [{**item, "code": codes[place]} for place, item in enumerate(items)]


def _words(item: Mapping[str, Any]) -> tuple[Any, Any]:
    return item["name"], item.get("case")


def _once(items: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, Any], str]:
    """Codes by words, of those whose words no other item has."""
    counted = Counter(map(_words, items))
    return {words: item["code"] for item in items if counted[words := _words(item)] == 1}


def _free(code: str, used: Collection[str], all_codes: Collection[str]) -> str:
    if code not in used:
        return code
    return next(name for n in range(2, 10_000) if (name := f"{code[:50]}-{n}") not in {*used, *all_codes})
