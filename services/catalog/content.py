"""The content of a procedure version: one shape for drafts, answers, imports and sample files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kit.problem import FieldFault
from kit.text import Incoming, Line, Text


def _has_a_digit(code: str) -> str:
    """A word alone would be taken for one of our own paths, such as `/v1/procedures/drafts`."""
    if not any(char.isdigit() for char in code):
        raise PydanticCustomError("string_pattern_mismatch", "a digit is needed")
    return code


Code = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{2,59}$"), AfterValidator(_has_a_digit)
]
ShortCode = Annotated[Line, StringConstraints(min_length=1, max_length=60)]
LongText = Annotated[Text, StringConstraints(max_length=20_000)]
Level = Literal["province", "district", "commune"]
Audience = Literal["citizen", "business", "household_business", "state_body", "other"]
Channel = Literal["counter", "online", "post"]
#: What an upload is told by its content to be, and may be.
FileType = Literal["application/pdf", "image/jpeg", "image/png", "image/heic", "image/heif"]
#: A file of less is no picture of a paper.
LEAST_BYTES, MOST_BYTES = 10_000, 26_214_400

T = TypeVar("T")


def _once(items: list[T]) -> list[T]:
    """Raises PydanticCustomError at the first item that stands in the list already."""
    for place, item in enumerate(items):
        if item in items[:place]:
            raise PydanticCustomError("repeated", "an item comes twice", {"at": [place]})
    return items


#: Pydantic would make 1 of true and 10 of "10".
Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
Name = Annotated[Line, StringConstraints(min_length=1)]
LongName = Annotated[LongText, StringConstraints(min_length=1)]
Once = AfterValidator(_once)
CaseCodes = Annotated[list[ShortCode], Field(max_length=100), Once]


class FieldRef(Incoming):
    code: ShortCode
    name: Name


class ProcessingTime(Incoming):
    amount: Whole = Field(ge=1, le=3660)
    unit: Literal["working_days", "hours", "days", "months"]


class Case(Incoming):
    """A kind of request within a procedure (first issue, renewal), on which papers and fees may hang."""

    code: ShortCode
    name: Name


class Template(Incoming):
    """A blank to fill in; the file is kept under its SHA-256 (hex)."""

    name: Name
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Paper(Incoming):
    """`case`: the heading under which the national text lists it. `cases`: codes of the content's cases in
    which it is asked for; none means all. `from_results`: results that stand in for it, of this content by
    their code, of another procedure as `<procedure>/<result>`. `types`: of files."""

    code: ShortCode
    name: LongName
    required: YesNo = True
    originals: Whole = Field(default=0, ge=0, le=100)
    copies: Whole = Field(default=0, ge=0, le=100)
    case: LongText | None = None
    cases: CaseCodes = []
    templates: list[Template] = Field(default=[], max_length=20)
    from_results: Annotated[list[ShortCode], Field(max_length=50), Once] = []
    types: Annotated[list[FileType], Field(min_length=1), Once] = [
        "application/pdf",
        "image/jpeg",
        "image/png",
    ]
    max_bytes: Whole | None = Field(default=None, ge=LEAST_BYTES, le=MOST_BYTES)


class Exemption(Incoming):
    """Who pays less: `percent` of the amount is waived, 100 for all of it."""

    code: ShortCode
    name: Name
    percent: Whole = Field(ge=1, le=100)


class Fee(Incoming):
    """`kind` fee (phí) or charge (lệ phí); `amount` in đồng, null when it is not known: not zero.

    `per` copy: the amount is for each copy beyond `included`. `cases`, `channels`: where the line applies;
    none means everywhere.
    """

    code: ShortCode
    name: LongName
    kind: Literal["fee", "charge"]
    amount: Whole | None = Field(ge=0, le=10**12)
    per: Literal["dossier", "copy"] = "dossier"
    included: Whole = Field(default=0, ge=0, le=1000)
    cases: CaseCodes = []
    channels: Annotated[list[Channel], Once] = []
    exemptions: list[Exemption] = Field(default=[], max_length=50)
    due_at: Literal["submission", "acceptance", "return"] = "submission"
    refundable: YesNo = False


class ResultKind(Incoming):
    code: ShortCode
    name: LongName


class Stage(Incoming):
    """A stage of the processing within the offices, due `hours` of processing time after it is entered;
    `signs`: whoever has it may sign the result, as else only a leader may."""

    name: Name
    role: Literal["officer", "leader"] = "officer"
    hours: float = Field(gt=0, le=10_000, strict=True)
    signs: YesNo = False


class Law(Incoming):
    number: Line
    title: Text = ""


class Form(Incoming):
    schema_: dict[str, Any] = Field(alias="schema")
    layout: dict[str, Any]
    example: dict[str, Any]


class Content(Incoming):
    code: Code
    name: Annotated[Text, StringConstraints(min_length=1, max_length=4000)]
    sample: YesNo = False
    field: FieldRef
    government_levels: Annotated[list[Level], Field(min_length=1), Once]
    audiences: Annotated[list[Audience], Once] = []
    channels: Annotated[list[Channel], Once] = []
    description: LongText = ""
    requirements: LongText = ""
    steps: list[LongText] = Field(default=[], max_length=200)
    processing_time: ProcessingTime | None = None
    cases: list[Case] = Field(default=[], max_length=100)
    papers: list[Paper] = Field(default=[], max_length=300)
    fees: list[Fee] = Field(default=[], max_length=300)
    results: list[ResultKind] = Field(default=[], max_length=100)
    stages: list[Stage] = Field(default=[], max_length=50)
    legal_basis: list[Law] = Field(default=[], max_length=300)
    form: Form | None = None

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


def digest(content: dict[str, Any]) -> bytes:
    """The same for the same content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()


