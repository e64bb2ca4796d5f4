"""Fees and charges that compute: a table of facts and figures, what always holds, the answers over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.fees.checks import incoherent
from services.catalog.fees.errors import FactsUnknown
from services.catalog.fees.quote import Facts, Uncomputable, computable, quote, usual
from services.catalog.fees.submission import frozen
from tests.unit.catalog.conftest import World

CASES = [{"code": "MOI", "name": "Cấp mới"}, {"code": "LAI", "name": "Cấp lại"}]
POOR = {"code": "HN", "name": "hộ nghèo", "percent": 50}
DISABLED = {"code": "NKT", "name": "người khuyết tật", "percent": 100}


def fee(**changes: Any) -> dict[str, Any]:
    """A charge of 8,000 đồng at submission, as a content of today stores it."""
    return {
        "code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 8000, "per": "dossier", "included": 0,
        "cases": [], "channels": [], "exemptions": [], "due_at": "submission", "refundable": False, **changes,
    }  # fmt: skip


def content(*fees: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"cases": CASES, "channels": ["counter", "online", "post"], "fees": list(fees), **changes}


PER_COPY = fee(per="copy")
BOTH = [POOR, DISABLED]
TABLE = [
    # line, facts, status, amount, words
    (fee(), Facts(), "due", 8000, "8.000 đồng"),
    (fee(amount=None), Facts(), "unknown", None, "Chưa có mức thu trong danh mục (không phải là 0 đồng)."),
    (PER_COPY, Facts(copies=3), "due", 24_000, "8.000 đồng × 3 bản = 24.000 đồng"),
    (PER_COPY, Facts(), "depends", None, "Còn tùy: số bản."),
    (fee(per="copy", included=2), Facts(copies=2), "due", 0, "2 bản, trong số 2 bản không thu thêm"),
    (fee(per="copy", included=2), Facts(copies=5), "due", 24_000,
     "8.000 đồng × 3 bản (5 bản, trừ 2 bản không thu thêm) = 24.000 đồng"),
    (fee(cases=["MOI"]), Facts("MOI"), "due", 8000, "8.000 đồng"),
    (fee(cases=["MOI"]), Facts("LAI"), "not-applicable", None, "Không áp dụng: chỉ thu khi Cấp mới."),
    (fee(cases=["MOI"]), Facts(), "depends", None, "Còn tùy: trường hợp."),
    (fee(cases=["MOI", "LAI"]), Facts(), "due", 8000, "8.000 đồng"),
    (fee(channels=["online"]), Facts(channel="online"), "due", 8000, "8.000 đồng"),
    (fee(channels=["online"]), Facts(channel="post"), "not-applicable", None,
     "Không áp dụng: chỉ thu khi nộp trực tuyến."),
    (fee(channels=["online"], per="copy"), Facts(), "depends", None, "Còn tùy: số bản, cách nộp."),
    (fee(cases=["MOI"], channels=["online"]), Facts("LAI"), "not-applicable", None,
     "Không áp dụng: chỉ thu khi Cấp mới."),
    (fee(cases=["MOI"], amount=None), Facts("LAI"), "not-applicable", None,
     "Không áp dụng: chỉ thu khi Cấp mới."),
    (fee(exemptions=BOTH), Facts(exemptions=("HN",)), "due", 4000,
     "8.000 đồng; giảm 50 %: hộ nghèo, còn 4.000 đồng"),
    (fee(exemptions=BOTH), Facts(exemptions=("HN", "NKT")), "due", 0,
     "8.000 đồng; miễn 100 %: người khuyết tật"),
    (fee(exemptions=[POOR, {**POOR, "code": "NCT"}]), Facts(exemptions=("HN", "NCT")), "due", 4000,
     "8.000 đồng; giảm 50 %: hộ nghèo, còn 4.000 đồng"),
    (fee(amount=333, exemptions=[{**POOR, "percent": 10}]), Facts(exemptions=("HN",)), "due", 299,
     "333 đồng; giảm 10 %: hộ nghèo, còn 299 đồng"),
    (fee(amount=None, exemptions=BOTH), Facts(exemptions=("NKT",)), "unknown", None,
     "Chưa có mức thu trong danh mục (không phải là 0 đồng)."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "facts", "status", "amount", "words"), TABLE)
def test_facts_lead_to_a_figure_that_is_explained(
    line: dict[str, Any], facts: Facts, status: str, amount: int | None, words: str
) -> None:
    (found,) = quote(content(line), facts).lines
    assert (found.status, found.amount, found.explanation["vi"]) == (status, amount, words)
    assert found.explanation["en"]


def test_a_fee_is_kept_apart_from_a_charge_and_each_moment_from_the_others() -> None:
    quoted = quote(
        content(fee(), fee(code="PH-01", kind="fee", amount=2000), fee(code="LP-02", due_at="return")),
        Facts(),
    )
    assert quoted.sum().total == 18_000
    assert quoted.sum(due_at="submission").total == 10_000
    assert quoted.sum(due_at="submission", kind="fee").total == 2000
    assert (quoted.sum(due_at="acceptance").known, quoted.sum(due_at="acceptance").total) == (True, 0)


def test_what_is_not_known_leaves_the_total_open_with_the_least_that_it_will_be() -> None:
    quoted = quote(content(fee(), fee(code="LP-02", amount=None), PER_COPY), Facts())
    total = quoted.sum()
    assert (total.known, total.total, total.at_least) == (False, None, 16_000)
    assert quoted.missing == ["copies"]


def test_a_case_or_an_exemption_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(FactsUnknown) as refused:
        quote(content(fee(exemptions=BOTH)), Facts("XXX", exemptions=("HN", "YYY")))
    body = refused.value.body("en")
    assert [e["pointer"] for e in body["errors"]] == ["/case", "/exemptions/1"]
    assert body["errors"][0]["detail"] == (
        "The procedure has no case XXX. It has: MOI (Cấp mới), LAI (Cấp lại)."
    )
    assert body["cases"] == CASES
    assert [e["code"] for e in body["exemptions"]] == ["HN", "NKT"]


def test_contents_of_before_and_procedures_without_fees_can_be_quoted() -> None:
    old = {
        "code": "LP",
        "name": "Lệ phí",
        "kind": "charge",
        "amount": 5,
        "due_at": "return",
        "refundable": True,
    }
    assert quote({"fees": [old]}, Facts()).sum().total == 5
    assert quote({"fees": []}, Facts()).sum().total == 0


def test_the_lines_that_nobody_can_compute_are_named() -> None:
    assert computable(content(fee(), fee(code="PH-02", name="Phí", amount=None))) == [
        Uncomputable("PH-02", "Phí")
    ]
    assert computable(content()) == []


def test_cases_that_do_not_exist_and_codes_that_stand_twice_are_found() -> None:
    whole = content(fee(), fee(exemptions=[POOR, POOR]), papers=[{"code": "A", "cases": ["MOI", "XXX"]}])
    assert [(fault.code, fault.pointer) for fault in incoherent(whole)] == [
        ("case-unknown", "/papers/0/cases/1"),
        ("code-twice", "/fees/1/exemptions/1/code"),
        ("code-twice", "/fees/1/code"),
    ]
    assert incoherent(content(fee(cases=["MOI"]), papers=[])) == []


def test_a_list_shows_what_one_copy_costs_unless_that_depends() -> None:
    assert usual([PER_COPY, fee(per="copy", included=2)]) == 8000
    for line in (fee(amount=None), fee(cases=["MOI"]), fee(channels=["online"])):
        assert usual([fee(), line]) is None


def test_a_dossier_freezes_the_papers_of_its_case_and_the_lines_that_apply() -> None:
    papers = [{"code": "A"}, {"code": "B", "cases": ["MOI"]}, {"code": "C", "cases": ["LAI"]}]
    whole = content(fee(cases=["MOI"]), fee(code="LP-02", channels=["post"]), papers=papers)
    found = frozen(whole, Facts("LAI", 1, (), "online"))
    assert ([paper["code"] for paper in found["papers"]], found["fees"]) == (["A", "C"], [])
    assert (found["facts_missing"], found["cases"]) == ([], CASES)
    open_ = frozen(whole, Facts(None, 1, (), "online"))
    assert [paper["code"] for paper in open_["papers"]] == ["A", "B", "C"]
    assert [(line["code"], line["amount"]) for line in open_["fees"]] == [("LP-01", None)]
    assert open_["facts_missing"] == ["case"]
    papers_only = frozen(content(fee(), papers=papers), Facts(None, 1, (), "online"))
    assert papers_only["facts_missing"] == ["case"]


_CODES = ("E1", "E2", "E3")
_FEES = st.builds(
    fee,
    amount=st.none() | st.integers(0, 10**12),
    per=st.sampled_from(("dossier", "copy")),
    included=st.integers(0, 20),
    cases=st.lists(st.sampled_from(("MOI", "LAI")), unique=True),
    channels=st.lists(st.sampled_from(("counter", "online", "post")), unique=True),
    exemptions=st.lists(
        st.builds(
            lambda code, percent: {"code": code, "name": code, "percent": percent},
            st.sampled_from(_CODES),
            st.integers(1, 100),
        ),
        unique_by=lambda exemption: exemption["code"],
    ),
    due_at=st.sampled_from(("submission", "acceptance", "return")),
)
#: A line of no amount that knows every exemption, so that any may be claimed.
_ALL = fee(code="ALL", amount=0, exemptions=[{"code": c, "name": c, "percent": 1} for c in _CODES])
_CONTENTS = st.lists(_FEES, max_size=5).map(lambda fees: content(*fees, _ALL))
_FACTS = st.builds(
    Facts,
    st.sampled_from((None, "MOI", "LAI")),
    st.none() | st.integers(1, 1000),
    st.lists(st.sampled_from(_CODES)).map(tuple),
    st.sampled_from((None, "counter", "online", "post")),
)


@settings(max_examples=50)
@given(_CONTENTS, _FACTS)
def test_nothing_is_below_zero_and_unknown_is_never_a_figure(whole: dict[str, Any], facts: Facts) -> None:
    quoted = quote(whole, facts)
    for line in quoted.lines:
        assert line.at_least >= 0
        assert line.amount is None or line.amount == line.at_least
        assert (line.amount is not None) == (line.status == "due")
        assert line.fee["amount"] is not None or line.status != "due"
    certain = all(line.status in ("due", "not-applicable") for line in quoted.lines)
    assert (quoted.sum().total is not None) == certain


@settings(max_examples=50)
@given(_CONTENTS, _FACTS)
def test_an_exemption_never_raises(whole: dict[str, Any], facts: Facts) -> None:
    without = quote(whole, Facts(facts.case, facts.copies, (), facts.channel)).sum()
    assert quote(whole, facts).sum().at_least <= without.at_least


@settings(max_examples=50)
@given(_CONTENTS, _FACTS, st.integers(1, 500), st.integers(0, 500))
def test_more_copies_are_never_cheaper(whole: dict[str, Any], facts: Facts, copies: int, more: int) -> None:
    few, many = (
        quote(whole, Facts(facts.case, n, facts.exemptions, facts.channel)).sum()
        for n in (copies, copies + more)
    )
    assert few.at_least <= many.at_least


@settings(max_examples=50)
@given(_CONTENTS, _FACTS)
def test_what_is_certain_stays_certain_whatever_is_said_later(whole: dict[str, Any], facts: Facts) -> None:
    least = quote(whole, facts).sum().at_least
    said = Facts(facts.case or "MOI", facts.copies or 1, facts.exemptions, facts.channel or "online")
    assert least <= quote(whole, said).sum().at_least


@pytest.mark.anyio
async def test_anyone_asks_what_it_costs(world: World) -> None:
    path = "/v1/procedures/9.000048/fee-quote"
    told = (await world.client.post(path, json={"copies": 3, "exemptions": ["NCT"]})).json()
    assert told["lines"][0]["explanation"]["vi"] == (
        "8.000 đồng × 3 bản = 24.000 đồng; giảm 50 %: người cao tuổi, còn 12.000 đồng"
    )
    assert told["total"] == {"known": True, "total": 12_000, "at_least": 12_000}
    assert told["due"][0]["charge"]["total"] == 12_000
    nothing_said = (await world.client.post(path)).json()
    assert (nothing_said["missing"], nothing_said["total"]["at_least"]) == (["copies"], 8000)
    assert nothing_said["number"] == 1


@pytest.mark.anyio
async def test_online_is_cheaper_and_a_wrong_case_is_told_which_there_are(world: World) -> None:
    path = "/v1/procedures/9.000014/fee-quote"
    for channel, total in (("counter", 135_000), ("online", 115_000)):
        told = (await world.client.post(path, json={"channel": channel})).json()
        assert told["total"]["total"] == total
    refused = await world.client.post(path, json={"case": "KHAC"})
    assert (refused.status_code, refused.json()["code"]) == (422, "facts-unknown")
    assert [case["code"] for case in refused.json()["cases"]] == ["DOI", "MAT"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [{"copies": 0}, {"copies": 10**9}, {"channel": "fax"}, {"on": "1800-01-01"}, {"x": 1}, []]
)
async def test_a_question_that_makes_no_sense_is_refused(world: World, body: Any) -> None:
    answer = await world.client.post("/v1/procedures/9.000048/fee-quote", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


@pytest.mark.anyio
async def test_a_procedure_that_is_not_in_force_that_day_has_no_quote(world: World) -> None:
    for code, body in (("9.999999", {}), ("9.000048", {"on": "2019-01-01"})):
        assert (await world.client.post(f"/v1/procedures/{code}/fee-quote", json=body)).status_code == 404
