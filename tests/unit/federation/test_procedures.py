"""Procedures of the national database, with the flaws that it has: read, repaired, or left unknown."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.federation.portal import amounts, procedures, terms
from services.gateway.federation.portal.reading import Notes


def national(**more: Any) -> dict[str, Any]:
    """As `LayThuTuc` gives it, without a flaw."""
    return {
        "MATTHC": "1.000123",
        "TENTTHC": "Cấp giấy phép thử nghiệm",
        "CAPTHUCHIEN": [{"CAPTHUCHIEN": "1", "TENCAP": "Cấp Tỉnh"}],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": "G13-TN01", "TENLINHVUC": "Thử nghiệm"}],
        "CACHTHUCTHUCHIEN": [
            {
                "KENH": kenh,
                "THOIGIAN": [
                    {
                        "THOIGIANGIAIQUYET": "5",
                        "DONVITINH": "Ngày làm việc",
                        "PHILEPHI": [
                            {"MAPHILEPHI": "P1", "SOTIEN": "50000", "DONVI": "Đồng", "MOTA": "Lệ phí cấp"}
                        ],
                    }
                ],
            }
            for kenh in ("1", "2", "3")
        ],
        "THANHPHANHOSO": [
            {
                "TRUONGHOP": "",
                "GIAYTO": [
                    {"MAGIAYTO": "", "TENGIAYTO": "Đơn", "SOBANCHINH": "1", "SOBANSAO": "0"},
                    {"MAGIAYTO": "", "TENGIAYTO": "Bản vẽ", "SOBANCHINH": "0", "SOBANSAO": "2"},
                ],
            }
        ],
        "DOITUONGTHUCHIEN": [{"MADOITUONG": "1", "TENDOITUONG": "Công dân Việt Nam"}],
        "KETQUATHUCHIEN": [{"MAKETQUA": "KQ.G13.01", "TENKETQUA": "Giấy phép"}],
        "CANCUPHAPLY": [{"SOVANBAN": "50/2014/QH13", "TENVANBAN": "Luật Xây dựng"}],
        "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Nộp hồ sơ"}]}],
        "MOTA": "",
        "YEUCAU": "Không",
        **more,
    }


def content(procedure: dict[str, Any]) -> dict[str, Any]:
    reading = procedures.read(procedure)
    assert reading.content is not None
    return reading.content


def test_a_procedure_without_a_flaw_is_taken_as_it_is() -> None:
    reading = procedures.read(national())
    assert (reading.verdict, reading.notes.repairs, reading.notes.gaps) == ("ours", [], [])
    taken = content(national())
    assert taken["processing_time"] == {"amount": 5, "unit": "working_days"}
    assert taken["government_levels"] == ["province"]
    assert taken["channels"] == ["counter", "online", "post"]
    assert taken["audiences"] == ["citizen"]
    assert [(f["code"], f["kind"], f["amount"]) for f in taken["fees"]] == [("P1", "charge", 50000)]
    assert [(p["code"], p["required"], p["originals"], p["copies"]) for p in taken["papers"]] == [
        ("GT-01", True, 1, 0),
        ("GT-02", True, 0, 2),
    ]
    assert taken["results"] == [{"code": "KQ.G13.01", "name": "Giấy phép"}]
    assert taken["steps"] == ["Nộp hồ sơ"]
    assert reading.digest == procedures.read(national()).digest
    assert reading.digest != procedures.read(national(YEUCAU="Có")).digest


def test_a_result_code_that_comes_twice_is_told_apart() -> None:
    reading = procedures.read(
        national(
            KETQUATHUCHIEN=[{"MAKETQUA": "KQ.1", "TENKETQUA": name} for name in ("Giấy phép", "Bản sao")]
        )
    )
    assert reading.content is not None
    assert [result["code"] for result in reading.content["results"]] == ["KQ.1", "KQ.1-02"]
    assert [repair["rule"] for repair in reading.notes.repairs] == ["code-repeated"]


@pytest.mark.parametrize(
    ("levels", "verdict", "ours"),
    [
        ([("0", "Cấp Bộ"), ("1", "Cấp Tỉnh"), ("3", "Cấp Xã")], "ours", ["province", "commune"]),
        ([("2", "")], "ours", ["district"]),
        ([("", "huyện")], "ours", ["district"]),
        ([("0", "Cấp Bộ")], "other_level", None),
        ([("", "Khác")], "other_level", None),
        ([("4", "Cấp khác")], "other_level", None),
        ([("", "")], "level_missing", None),
        ([], "level_missing", None),
    ],
)
def test_levels_decide_whose_it_is(levels: Any, verdict: str, ours: Any) -> None:
    given = [{"CAPTHUCHIEN": number, "TENCAP": name} for number, name in levels]
    reading = procedures.read(national(CAPTHUCHIEN=given))
    assert reading.verdict == verdict
    assert (reading.content or {}).get("government_levels") == ours


@pytest.mark.parametrize(
    ("texts", "expected", "rule"),
    [
        (["5 Ngày làm việc"], (5, "working_days"), None),
        (["15 Ngày"], (15, "days"), None),
        (["24 Giờ"], (24, "hours"), None),
        (["6 Tháng"], (6, "months"), None),
        (["01 Giờ"], (1, "hours"), "number"),
        (["05 Ngày", "05 Ngày"], (5, "days"), "number"),
        (["2 Ngày làm việc; 3 Ngày làm việc"], (3, "working_days"), "longest-of-several"),
        (["2 Ngày làm việc", "3 Ngày làm việc"], (3, "working_days"), "longest-of-several"),
        (["15 Ngày; 15 Ngày làm việc"], (15, "working_days"), "longest-of-several"),
        (["1 Ngày làm việc; 02 Giờ"], (1, "working_days"), "longest-of-several"),
        (["40 Ngày; 6 Ngày làm việc"], (40, "days"), "longest-of-several"),
        (["1.5 Ngày làm việc"], (12, "hours"), "whole-units"),
        (["0.5 Giờ"], (1, "hours"), "whole-units"),
    ],
)
def test_processing_times(texts: list[str], expected: tuple[int, str], rule: str | None) -> None:
    notes = Notes()
    assert terms.read(texts, "/t", notes) == {"amount": expected[0], "unit": expected[1]}
    assert [repair["rule"] for repair in notes.repairs] == ([rule] if rule else [])


@pytest.mark.parametrize("texts", [[], [" "], ["0 Giờ"], ["Không quy định"], ["99999 Ngày"]])
def test_a_time_that_nobody_can_say_stays_unknown(texts: list[str]) -> None:
    notes = Notes()
    assert terms.read(texts, "/t", notes) is None
    assert len(notes.gaps) == 1


@pytest.mark.parametrize(
    ("said", "unit", "text", "amount", "note"),
    [
        ("50000", "Đồng", "", 50000, None),
        (50000, "VNĐ", "", 50000, None),
        ("0", "", "", 0, None),
        ("50.000", "đồng", "", 50000, "amount"),
        ("1.500.000 đồng", "", "", 1500000, "amount"),
        ("1,500,000", "", "", 1500000, "amount"),
        ("Miễn phí", "", "", 0, "free-is-zero"),
        ("không", "Đồng", "", 0, "free-is-zero"),
        ("Miễn phí", "", "Miễn lệ phí (Thông tư số 47/2019/TT-BTC).", 0, "free-is-zero"),
        ("Miễn phí", "", "do Ủy ban nhân dân cấp tỉnh quy định.", None, "fee-free-in-doubt"),
        ("Miễn phí", "", "Dưới 5 tấn: 50.000 đồng/giấy", None, "fee-free-in-doubt"),
        ("0", "", "20.000 đ/tờ khai", None, "fee-free-in-doubt"),
        ("0", "", "đối với phương tiện quá cảnh đường bộ", 0, None),
        ("20 VNĐ", "", "20.000 vnđ /tờ khai", 20000, "thousands-by-text"),
        ("5 VNĐ", "", "", None, "fee-amount-unclear"),
        ("25", "Việt Nam Đồng", "25.000.000đ/giấy", None, "fee-amount-unclear"),
        ("10 USD", "", "", None, "fee-in-other-currency"),
        ("10", "USD", "", None, "fee-in-other-currency"),
        ("theo quy định", "", "", None, "fee-amount-unclear"),
        ("", "", "Theo Hội đồng nhân dân", None, "fee-amount-missing"),
        (None, None, "Theo Hội đồng nhân dân", None, "fee-amount-missing"),
    ],
)
def test_fees(said: Any, unit: Any, text: str, amount: int | None, note: str | None) -> None:
    notes = Notes()
    fee = {"MAPHILEPHI": "P1", "SOTIEN": said, "DONVI": unit, "MOTA": text}
    assert [line["amount"] for line in amounts.read([("/f", fee)], notes)] == [amount]
    found = [repair["rule"] for repair in notes.repairs] + [gap["code"] for gap in notes.gaps]
    assert found == ([note] if note else [])
    if amount is None and said:
        assert str(said) in notes.gaps[0]["text"], "the text is kept"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lệ phí cấp", "charge"),
        ("Mức lệ phí cụ thể", "charge"),
        ("Phí thẩm định", "fee"),
        ("Luật phí và lệ phí", "fee"),
        ("", "fee"),
    ],
)
def test_the_first_word_says_whether_it_is_a_fee_or_a_charge(text: str, kind: str) -> None:
    fee = {"MAPHILEPHI": "P1", "SOTIEN": "1000", "MOTA": text}
    assert [line["kind"] for line in amounts.read([("/f", fee)], Notes())] == [kind]


def test_codes_of_fees_lose_their_apostrophe_and_stay_unique() -> None:
    notes = Notes()
    fees = [
        ("/1", {"MAPHILEPHI": "'P1", "SOTIEN": "10000", "MOTA": "Phí A"}),
        ("/2", {"MAPHILEPHI": "P1", "SOTIEN": "10000", "MOTA": "Phí A"}),
        ("/3", {"MAPHILEPHI": "P1", "SOTIEN": "20000", "MOTA": "Phí B"}),
        ("/4", {"MAPHILEPHI": "", "SOTIEN": "30000", "MOTA": "Phí C"}),
        ("/5", {}),
    ]
    lines = amounts.read(fees, notes)
    assert [line["code"] for line in lines] == ["P1", "P1-02", "PLP-03"]
    assert [(r["before"], r["after"]) for r in notes.repairs] == [("'P1", "P1"), ("P1", "P1-02")]


def test_white_space_in_names_is_repaired_and_shown() -> None:
    reading = procedures.read(national(TENTTHC="Cấp giấy phép\n thử  nghiệm "))
    assert content(national(TENTTHC="Cấp giấy phép\n thử  nghiệm "))["name"] == "Cấp giấy phép thử nghiệm"
    assert reading.notes.repairs == [
        {
            "where": "/TENTTHC",
            "rule": "white-space",
            "before": "Cấp giấy phép\n thử  nghiệm ",
            "after": "Cấp giấy phép thử nghiệm",
        }
    ]


@pytest.mark.parametrize("more", [{"MATTHC": "abc"}, {"TENTTHC": " \n"}, {"MATTHC": None}])
def test_what_has_no_code_or_name_is_refused(more: dict[str, Any]) -> None:
    reading = procedures.read(national(**more))
    assert (reading.verdict, reading.content, len(reading.notes.faults)) == ("refused", None, 1)


def test_an_empty_procedure_shows_its_gaps_and_invents_nothing() -> None:
    bare = {"MATTHC": "1.000123", "TENTTHC": "Tách hộ", "CAPTHUCHIEN": [{"CAPTHUCHIEN": "3"}]}
    reading = procedures.read(bare)
    assert {gap["code"] for gap in reading.notes.gaps} == {
        "field-missing",
        "audience-missing",
        "channels-missing",
        "processing-time-missing",
        "papers-missing",
        "result-missing",
        "fees-missing",
    }
    taken = content(bare)
    assert (taken["processing_time"], taken["fees"], taken["channels"]) == (None, [], [])


def test_papers_of_a_case_are_not_required_of_everybody() -> None:
    cases = [
        {"TRUONGHOP": "Cấp mới", "GIAYTO": [{"MAGIAYTO": "A", "TENGIAYTO": "Đơn", "SOBANCHINH": "01"}]},
        {"TRUONGHOP": "Cấp lại", "GIAYTO": [{"MAGIAYTO": "A", "TENGIAYTO": "Đơn", "SOBANSAO": "hai"}]},
    ]
    papers = content(national(THANHPHANHOSO=cases))["papers"]
    assert [(p["code"], p["case"], p["required"], p["originals"]) for p in papers] == [
        ("A", "Cấp mới", False, 1),
        ("A-02", "Cấp lại", False, 0),
    ]


@pytest.mark.parametrize(
    ("name", "audience"),
    [
        ("Doanh nghiệp có vốn đầu tư nước ngoài", "business"),
        ("Hợp tác xã", "business"),
        ("Hộ kinh doanh", "household_business"),
        ("Người nước ngoài", "citizen"),
        ("Cán bộ, công chức, viên chức", "state_body"),
        ("Tổ chức (không bao gồm doanh nghiệp, HTX)", "other"),
        ("Tổ chức nước ngoài", "other"),
    ],
)
def test_audiences(name: str, audience: str) -> None:
    assert content(national(DOITUONGTHUCHIEN=[{"TENDOITUONG": name}]))["audiences"] == [audience]