GAPS: dict[str, dict[str, str]] = {
    "no-form": {"vi": "mẫu điện tử", "en": "an electronic form"},
    "no-papers": {"vi": "thành phần hồ sơ", "en": "the required papers"},
    "no-processing-time": {"vi": "thời hạn giải quyết", "en": "the processing time"},
    "no-fees": {"vi": "phí, lệ phí (hoặc không thu)", "en": "fees (or that there are none)"},
    "fee-unknown": {"vi": "mức phí, lệ phí cụ thể", "en": "the amount of a fee"},
    "no-result": {"vi": "kết quả thực hiện", "en": "the result"},
}


def gaps(content: dict[str, Any], *, national: bool) -> list[str]:
    """What an applicant would miss. A local text without fees or papers means that there are none;
    in the national database it means that nobody has filled them in."""
    found = []
    if content["form"] is None:
        found.append("no-form")
    if national and not content["papers"]:
        found.append("no-papers")
    if content["processing_time"] is None:
        found.append("no-processing-time")
    if national and not content["fees"]:
        found.append("no-fees")
    if any(fee["amount"] is None for fee in content["fees"]):
        found.append("fee-unknown")
    if not content["results"]:
        found.append("no-result")
    return found


def gaps_left(before: Sequence[str], given: Collection[str], content: dict[str, Any]) -> list[str]:
    """The gaps of a draft after an editor gave the members `given`. What the national database left
    open stays open until somebody fills it in, or says by an empty list that there is nothing."""
    left = [gap for gap, member in _NATIONAL.items() if gap in before and member not in given]
    return [*gaps(content, national=False), *left]


_NATIONAL = {"no-papers": "papers", "no-fees": "fees"}
_MEMBER = {
    **_NATIONAL,
    "no-form": "form",
    "no-processing-time": "processing_time",
    "fee-unknown": "fees",
    "no-result": "results",
}
#: Unknown is not zero: a level that takes payment needs fees that are known, or known to be none.
_NEEDED: dict[int, set[str]] = {
    3: {"no-form", "no-papers"},
    4: {"no-form", "no-papers", "no-fees", "fee-unknown"},
}


def gap_faults(found: Sequence[str]) -> list[FieldFault]:
    """Each gap in words, with the member of the content that is to be filled in."""
    return [
        FieldFault(
            gap,
            {"vi": f"Còn thiếu {GAPS[gap]['vi']}.", "en": f"Still missing: {GAPS[gap]['en']}."},
            pointer=f"/{_MEMBER.get(gap, '')}",
        )
        for gap in found
    ]


def gaps_for(level: int, found: Sequence[str]) -> list[str]:
    """Those of `found` that stand against offering at this level."""
    return [gap for gap in found if gap in _NEEDED.get(level, set())]
