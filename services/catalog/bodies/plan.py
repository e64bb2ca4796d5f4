"""A plan of reorganisation, checked as a whole before anything is done. Pure.

A row says: the old body (or unit) ends the day before `starts`, and the new one goes on with what it had.
With `name`, the row founds the new one. A row without `old` only founds; a row without `new` only ends.
Several rows of one old body split it: the `main` one takes what it had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from kit.problem import FieldFault, Words
from services.catalog.bodies.identifiers import parse
from services.catalog.bodies.schemas import PlanRow
from services.catalog.bodies.tree import Heir, Misfit, Node, Tree

_DAY = timedelta(days=1)

WORDS: Mapping[str, Words] = {
    "nothing-said": {"vi": "Dòng không có mã cũ và mã mới.", "en": "The row names neither old nor new."},
    "old-unknown": {"vi": "Không có mã “{node}”.", "en": "There is no “{node}”."},
    "new-unknown": {
        "vi": "Không có mã “{node}”, và dòng không ghi tên để lập mới.",
        "en": "There is no “{node}”, and the row gives no name to found it by.",
    },
    "ends-before-it-begins": {
        "vi": "“{node}” có từ {first}: không thể kết thúc vào {last}.",
        "en": "“{node}” exists from {first}: it cannot end on {last}.",
    },
    "ended-already": {
        "vi": "“{node}” đã kết thúc vào {last}.",
        "en": "“{node}” ended on {last} already.",
    },
    "new-not-there": {
        "vi": "“{node}” không tồn tại vào ngày {day}.",
        "en": "“{node}” does not exist on {day}.",
    },
    "itself": {"vi": "“{node}” không thể kế thừa chính mình.", "en": "“{node}” cannot succeed itself."},
    "cycle": {"vi": "“{node}” tạo thành vòng.", "en": "“{node}” closes a circle."},
    "chain": {
        "vi": "“{node}” cũng kết thúc trong kế hoạch này trước ngày {day}: hãy ghi cơ quan cuối cùng.",
        "en": "“{node}” itself ends in this plan by {day}: name the last of the chain.",
    },
    "no-main": {
        "vi": "“{node}” chia thành nhiều: cần đúng một dòng main=1.",
        "en": "“{node}” is split: exactly one row needs main=1.",
    },
    "days-differ": {"vi": "“{node}” kết thúc vào hai ngày khác nhau.", "en": "“{node}” ends on two days."},
    "twice": {"vi": "Lặp lại dòng {line}.", "en": "Repeats line {line}."},
    "succeeded-already": {
        "vi": "“{node}” đã có cơ quan kế thừa: {new}.",
        "en": "“{node}” has a successor already: {new}.",
    },
    "exists": {
        "vi": "“{node}” đã có, tên là “{name}”: để trống các cột lập mới.",
        "en": "“{node}” exists, named “{name}”: leave the columns that found it empty.",
    },
    "founded-differently": {
        "vi": "“{node}” đã được lập ở dòng {line} với nội dung khác.",
        "en": "“{node}” is founded differently in line {line}.",
    },
    "missing": {"vi": "Cần cột {column} để lập mới “{node}”.", "en": "{column} is needed to found “{node}”."},
    "not-an-identifier": {
        "vi": "“{node}” không phải mã định danh (000.00.13.H28 hoặc H28.13).",
        "en": "“{node}” is no identifier (000.00.13.H28 or H28.13).",
    },
    "parent-unknown": {"vi": "Không có cấp trên “{node}”.", "en": "There is no parent “{node}”."},
    "parent-not-there": {
        "vi": "Cấp trên “{node}” của “{of}” không tồn tại suốt thời gian đó và không có cơ quan kế thừa.",
        "en": "The parent “{node}” of “{of}” is not there all that time, and nobody succeeds it.",
    },
    "unit-unknown": {"vi": "Không có đơn vị hành chính “{node}”.", "en": "There is no unit “{node}”."},
    "unit-not-there": {
        "vi": "Đơn vị “{node}” của “{of}” không tồn tại suốt thời gian đó và không có đơn vị kế thừa.",
        "en": "The unit “{node}” of “{of}” is not there all that time, and nothing succeeds it.",
    },
}
_COLUMN = {"parent-unknown": "parent", "parent-not-there": "parent", "unit-unknown": "unit",
           "unit-not-there": "unit", "cycle": "parent"}  # fmt: skip


@dataclass
class Known:
    """What stands before the plan: the trees of "agency" and "unit", every heir that is recorded, and the
    names of what is there, by kind and code."""

    trees: Mapping[str, Tree]
    heirs: Mapping[str, set[Heir]]
    names: Mapping[tuple[str, str], str]


@dataclass
class Checked:
    """`founded`: rows that found, by (kind, code); `until`: their last days, where those of their parents are
    known. `ended`: (kind, code) → last day. `heirs`: per kind. What stands as the plan wants it already is
    left out, so that a plan applied twice has nothing to do."""

    faults: list[FieldFault] = field(default_factory=list)
    founded: dict[tuple[str, str], PlanRow] = field(default_factory=dict)
    until: dict[tuple[str, str], date | None] = field(default_factory=dict)
    ended: dict[tuple[str, str], date] = field(default_factory=dict)
    heirs: dict[str, list[Heir]] = field(default_factory=lambda: {"agency": [], "unit": []})

    @property
    def nothing_to_do(self) -> bool:
        return not (self.founded or self.ended or any(self.heirs.values()))


def check(rows: Sequence[PlanRow], known: Known) -> Checked:
    """Every fault of every row; there being none, what is to be done."""
    checker = _Checker(rows, known)
    checker.found_new()
    checker.end_old()
    if not checker.result.faults:
        checker.fit()
    checker.result.faults.sort(key=lambda fault: fault.row or 0)
    return checker.result


class _Checker:
    def __init__(self, rows: Sequence[PlanRow], known: Known) -> None:
        self._rows, self._known = rows, known
        self._places = {row.line: place for place, row in enumerate(rows)}
        self._groups: dict[tuple[str, str], list[PlanRow]] = defaultdict(list)
        for row in rows:
            if row.old:
                self._groups[row.kind, row.old].append(row)
        self.result = Checked()

    def _say(self, word: str, row: PlanRow, at: str, **facts: Any) -> None:
        """`at`: the column."""
        pointer = f"/rows/{self._places[row.line]}/{at}"
        self.result.faults.append(FieldFault(word, WORDS[word], pointer=pointer, row=row.line, **facts))

    def found_new(self) -> None:
        """Each of what rows found: complete, the same in all rows that found it, and not there yet."""
        seen: dict[tuple[str, str], PlanRow] = {}
        for row in (row for row in self._rows if row.new and row.name):
            key = (row.kind, row.new)
            first = seen.setdefault(key, row)
            if first is not row:
                if first.founding != row.founding:
                    self._say("founded-differently", row, "new", node=row.new, line=first.line)
                continue
            for column in ("new_kind", "level", *(("unit",) if row.kind == "agency" else ())):
                if not getattr(row, column):
                    self._say("missing", row, column, node=row.new, column=column)
            if row.kind == "agency" and parse(row.new) is None:
                self._say("not-an-identifier", row, "new", node=row.new)
            there = self._known.trees[row.kind].nodes.get(row.new)
            if there is None:
                self.result.founded[key] = row
            elif self._known.names.get(key) != row.name:
                self._say("exists", row, "name", node=row.new, name=self._known.names.get(key))

    def end_old(self) -> None:
        for row in self._rows:
            if not row.old and not row.new:
                self._say("nothing-said", row, "old")
            elif not row.old and not row.name:
                self._new(row)
        for (kind, old), group in self._groups.items():
            self._old(group)
            for row in group:
                if row.new == old:
                    self._say("itself", row, "new", node=old)
                elif row.new:
                    self._new(row)
            self._inherit(kind, old, group)

    def _old(self, group: list[PlanRow]) -> None:
        row, tree = group[0], self._known.trees[group[0].kind]
        node, last = tree.nodes.get(row.old), row.starts - _DAY
        if node is None:
            for each in group:
                self._say("old-unknown", each, "old", node=row.old)
        elif last < node.first:
            self._say("ends-before-it-begins", row, "from", node=row.old, first=node.first, last=last)
        elif node.last is not None and node.last < last:
            self._say("ended-already", row, "from", node=row.old, last=node.last)
        heir = tree.heirs.get(row.old)
        if heir is not None and heir.new not in {each.new for each in group}:
            self._say("succeeded-already", row, "old", node=row.old, new=heir.new)
        if len(group) > 1 and sum(each.main is True for each in group) != 1:
            self._say("no-main", row, "main", node=row.old)
        seen: dict[str, int] = {}
        for each in group:
            if each.starts != row.starts:
                self._say("days-differ", each, "from", node=row.old)
            if each.new in seen:
                self._say("twice", each, "new", line=seen[each.new])
            seen.setdefault(each.new, each.line)

    def _new(self, row: PlanRow) -> None:
        founded = self.result.founded.get((row.kind, row.new))
        node = self._known.trees[row.kind].nodes.get(row.new)
        ends = [other.starts for other in self._groups.get((row.kind, row.new), ())]
        if ends and min(ends) <= row.starts:
            word = "cycle" if row.old in self._reached(row.kind, row.new) else "chain"
            self._say(word, row, "new", node=row.new, day=row.starts)
        elif founded is None and node is None:
            self._say("new-unknown", row, "new", node=row.new)
        elif founded.starts > row.starts if founded else node is not None and not node.stands(row.starts):
            self._say("new-not-there", row, "new", node=row.new, day=row.starts)

    def _reached(self, kind: str, code: str) -> set[str]:
        """What the plan makes of a node, of that again, and so on."""
        found: set[str] = set()
        ahead = [code]
        while ahead:
            for row in self._groups.get((kind, ahead.pop()), ()):
                if row.new and row.new not in found:
                    found.add(row.new)
                    ahead.append(row.new)
        return found

    def _inherit(self, kind: str, old: str, group: list[PlanRow]) -> None:
        last = group[0].starts - _DAY
        node = self._known.trees[kind].nodes.get(old)
        if node is not None and node.last != last:
            self.result.ended[kind, old] = last
        for row in group:
            heir = Heir(old, row.new, row.starts, main=len(group) == 1 or row.main is True)
            if row.new and heir not in self._known.heirs[kind]:
                self.result.heirs[kind].append(heir)

    def fit(self) -> None:
        """Whether the trees hold together afterwards. What did not fit before the plan is no fault of it."""
        for key, row in self.result.founded.items():
            self.result.until[key] = self._until(row)
        before, after = self._known.trees, self._after()
        for kind in ("unit", "agency"):
            units = (before["unit"], after["unit"]) if kind == "agency" else (None, None)
            for code in after[kind].nodes:
                old = set(before[kind].misfits(code, units[0])) if code in before[kind].nodes else set()
                for misfit in after[kind].misfits(code, units[1]):
                    if misfit not in old:
                        self._blame(kind, misfit)

    def _until(self, row: PlanRow) -> date | None:
        """The last day of what it is founded below, if that is to end without a successor."""
        key, seen = (row.kind, row.parent), {row.new}
        while (founded := self.result.founded.get(key)) and founded.new not in seen:
            seen.add(founded.new)
            key = row.kind, founded.parent
        tree = self._known.trees[row.kind]
        parent = tree.nodes.get(key[1])
        return None if parent is None or key[1] in tree.heirs or key in self.result.ended else parent.last

    def _after(self) -> dict[str, Tree]:
        found = {}
        for kind, tree in self._known.trees.items():
            nodes = dict(tree.nodes)
            for (of, code), last in self.result.ended.items():
                if of == kind:
                    nodes[code] = replace(nodes[code], last=last)
            for (of, code), row in self.result.founded.items():
                if of == kind:
                    until = self.result.until[of, code]
                    nodes[code] = Node(code, row.parent or None, row.starts, until, row.unit or None)
            heirs = tree.heirs | {heir.old: heir for heir in self.result.heirs[kind] if heir.main}
            found[kind] = Tree(nodes, heirs)
        return found

    def _blame(self, kind: str, misfit: Misfit) -> None:
        """The row that founds what does not fit, or that ends what it needs."""
        row = self.result.founded.get((kind, misfit.code))
        column = _COLUMN.get(misfit.word, "from")
        if row is None:
            of = "unit" if misfit.word.startswith("unit") else kind
            row, column = next(iter(self._groups.get((of, misfit.other), self._rows))), "old"
        self._say(misfit.word, row, column, node=misfit.other, of=misfit.code)
