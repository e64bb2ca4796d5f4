"""Rows as callers see them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kit.clock import VIETNAM
from kit.problem import Language, Words
from services.dossier.closings.models import Amendment, Closing, Seal
from services.dossier.closings.months import COMPARED
from services.dossier.closings.schemas import AmendmentView, Change, ClosingView, ColumnChange, Effect
from services.dossier.figures.definitions import INDICATORS

LABELS: Mapping[str, Words] = {
    "origin": {"vi": "Nguồn", "en": "Origin"},
    "quantity": {"vi": "Số lượng", "en": "Quantity"},
    "code": {"vi": "Mã hồ sơ", "en": "Code"},
    "procedure_code": {"vi": "Thủ tục", "en": "Procedure"},
    "field_code": {"vi": "Lĩnh vực", "en": "Field"},
    "channel": {"vi": "Kênh tiếp nhận", "en": "Channel"},
    "online_level": {"vi": "Mức độ trực tuyến", "en": "Online level"},
    "receiving_agency": {"vi": "Cơ quan tiếp nhận", "en": "Receiving body"},
    "resolving_agency": {"vi": "Cơ quan giải quyết", "en": "Resolving body"},
    "submitted_on": {"vi": "Ngày nộp", "en": "Day of submission"},
    "received_on": {"vi": "Ngày tiếp nhận", "en": "Day of reception"},
    "scored_at": {"vi": "Hẹn trả để chấm điểm", "en": "Scored promise"},
    "finished_at": {"vi": "Giải quyết xong", "en": "Decided"},
    "outcome": {"vi": "Kết quả", "en": "Outcome"},
    "worked_minutes": {"vi": "Phút giải quyết", "en": "Minutes of work"},
    "rounds": {"vi": "Số lần yêu cầu bổ sung", "en": "Supplement requests"},
    "fee_amount": {"vi": "Phí, lệ phí", "en": "Fees"},
    "fee_online": {"vi": "Nộp trực tuyến", "en": "Paid online"},
    "voided_at": {"vi": "Hủy lúc", "en": "Voided"},
    "replaced": {"vi": "Đã được thay bằng hồ sơ", "en": "Replaced by dossiers"},
}


def closing(row: Closing, sealed: Seal, amendments: int) -> ClosingView:
    return ClosingView(
        id=row.id,
        period=f"{row.month:%Y-%m}",
        first=row.span.first,
        last=row.span.last,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        reason=row.reason,
        digest=sealed.digest,
        facts=sealed.facts,
        amendments=amendments,
    )


def amendment(row: Amendment, sealed: Seal, language: Language) -> AmendmentView:
    return AmendmentView(
        number=row.number,
        at=row.made_at,
        by=row.made_by,
        reason=row.reason,
        came=row.came,
        changed=row.changed,
        went=row.went,
        digest=sealed.digest,
        changes=f"/v1/reports/closings/{row.closing_id}/changes?amendment={row.number}",
        figures=[
            Effect(title=INDICATORS[effect["indicator"]].title[language], **effect) for effect in row.figures
        ],
    )


def change(pair: Mapping[str, Any], language: Language) -> Change:
    """Of a row of `differences`."""
    now = {name.removeprefix("new_"): value for name, value in pair.items() if name.startswith("new_")}
    columns = [
        ColumnChange(name=name, label=LABELS[name][language], old=old, new=new)
        for name in (COMPARED if pair["old_id"] else ())
        if (old := _said(pair[f"old_{name}"])) != (new := _said(now[name]))
    ]
    return Change(
        id=pair["id"],
        kind=pair["kind"],
        code=now["code"],
        origin=now["origin"],
        quantity=now["quantity"],
        procedure=now["procedure_code"],
        channel=now["channel"],
        receiving_agency=now["receiving_agency"],
        resolving_agency=now["resolving_agency"],
        received_on=now["received_on"],
        columns=columns,
    )


def _said(value: Any) -> Any:
    return value.astimezone(VIETNAM) if isinstance(value, datetime) else value
