"""The statements as papers: what stands above, in and below their tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures import lines
from services.dossier.figures.sheets import Line
from services.dossier.statements import heads
from services.dossier.statements.heads import Say
from services.dossier.statements.paper import Paper, Section
from services.dossier.statements.schemas import Flow, Monthly, MonthlyRow, OneStop, Statement


def of_one_stop(said: OneStop, place: str, language: Language) -> Paper:
    say = heads.say(language)
    name = say("Lĩnh vực", "Field") if said.group_by == "field" else _body(say)
    section = Section(
        name=say("Biểu II.06", "Form II.06"),
        title=None,
        heads=(*heads.first(name, say), *heads.flow(say)),
        rows=[[n, row.name, *_flow(row)] for n, row in enumerate(said.rows, 1)],
        total=[None, say("Tổng số", "Total"), *_flow(said.total)],
    )
    return Paper(
        language=language,
        form=say(
            "Theo Biểu số II.06, Thông tư 01/2020/TT-VPCP; đơn vị tính: hồ sơ",
            "After form II.06 of Circular 01/2020/TT-VPCP; unit: dossiers",
        ),
        title=say("TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", "ADMINISTRATIVE PROCEDURES: RESULTS"),
        lines=_lines(said, say),
        body=said.name,
        place=place,
        sections=[section],
        notes=_flow_notes(say),
        definitions=_definitions(said, [said.definition], language),
        signers=_signers(say),
        mark=lines.mark(said, language),
    )


def of_monthly(said: Monthly, place: str, language: Language) -> Paper:
    say = heads.say(language)
    first, total = heads.first(_body(say), say), [None, say("Tổng số", "Total")]
    sections = [
        Section(
            name=say("I. Giải quyết", "I. Results"),
            title=say(
                "I. Tình hình giải quyết hồ sơ (theo cơ quan giải quyết)",
                "I. What became of the dossiers (by resolving body)",
            ),
            heads=(*first, *heads.flow(say), *heads.pace(say)),
            rows=[[n, row.name, *_flow(row), *_pace(row)] for n, row in enumerate(said.rows, 1)],
            total=[*total, *_flow(said.total), *_pace(said.total)],
        ),
        Section(
            name=say("II. Chỉ tiêu", "II. Indicators"),
            title=say(
                "II. Hồ sơ trực tuyến, thanh toán trực tuyến, bổ sung hồ sơ (theo cơ quan tiếp nhận)",
                "II. Received online, paid online, supplements (by receiving body)",
            ),
            heads=(*first, *heads.shares(say)),
            rows=[[n, row.name, *_shares(row, say)] for n, row in enumerate(said.rows, 1)],
            total=[*total, *_shares(said.total, say)],
        ),
    ]
    return Paper(
        language=language,
        form=say("Đơn vị tính: hồ sơ", "Unit: dossiers"),
        title=say(
            "BÁO CÁO THÁNG VỀ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", "MONTHLY REPORT ON ADMINISTRATIVE PROCEDURES"
        ),
        lines=_lines(said, say),
        body=said.name,
        place=place,
        sections=sections,
        notes=[
            *_flow_notes(say),
            say(
                "Biểu II, cột (8): chỉ tiêu của năm, tính trên mọi hồ sơ (Quyết định 2566/QĐ-UBND); cột (7)"
                " là cách tính thứ hai, để so sánh.",
                "Table II, (8): the year's target, of all dossiers (Decision 2566/QĐ-UBND); (7) is the second"
                " reading, shown beside it.",
            ),
        ],
        definitions=_definitions(said, list(said.definitions.values()), language),
        signers=_signers(say),
        mark=lines.mark(said, language),
    )


def _body(say: Say) -> str:
    return say("Cơ quan, đơn vị", "Body")


def _signers(say: Say) -> tuple[str, str]:
    return say("Người lập biểu", "Prepared by"), say("Thủ trưởng đơn vị", "Head of the body")


def _flow(row: Flow) -> list[Cell]:
    came, solved, pending, other = row.received, row.solved, row.pending, row.other
    return [
        *(came.total, came.online, came.otherwise, came.carried_over),
        *(solved.total, solved.early, solved.on_time, solved.late),
        *(pending.total, pending.in_time, pending.late),
        *(other.total, other.undecided, other.unscored),
        row.counted,
    ]


def _pace(row: MonthlyRow) -> list[Cell]:
    return [row.share_on_time, row.hours.median, row.hours.p90]


def _shares(row: MonthlyRow, say: Say) -> list[Cell]:
    online, paid, supplements = row.online, row.paid_online, row.supplements
    reached = {True: say("Đạt", "Yes"), False: say("Chưa", "No"), None: None}[online.reached]
    return [
        *(online.received, online.eligible, online.online),
        *(online.share_all, online.share_eligible, online.target, reached),
        *(paid.fee_dossiers, paid.fee_online, paid.share),
        *(supplements.supplemented, supplements.rounds, supplements.share, supplements.per_dossier),
    ]


def _flow_notes(say: Say) -> list[str]:
    return [
        say(
            "(3) = (7) + (11) + (14): hồ sơ tiếp nhận hoặc đã giải quyết xong, hoặc đang giải quyết, hoặc kết"
            " thúc khác.",
            "(3) = (7) + (11) + (14): what was received is solved, pending or ended otherwise.",
        ),
        say(
            "(14): hồ sơ người nộp rút hoặc cơ quan dừng giải quyết (15); hồ sơ giải quyết xong nhưng không"
            " có hẹn trả để so (16). Hồ sơ đang giải quyết không có hẹn trả ghi ở (12).",
            "(14): withdrawn or stopped (15); decided without a promise to be held to (16). Pending ones"
            " without a promise are in (12).",
        ),
        say(
            "(17): hồ sơ chỉ được báo bằng số đếm theo ngày, không theo dõi được kết quả; không nằm trong"
            " (3).",
            "(17): dossiers that were told only as counts of a day; what became of them is not known; they"
            " are not in (3).",
        ),
    ]


def period(said: str, say: Say) -> str:
    """2020-10, 2020-Q4, 2020 in words."""
    year, _, part = said.partition("-")
    if part.startswith("Q"):
        quarter = ("I", "II", "III", "IV")[int(part[1]) - 1]
        return say(f"Quý {quarter} năm {year}", f"Quarter {quarter} of {year}")
    if part:
        return say(f"Tháng {int(part)} năm {year}", f"Month {int(part)} of {year}")
    return say(f"Năm {year}", f"Year {year}")


def _lines(said: Statement, say: Say) -> list[str]:
    as_of, first, last = lines.moment(said.as_of), f"{said.first:%d/%m/%Y}", f"{said.last:%d/%m/%Y}"
    found = [
        period(said.period, say),
        say(
            f"(Từ ngày {first} đến ngày {last}; số liệu tính đến {as_of:%H:%M} ngày {as_of:%d/%m/%Y})",
            f"(From {first} to {last}; as of {as_of:%H:%M}, {as_of:%d/%m/%Y})",
        ),
    ]
    if said.provisional:
        found.append(say("Số liệu tạm tính: kỳ báo cáo chưa kết thúc", "Provisional: the period is not over"))
    if said.closing:
        found.append(say(f"Theo số liệu đã khóa sổ {said.closing}", f"As closed: {said.closing}"))
    return found


def _definitions(said: Statement, definitions: Sequence[Mapping[str, str]], language: Language) -> list[Line]:
    return [
        *lines.frame(said, said.name, said.closing, language),
        *(line for definition in definitions for line in lines.defined(definition, language)),
    ]
