"""The tree of bodies, or of units, on any day: who stands in for whom, what lies above, what does not fit.

Pure. A node keeps the parent that it was given. Where that one has ended, the successor of the day is the
parent: so the children of a body that is merged away need not be touched, and the tree of the day before
stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Node:
    """A body or unit, on the days `first` to `last` (None: no end), both included. `unit`: where it sits."""

    code: str
    parent: str | None
    first: date
    last: date | None = None
    unit: str | None = None

    def stands(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True)
class Heir:
    """Whoever goes on with what the old one had, from the day `starts`. Of several, one is `main`."""

    old: str
    new: str
    starts: date
    main: bool = True


@dataclass(frozen=True)
class Misfit:
    """What does not hold: a word for it, and the node that it is about."""

    word: str
    code: str
    other: str = ""


@dataclass
class Tree:
    nodes: dict[str, Node] = field(default_factory=dict)
    heirs: dict[str, Heir] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[Node], heirs: Iterable[Heir]) -> Tree:
        """Only main heirs count."""
        return cls({node.code: node for node in nodes}, {heir.old: heir for heir in heirs if heir.main})

    def chain(self, code: str, on: date) -> list[str]:
        """The successors of a node, one after the other, whose day has come."""
        found: list[str] = []
        while (heir := self.heirs.get(code)) and heir.starts <= on and heir.new not in found:
            code = heir.new
            found.append(code)
        return found

    def standing(self, code: str, on: date) -> str:
        """The node itself, or who stands in its place that day."""
        node = self.nodes.get(code)
        if node is None or node.stands(on):
            return code
        return next((new for new in self.chain(code, on) if self._stands(new, on)), code)

    def parent(self, code: str, on: date) -> str | None:
        """That day's."""
        node = self.nodes.get(code)
        if node is None or node.parent is None:
            return None
        found = self.standing(node.parent, on)
        return None if found == code else found

    def above(self, code: str, on: date) -> list[str]:
        """The node's parents of that day, nearest first."""
        found: list[str] = []
        current = self.parent(code, on)
        while current is not None and current not in found and current != code:
            found.append(current)
            current = self.parent(current, on)
        return found

    def _stands(self, code: str, on: date) -> bool:
        node = self.nodes.get(code)
        return node is not None and node.stands(on)

    def misfits(self, code: str, units: Tree | None = None) -> list[Misfit]:
        """What is wrong with a node: its days, its parent, its unit. Its parent, or who stands in for it, has
        to be there on its first day, on its last, and on the day after the parent ends."""
        node = self.nodes[code]
        if node.last is not None and node.last < node.first:
            return [Misfit("ends-before-it-begins", code)]
        found = []
        if node.parent is not None:
            found += self._parent_misfits(node, node.parent)
        if units is not None and node.unit is not None:
            if node.unit not in units.nodes:
                found.append(Misfit("unit-unknown", code, node.unit))
            elif not units.covers(node.unit, node):
                found.append(Misfit("unit-not-there", code, node.unit))
        return found

    def _parent_misfits(self, node: Node, parent: str) -> list[Misfit]:
        if parent not in self.nodes:
            return [Misfit("parent-unknown", node.code, parent)]
        if self._cycles(node.code):
            return [Misfit("cycle", node.code, parent)]
        return [] if self.covers(parent, node) else [Misfit("parent-not-there", node.code, parent)]

    def covers(self, code: str, node: Node) -> bool:
        """Whether `code`, or who stands in for it, is there on all days of `node`."""
        day = node.first
        while True:
            keeper = self.nodes[self.standing(code, day)]
            if not keeper.stands(day):
                return False
            if keeper.last is None or (node.last is not None and node.last <= keeper.last):
                return True
            day = keeper.last + _DAY

    def _cycles(self, code: str) -> bool:
        seen, current = {code}, self.nodes[code].parent
        while current is not None and current in self.nodes:
            if current in seen:
                return current == code
            seen.add(current)
            current = self.nodes[current].parent
        return False

    def children(self, code: str) -> list[str]:
        return sorted(node.code for node in self.nodes.values() if node.parent == code)


def successors(heirs: Iterable[Heir], on: date) -> Mapping[str, list[str]]:
    """old → its main successors of that day, one after the other."""
    tree = Tree.of((), heirs)
    return {old: chain for old in tree.heirs if (chain := tree.chain(old, on))}
