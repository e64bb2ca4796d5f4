"""Papers, fees, results and laws as people read them in one cell: an item a line, its parts between bars.

    [TP-01] Tờ khai | bắt buộc | 1 bản chính | 0 bản sao
    [LP-01] Lệ phí cấp giấy phép | lệ phí | 150.000 đồng | nộp khi tiếp nhận | không hoàn
    [KQ-01] Giấy phép
    15/2020/NĐ-CP | Quy định xử phạt

What a line does not say (a paper's template, a fee's exemptions) stays as it is in the item of that code; an
item without a code is the one of that name, or new. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kit.problem import Words
from kit.text import fold

Item = dict[str, Any]

WORDS: Mapping[str, Words] = {
    "line-part-unknown": {
        "vi": 'Dòng {line}: không hiểu "{part}". Ví dụ: {example}',
        "en": 'Line {line}: "{part}" is not understood. Example: {example}',
    },
    "line-without-name": {
        "vi": "Dòng {line}: thiếu tên. Ví dụ: {example}",
        "en": "Line {line} has no name. Example: {example}",
    },
}
EXAMPLES = {
    "papers": "[TP-01] Tờ khai | bắt buộc | 1 bản chính | 0 bản sao",
    "fees": "[LP-01] Lệ phí cấp giấy phép | lệ phí | 150.000 đồng | nộp khi nộp hồ sơ | không hoàn",
    "results": "[KQ-01] Giấy phép",
    "cases": "[TH-01] Cấp lần đầu",
    "legal_basis": "15/2020/NĐ-CP | Nghị định quy định chi tiết",
}


class LineFault(ValueError):
    """`code`: of WORDS; `facts` fill its words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


#: The same words again and again.
folded = lru_cache(maxsize=4096)(fold)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


_ESCAPE = re.compile(r"\\(.)")
_PART = re.compile(r"((?:\\.|[^\\|]|\\$)*)(?:\||$)")
_CODE = re.compile(r"\[([^\]]{1,60})\]\s*(.*)")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text)


def _parts(line: str) -> list[str]:
    found = [part.strip() for part in _PART.findall(line)]
    while found and not found[-1]:
        found.pop()
    return found


def plain(texts: Iterable[str]) -> str:
    """One text a line."""
    return "\n".join(map(_escaped, texts))


def plain_read(cell: str) -> list[str]:
    return [_unescaped(line) for line in _lines(cell)]


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.split("\n") if line.strip()]


def write(member: str, items: Iterable[Mapping[str, Any]]) -> str:
    said = _WRITERS[member]
    return "\n".join(" | ".join(said(item)) for item in items)


def read(member: str, cell: str, before: Sequence[Item]) -> list[Item]:
    """The items of a cell, with what those of `before` say beyond it. Raises LineFault."""
    items = [_item(member, number, line) for number, line in enumerate(_lines(cell), 1)]
    if member == "legal_basis":
        return items
    return _with_codes(member, items, before)


def _item(member: str, number: int, line: str) -> Item:
    first, *rest = _parts(line) or [""]
    item: Item = {}
    if member == "legal_basis":
        item = {"number": _unescaped(first), "title": ""}
    else:
        coded = _CODE.fullmatch(first)
        if coded:
            item["code"] = coded[1].strip()
        item["name"] = _unescaped(coded[2] if coded else first)
    if not first or not item.get("name", first):
        raise LineFault("line-without-name", line=number, example=EXAMPLES[member])
    for part in rest:
        said = _READERS[member](part)
        if said is None:
            raise LineFault("line-part-unknown", line=number, part=part[:100], example=EXAMPLES[member])
        item |= said
    return item


_PREFIX = {"papers": "TP", "fees": "LP", "results": "KQ", "cases": "TH"}


