"""What a content may say: numbers that are numbers, names that say something, papers that can be had."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kit.problem import validation_faults
from services.catalog.content import Content
from services.catalog.fees.checks import incoherent
from services.catalog.national.reading import read
from tests.unit.catalog.conftest import World

PAPER = {"code": "GT-01", "name": "Đơn"}
FEE = {"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 5000}
RESULT = {"code": "KQ-01", "name": "Giấy phép"}


def content(**changes: Any) -> dict[str, Any]:
    return {"code": "7.900001", "name": "Thủ tục mẫu", "field": {"code": "L", "name": "Mẫu"},
            "government_levels": ["province"], "results": [RESULT], **changes}  # fmt: skip


def faults(**changes: Any) -> set[tuple[str, str | None]]:
    """Of the shape; where that holds, of what is said within it."""
    try:
        stored = Content.model_validate(content(**changes)).stored()
    except ValidationError as error:
        found = validation_faults([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
    else:
        found = incoherent(stored)
    return {(fault.code, fault.pointer) for fault in found}


@pytest.mark.parametrize("amount", [True, "5000", "10", 5.5, [5]])
def test_an_amount_is_a_number_of_json(amount: Any) -> None:
    assert {pointer for _, pointer in faults(fees=[{**FEE, "amount": amount}])} == {"/fees/0/amount"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"processing_time": {"amount": "5", "unit": "days"}}, "/processing_time/amount"),
        ({"papers": [{**PAPER, "copies": True}]}, "/papers/0/copies"),
        ({"papers": [{**PAPER, "required": "no"}]}, "/papers/0/required"),
        ({"fees": [{**FEE, "refundable": 1}]}, "/fees/0/refundable"),
        ({"stages": [{"name": "Thẩm định", "hours": True}]}, "/stages/0/hours"),
        ({"fees": [{**FEE, "name": ""}]}, "/fees/0/name"),
        ({"fees": [{**FEE, "name": " "}]}, "/fees/0/name"),
        ({"results": [{**RESULT, "name": " "}]}, "/results/0/name"),
    ],
)
def test_what_is_of_another_kind_or_empty_is_refused(changes: dict[str, Any], pointer: str) -> None:
    assert {where for _, where in faults(**changes)} == {pointer}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"government_levels": ["province", "district", "province"]}, ("repeated", "/government_levels/2")),
        ({"channels": ["post", "post"]}, ("repeated", "/channels/1")),
        ({"audiences": ["citizen", "citizen"]}, ("repeated", "/audiences/1")),
        ({"fees": [{**FEE, "channels": ["post", "post"]}]}, ("repeated", "/fees/0/channels/1")),
        ({"results": [RESULT, RESULT]}, ("code-twice", "/results/1/code")),
    ],
)
def test_nothing_stands_twice_in_a_list(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert faults(**changes) == {expected}


def test_a_paper_takes_files_that_an_upload_can_be() -> None:
    nonsense = {"types": ["application/x-msdownload", "", "khong-phai"], "max_bytes": 1}
    assert faults(papers=[{**PAPER, **nonsense}, {**PAPER, "code": "GT-02", "types": []}]) == {
        ("literal_error", "/papers/0/types/0"),
        ("literal_error", "/papers/0/types/1"),
        ("literal_error", "/papers/0/types/2"),
        ("greater_than_equal", "/papers/0/max_bytes"),
        ("too_short", "/papers/1/types"),
    }
    assert faults(papers=[{**PAPER, "types": ["image/heic"], "max_bytes": 10_000}]) == set()


def test_a_result_that_stands_in_for_a_paper_is_one_of_these_or_names_its_procedure() -> None:
    named = ["KQ-01", "KHONG-CO", "9.000031/KQ-02", "/KQ-02"]
    assert faults(papers=[{**PAPER, "from_results": named}]) == {
        ("result-unknown", "/papers/0/from_results/1"),
        ("result-unknown", "/papers/0/from_results/3"),
    }


@pytest.mark.anyio
async def test_an_editor_is_told_where(world: World) -> None:
    paper = {**PAPER, "from_results": ["KHONG-CO"]}
    new = content(papers=[paper], results=[RESULT, RESULT])
    answer = await world.client.post("/v1/procedures", json=new, headers=world.editor())
    assert answer.status_code == 422, answer.text
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("result-unknown", "/papers/0/from_results/0"),
        ("code-twice", "/results/1/code"),
    ]


def test_one_text_that_does_not_hold_together_leaves_the_others_of_a_batch() -> None:
    taken, refused = read([content(results=[RESULT, RESULT]), content(code="7.900002")])
    assert [one.code for one in taken] == ["7.900002"]
    assert [(row.code, row.errors[0]["pointer"]) for row in refused] == [("7.900001", "/results/1/code")]
