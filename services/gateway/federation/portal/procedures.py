"""A procedure of the national database (`LayThuTuc`, protocol facts 4.1) as the catalogue's content.

Pure. What is wrong in a way that has one right reading is repaired, and before and after are kept; what
is missing or unclear stays unknown and is listed as a gap; nothing is invented.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from kit.text import fold
from services.gateway.federation.portal import amounts, terms
from services.gateway.federation.portal.reading import Notes, items, line, plain, raw

Verdict = Literal["ours", "other_level", "level_missing", "refused"]

_LEVELS = {"1": "province", "2": "district", "3": "commune"}
_LEVEL_NAMES = {"tinh": "province", "huyen": "district", "xa": "commune"}
_CHANNELS = {"1": "counter", "2": "online", "3": "post"}
_CHANNEL_NAMES = {"truc tiep": "counter", "truc tuyen": "online", "dich vu buu chinh": "post"}
#: Words of `TENDOITUONG`, without accents, in the order in which they are looked for.
_AUDIENCES = (
    ("ho kinh doanh", "household_business"),
    ("can bo", "state_body"),
    ("cong chuc", "state_body"),
    ("vien chuc", "state_body"),
    ("co quan", "state_body"),
    ("dang", "state_body"),
    ("cong dan", "citizen"),
    ("nguoi", "citizen"),
    ("ca nhan", "citizen"),
    ("khong bao gom doanh nghiep", "other"),
    ("doanh nghiep", "business"),
    ("hop tac xa", "business"),
)
_NO_FIELD = {"code": "CHUA-RO", "name": "Chưa rõ lĩnh vực"}
PAPER_TYPES = ["application/pdf", "image/jpeg", "image/png"]
PAPER_BYTES = 10 * 1024 * 1024
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_LINE = 4000, 20_000, 500


@dataclass
class Reading:
    """`content` only where the verdict is ours."""

    verdict: Verdict
    content: dict[str, Any] | None = None
    notes: Notes = field(default_factory=Notes)

    @property
    def digest(self) -> bytes:
        """The same for the same content."""
        shown = repr(sorted((self.content or {}).items()))
        return hashlib.sha256(shown.encode()).digest()


def read(procedure: dict[str, Any]) -> Reading:
    """Levels first: what is not of the province, its districts or communes is not ours to judge."""
    levels, others = _levels(procedure)
    if not levels:
        return Reading("other_level" if others else "level_missing")
    notes = Notes()
    code = line(procedure.get("MATTHC"), "/MATTHC", notes)
    name = line(procedure.get("TENTTHC"), "/TENTTHC", notes)
    if not re.fullmatch(r"\d\.\d{6}", code):
        notes.fault("code-invalid", "/MATTHC", code)
    if not name or len(name) > _LONGEST_NAME:
        notes.fault("name-invalid", "/TENTTHC", name[:100])
    if notes.faults:
        return Reading("refused", notes=notes)
    channels = items(procedure.get("CACHTHUCTHUCHIEN"))
    content = {
        "code": code,
        "name": name,
        "sample": False,
        "field": _field(procedure, notes),
        "government_levels": levels,
        "audiences": _audiences(procedure, notes),
        "channels": _channels(channels, notes),
        "description": _text(procedure, "MOTA", notes),
        "requirements": _text(procedure, "YEUCAU", notes),
        "steps": _steps(procedure, notes),
        "processing_time": terms.read(_times(channels), "/CACHTHUCTHUCHIEN", notes),
        "papers": _papers(procedure, notes),
        "fees": amounts.read(amounts.of_channels(channels), notes),
        "results": _results(procedure, notes),
        "legal_basis": _laws(procedure, notes),
        "form": None,
    }
    if not content["fees"]:
        notes.gap("fees-missing", "/CACHTHUCTHUCHIEN")
    return Reading("ours", content, notes)


def _levels(procedure: dict[str, Any]) -> tuple[list[str], bool]:
    """Ours in the order province, district, commune; and whether any other is named."""
    found, others = set(), False
    for item in items(procedure.get("CAPTHUCHIEN")):
        number, name = plain(raw(item.get("CAPTHUCHIEN"))), fold(raw(item.get("TENCAP")))
        level = _LEVELS.get(number) or _LEVEL_NAMES.get(name.removeprefix("cap "))
        if level:
            found.add(level)
        elif number or name:
            others = True
    return [level for level in _LEVELS.values() if level in found], others


def _field(procedure: dict[str, Any], notes: Notes) -> dict[str, str]:
    fields = items(procedure.get("LINHVUCTHUCHIEN"))
    name = line(fields[0].get("TENLINHVUC"), "/LINHVUCTHUCHIEN/0/TENLINHVUC", notes) if fields else ""
    code = plain(raw(fields[0].get("MALINHVUC")))[:60] if fields else ""
    if not name:
        notes.gap("field-missing", "/LINHVUCTHUCHIEN")
        return {"code": code or _NO_FIELD["code"], "name": _NO_FIELD["name"]}
    if not code:
        # From the name, so that the same field has the same code in every procedure and every sync.
        code = f"LV-{hashlib.sha256(fold(name).encode()).hexdigest()[:8].upper()}"
    return {"code": code, "name": name[:_LONGEST_LINE]}


def _audiences(procedure: dict[str, Any], notes: Notes) -> list[str]:
    named = [fold(raw(item.get("TENDOITUONG"))) for item in items(procedure.get("DOITUONGTHUCHIEN"))]
    found = [next((kind for word, kind in _AUDIENCES if word in name), "other") for name in named if name]
    if not found:
        notes.gap("audience-missing", "/DOITUONGTHUCHIEN")
    return list(dict.fromkeys(found))


def _channels(channels: list[dict[str, Any]], notes: Notes) -> list[str]:
    kinds = [plain(raw(channel.get("KENH"))) for channel in channels]
    found = {_CHANNELS.get(kind) or _CHANNEL_NAMES.get(fold(kind)) for kind in kinds}
    if not found - {None}:
        notes.gap("channels-missing", "/CACHTHUCTHUCHIEN")
    return [channel for channel in _CHANNELS.values() if channel in found]


def _times(channels: list[dict[str, Any]]) -> list[str]:
    return [
        f"{raw(time.get('THOIGIANGIAIQUYET'))} {raw(time.get('DONVITINH'))}"
        for channel in channels
        for time in items(channel.get("THOIGIAN"))
    ]


def _text(procedure: dict[str, Any], key: str, notes: Notes) -> str:
    """A text of several lines; only its ends and its characters are cleaned."""
    before = raw(procedure.get(key))
    after = "\n".join(plain(part) for part in before.splitlines()).strip()
    if len(after) > _LONGEST_TEXT:
        notes.repair(f"/{key}", "cut", f"{len(after)} characters", f"{_LONGEST_TEXT} characters")
    return after[:_LONGEST_TEXT]


def _steps(procedure: dict[str, Any], notes: Notes) -> list[str]:
    steps = []
    for c, case in enumerate(items(procedure.get("TRINHTUTHUCHIEN"))):
        title = plain(raw(case.get("TRUONGHOP")))
        for s, step in enumerate(items(case.get("TRINHTU"))):
            where = f"/TRINHTUTHUCHIEN/{c}/TRINHTU/{s}/TENTRINHTU"
            text = line(step.get("TENTRINHTU"), where, notes)
            steps.append(f"{title}: {text}" if title and text else text)
    return [step[:_LONGEST_TEXT] for step in steps if step][:200]


def _papers(procedure: dict[str, Any], notes: Notes) -> list[dict[str, Any]]:
    """A paper of a named case is needed in that case only, so it is not required of everybody."""
    papers: list[dict[str, Any]] = []
    codes: set[str] = set()
    for c, case in enumerate(items(procedure.get("THANHPHANHOSO"))):
        title = line(case.get("TRUONGHOP"), f"/THANHPHANHOSO/{c}/TRUONGHOP", notes)
        for p, paper in enumerate(items(case.get("GIAYTO"))):
            where = f"/THANHPHANHOSO/{c}/GIAYTO/{p}"
            name = line(paper.get("TENGIAYTO"), f"{where}/TENGIAYTO", notes)
            if not name:
                notes.gap("paper-without-name", where)
                continue
            papers.append(
                {
                    "code": _code(paper.get("MAGIAYTO"), "GT", f"{where}/MAGIAYTO", codes, notes),
                    "name": name[:_LONGEST_TEXT],
                    "required": not title,
                    "originals": _copies(paper, "SOBANCHINH", where, notes),
                    "copies": _copies(paper, "SOBANSAO", where, notes),
                    "case": title or None,
                    "types": PAPER_TYPES,
                    "max_bytes": PAPER_BYTES,
                }
            )
    if not papers:
        notes.gap("papers-missing", "/THANHPHANHOSO")
    return papers


def _code(said: Any, prefix: str, where: str, codes: set[str], notes: Notes) -> str:
    """The national code; by place where there is none (that is usual, and no repair)."""
    before = plain(raw(said))[:50]
    code, number = before or f"{prefix}-{len(codes) + 1:02d}", 1
    while code in codes:
        number += 1
        code = f"{before or prefix}-{number:02d}"
    codes.add(code)
    if before and code != before:
        notes.repair(where, "code-repeated", before, code)
    return code


def _copies(paper: dict[str, Any], key: str, where: str, notes: Notes) -> int:
    said = plain(raw(paper.get(key)))
    if not said:
        return 0
    if said.isascii() and said.isdigit() and int(said) <= 100:
        return int(said)
    notes.gap("copies-unclear", f"{where}/{key}", said)
    return 0


def _results(procedure: dict[str, Any], notes: Notes) -> list[dict[str, str]]:
    results: list[dict[str, str]] = []
    codes: set[str] = set()
    for r, result in enumerate(items(procedure.get("KETQUATHUCHIEN"))):
        where = f"/KETQUATHUCHIEN/{r}"
        name = line(result.get("TENKETQUA"), f"{where}/TENKETQUA", notes)
        if name and len(results) < 100:
            code = _code(result.get("MAKETQUA"), "KQ", f"{where}/MAKETQUA", codes, notes)
            results.append({"code": code, "name": name[:_LONGEST_TEXT]})
    if not results:
        notes.gap("result-missing", "/KETQUATHUCHIEN")
    return results


def _laws(procedure: dict[str, Any], notes: Notes) -> list[dict[str, str]]:
    laws = []
    for i, law in enumerate(items(procedure.get("CANCUPHAPLY"))):
        number = line(law.get("SOVANBAN"), f"/CANCUPHAPLY/{i}/SOVANBAN", notes)
        title = line(law.get("TENVANBAN"), f"/CANCUPHAPLY/{i}/TENVANBAN", notes)
        if number or title:
            laws.append({"number": number[:_LONGEST_LINE], "title": title[:_LONGEST_TEXT]})
    return laws[:300]