def _with_codes(member: str, items: Sequence[Item], before: Sequence[Item]) -> list[Item]:
    by_code, by_name = _once(before, "code"), _once(before, "name")
    taken = {str(item["code"]) for item in [*before, *items] if "code" in item}
    whole = []
    for item in items:
        found = by_code.get(item["code"]) if "code" in item else by_name.get(fold(item["name"]))
        code = (found or {}).get("code") or item.get("code") or _free(_PREFIX[member], taken)
        taken.add(code)
        whole.append({**(found or {}), "code": code, **item})
    return whole


def _once(items: Sequence[Item], key: str) -> dict[str, Item]:
    """Items by what only one of them has."""

    def of(item: Item) -> str:
        return str(item[key]) if key == "code" else fold(item[key])

    counted = Counter(map(of, items))
    return {of(item): item for item in items if counted[of(item)] == 1}


def _free(prefix: str, taken: set[str]) -> str:
    number = 1
    while (code := f"{prefix}-{number:02d}") in taken:
        number += 1
    return code


def _named(item: Mapping[str, Any]) -> str:
    return f"[{item['code']}] {_escaped(item['name'])}"


def _paper(item: Mapping[str, Any]) -> list[str]:
    required = "bắt buộc" if item["required"] else "không bắt buộc"
    return [_named(item), required, f"{item['originals']} bản chính", f"{item['copies']} bản sao"]


_PAPER = {
    "bat buoc": {"required": True},
    "required": {"required": True},
    "khong bat buoc": {"required": False},
    "neu co": {"required": False},
    "optional": {"required": False},
}
_COUNTED = re.compile(r"(\d{1,3}) (ban chinh|originals?|ban sao|cop(?:y|ies))")


def _paper_part(part: str) -> Item | None:
    text = folded(part)
    if text in _PAPER:
        return dict(_PAPER[text])
    if counted := _COUNTED.fullmatch(text):
        return {"originals" if counted[2].startswith(("ban chinh", "orig")) else "copies": int(counted[1])}
    return None


_FEE_KINDS = {"fee": "phí", "charge": "lệ phí"}
_DUE = {
    "submission": "nộp khi nộp hồ sơ",
    "acceptance": "nộp khi tiếp nhận",
    "return": "nộp khi nhận kết quả",
}
_FEE: Mapping[str, Item] = {
    **{fold(words): {"kind": kind} for kind, words in _FEE_KINDS.items()},
    **{kind: {"kind": kind} for kind in _FEE_KINDS},
    **{fold(words): {"due_at": due} for due, words in _DUE.items()},
    **{due: {"due_at": due} for due in _DUE},
    "duoc hoan": {"refundable": True},
    "khong hoan": {"refundable": False},
    "chua ro": {"amount": None},
    "khong thu": {"amount": 0},
}
_AMOUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d{1,13}) ?(?:dong|d|vnd)")


def _fee(item: Mapping[str, Any]) -> list[str]:
    amount = "chưa rõ" if item["amount"] is None else f"{item['amount']:,} đồng".replace(",", ".")
    refund = "được hoàn" if item["refundable"] else "không hoàn"
    return [_named(item), _FEE_KINDS[item["kind"]], amount, _DUE[item["due_at"]], refund]


def _fee_part(part: str) -> Item | None:
    text = folded(part)
    if text in _FEE:
        return dict(_FEE[text])
    if amount := _AMOUNT.fullmatch(text):
        return {"amount": int(re.sub(r"[.,]", "", amount[1]))}
    return None


def _law(item: Mapping[str, Any]) -> list[str]:
    return [_escaped(item[name]) for name in ("number", "title") if item[name]]


_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "papers": _paper,
    "fees": _fee,
    "results": lambda item: [_named(item)],
    "cases": lambda item: [_named(item)],
    "legal_basis": _law,
}
_READERS: Mapping[str, Callable[[str], Item | None]] = {
    "papers": _paper_part,
    "fees": _fee_part,
    "results": lambda _: None,
    "cases": lambda _: None,
    "legal_basis": lambda part: {"title": _unescaped(part)},
}
