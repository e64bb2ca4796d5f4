"""The portal's answers, in all the shapes that provinces have met."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.gateway.federation.portal.client import Done, Refused, Unknown, outcome_of


@pytest.mark.parametrize("code", [0, "0", "00", " 0 "])
def test_zero_in_any_dress_is_done(code: Any) -> None:
    assert outcome_of({"error_code": code, "message": "Đồng bộ thành công"}) == Done([], "Đồng bộ thành công")


@pytest.mark.parametrize("code", [3, "-3", "0", "03"])
def test_a_duplicate_is_told_by_its_words(code: Any) -> None:
    outcome = outcome_of({"error_code": code, "message": "Hồ sơ X ĐÃ TỒN TẠI"})
    assert isinstance(outcome, Refused)
    assert outcome.already_there


def test_decomposed_words_are_understood() -> None:
    outcome = outcome_of({"error_code": "-3", "message": "đa\u0303 to\u0302\u0300n ta\u0323i"})
    assert isinstance(outcome, Refused)
    assert outcome.already_there


@pytest.mark.parametrize(
    ("answer", "bad"),
    [
        ({"error_code": "401", "message": ""}, True),
        ({"error_code": -1, "message": "Phiên làm việc đã hết hạn"}, True),
        ({"error_code": "-1", "message": "Invalid session"}, True),
        ({"error_code": "-1", "message": "Thiếu MaHoSo"}, False),
        ({"error_code": "5", "message": "session"}, False),
    ],
)
def test_a_bad_session_is_told_from_a_refusal(answer: dict[str, Any], bad: bool) -> None:
    outcome = outcome_of(answer)
    assert isinstance(outcome, Refused)
    assert outcome.bad_session is bad


def test_an_adapter_wraps_the_answer_in_its_message() -> None:
    inner = {"error_code": "0", "message": "", "result": [{"MATTHC": "1.000001"}]}
    for message in (json.dumps(inner), inner, json.dumps({"result": inner["result"]})):
        assert outcome_of({"error_code": "0", "message": message}) == Done(inner["result"], "")  # type: ignore[arg-type]
    refused = json.dumps({"error_code": "7", "message": "sai"})
    assert outcome_of({"error_code": 0, "message": refused}) == Refused(7, "sai")


def test_a_result_may_be_an_object_with_data() -> None:
    assert outcome_of({"error_code": 0, "result": {"data": [{"a": 1}]}}) == Done([{"a": 1}], "")
    assert outcome_of({"error_code": 0, "result": {"a": 1}}) == Done([{"a": 1}], "")
    assert outcome_of({"error_code": 0, "result": None}) == Done([], "")


def test_the_portals_own_trouble_is_not_a_refusal() -> None:
    assert outcome_of({"error_code": "-99", "message": "Lỗi hệ thống"}) == Unknown("-99 Lỗi hệ thống")


@pytest.mark.parametrize("code", [None, "", "x", True, "0.5"])
def test_an_answer_without_a_code_is_unknown(code: Any) -> None:
    assert isinstance(outcome_of({"error_code": code, "message": "?"}), Unknown)
