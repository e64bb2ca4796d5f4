"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kit.problem import FieldFault, Language
from kit.tabular import Cell
from kit.text import fold
from services.catalog.decisions.apply import Outcome
from services.catalog.decisions.models import Decision, DecisionItem
from services.catalog.decisions.queries import Line, Meant
from services.catalog.decisions.schemas import (
    Applied,
    Compared,
    Counts,
    DecisionView,
    Hindered,
    ItemView,
    Unresolved,
)
from services.catalog.offerings.words import level_named
from services.catalog.schemas import Ref

DEFINITION: dict[Language, dict[str, str]] = {
    "vi": {
        "as_decided": "Cơ quan được nêu (với cấp được nêu: mọi cơ quan mà mục đó áp dụng) tiếp nhận ở mức độ "
        "đã quyết định trở lên",
        "partly": "Chỉ một số cơ quan của cấp được nêu tiếp nhận ở mức độ đã quyết định trở lên: `bodies` "
        "trên `of`",
        "lower_level": "Tiếp nhận trực tuyến (mức độ 3) nhưng thấp hơn mức độ đã quyết định",
        "not_offered": "Chưa tiếp nhận trực tuyến (chưa tiếp nhận, hoặc ở mức độ 1, 2)",
        "own_choice": "Tiếp nhận trực tuyến, không có trong danh sách: theo thủ tục và cấp chính quyền",
        "basis": "Thủ tục có hiệu lực, cơ quan đang hoạt động trong ngày `on`",
    },
    "en": {
        "as_decided": "The named body, or every one that a named level means, offers it at the decided level "
        "or higher",
        "partly": "Only some bodies of the named level offer it at the decided level or higher: `bodies` of "
        "`of`",
        "lower_level": "Offered online (level 3), below the decided level",
        "not_offered": "Not offered online: not at all, or at level 1 or 2",
        "own_choice": "Offered online without being in the list: by procedure and level of government",
        "basis": "Procedures in force and bodies existing on the day `on`",
    },
}  # fmt: skip
_STATES = {
    "as_decided": "Đúng quyết định",
    "partly": "Mới một số cơ quan đúng quyết định",
    "lower_level": "Mức độ thấp hơn",
    "not_offered": "Chưa tiếp nhận trực tuyến",
    "unknown_procedure": "Chưa có trong danh mục",
    "ambiguous_name": "Nhiều thủ tục trùng tên",
    "own_choice": "Tự chọn, ngoài danh sách",
}
HEADING: Sequence[Cell] = (
    "Mục", "Tình trạng", "Mã thủ tục", "Tên thủ tục", "Mã cơ quan", "Cơ quan", "Cấp",
    "Mức độ theo quyết định", "Bắt buộc", "Mức độ đang tiếp nhận", "Số cơ quan", "Trên tổng số",
)  # fmt: skip


def decision(row: Decision, items: int) -> DecisionView:
    return DecisionView(
        id=row.slug,
        number=row.number,
        date=row.signed_on,
        title=row.title,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        revision=row.revision,
        items=items,
        recorded_at=row.recorded_at,
    )


def item(row: DecisionItem) -> ItemView:
    return ItemView(
        number=row.number,
        procedure=row.code,
        name=row.name,
        agency=row.agency,
        government_level=row.government_level,
        online_level=row.online_level,
        mandated=row.mandated,
    )


def unresolved(lines: Sequence[Meant], named: Sequence[tuple[str, str, str]]) -> list[Unresolved]:
    """`named`: folded name, code and name of those that share one."""
    found = []
    for line in lines:
        if line.code is None:
            folded = fold(line.name or "") if line.ambiguous else None
            candidates = [Ref(code=code, name=name) for key, code, name in named if key == folded]
            found.append(
                Unresolved(
                    number=line.number,
                    state="ambiguous_name" if line.ambiguous else "unknown_procedure",
                    procedure=line.said or None,
                    name=line.name,
                    candidates=candidates,
                )
            )
    return found


def compared(line: Line) -> Compared:
    named = Ref(code=line.code, name=line.title or "") if line.code else None
    return Compared.model_validate(
        {
            "state": line.state,
            "number": line.number or None,
            "procedure": named or (Ref(code=line.said, name="") if line.said else None),
            "name": line.name,
            "agency": Ref(code=line.agency, name=line.agency_name or "") if line.agency else None,
            "government_level": line.government_level,
            "online_level": line.online_level,
            "mandated": line.mandated,
            "offered_level": line.level,
            "bodies": line.bodies,
            "of": line.of,
        }
    )


def row(line: Line) -> list[Cell]:
    return [
        line.number or None,
        _STATES[line.state],
        line.code or line.said,
        line.title or line.name,
        line.agency,
        line.agency_name,
        level_named(line.government_level) if line.government_level else None,
        line.online_level,
        "x" if line.mandated else "",
        line.level,
        line.bodies,
        line.of,
    ]


def counts(rows: Sequence[tuple[str, bool, int]], *, mandated: bool) -> Counts:
    """Of all, or of what is mandated only."""
    summed: dict[str, int] = {}
    for state, must, count in rows:
        if must or not mandated:
            summed[state] = summed.get(state, 0) + count
    return Counts(**summed)


def applied(outcome: Outcome, language: Language, *, dry_run: bool) -> Applied:
    return Applied(
        dry_run=dry_run,
        valid_from=outcome.start,
        lines=outcome.lines,
        offerings=outcome.new,
        unchanged=outcome.unchanged,
        hindered=[
            Hindered(
                number=line.number,
                procedure=line.code or line.said or None,
                name=line.name,
                agency=agency or None,
                errors=[_words(fault, language) for fault in faults],
            )
            for line, agency, faults in outcome.hindered
        ],
        next=outcome.next,
    )


def _words(fault: FieldFault, language: Language) -> dict[str, str]:
    said = fault.in_words(language)
    return {"code": said.code, "detail": said.detail}
