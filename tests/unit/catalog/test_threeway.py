"""Three texts that came from the same one: what differs, what conflicts, what is taken. Pure."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.content import Content
from services.catalog.national import threeway
from tests.unit.catalog.test_national import fee, national, paper


def content(**changes: Any) -> dict[str, Any]:
    return Content.model_validate(national("1.000001", **changes)).stored()


def fields(found: list[threeway.Difference]) -> dict[str, tuple[bool, bool]]:
    return {one.field: (one.conflict, one.settled) for one in found}


def test_only_what_the_national_database_changed_is_a_difference() -> None:
    base = content()
    theirs = content(name="Tên mới", fees=[fee(amount=70_000), fee("LP-02")], papers=[paper("GT-01", "Đơn")])
    ours = content(name="Tên của tỉnh", description="Của tỉnh", fees=[fee(amount=70_000)])
    found = threeway.difference(base, theirs, ours)
    assert fields(found) == {
        "name": (True, False),
        "fees/LP-01": (False, True),
        "fees/LP-02": (False, False),
        "papers/GT-02": (False, False),
    }
    assert threeway.undecided(found, {}) == ["name"]
    assert threeway.unknown(found, {"fees": "local", "steps": "local"}) == ["steps"]
    merged = threeway.merged(ours, theirs, found, {"name": "local", "fees/LP-02": "local"})
    assert (merged["name"], merged["description"]) == ("Tên của tỉnh", "Của tỉnh")
    assert [line["code"] for line in merged["fees"]] == ["LP-01"]
    assert [line["code"] for line in merged["papers"]] == ["GT-01"]


def test_what_the_national_database_does_not_have_stays_ours() -> None:
    templates = [{"name": "Mẫu", "sha256": "0" * 64}]
    ours = content(
        papers=[paper("GT-01", "Đơn", templates=templates, max_bytes=1000), paper("GT-02", "Bản vẽ")],
        fees=[fee(per="copy", included=1, due_at="return")],
        stages=[{"name": "Thẩm định", "hours": 8}],
    )
    theirs = content(fees=[fee(amount=1)], papers=[paper("GT-01", "Đơn mới"), paper("GT-02", "Bản vẽ")])
    merged = threeway.merged(ours, theirs, threeway.difference(content(), theirs, ours), {})
    assert merged["papers"][0]["name"] == "Đơn mới"
    assert (merged["papers"][0]["templates"], merged["papers"][0]["max_bytes"]) == (templates, 1000)
    assert [merged["fees"][0][name] for name in ("amount", "per", "due_at")] == [1, "copy", "return"]
    assert merged["stages"] == ours["stages"]


def test_a_paper_put_in_front_takes_no_other_papers_code() -> None:
    """Codes of papers go by place: the drawing would else get the form's template."""
    theirs = content(papers=[paper("GT-01", "Tờ khai"), paper("GT-02", "Đơn"), paper("GT-03", "Bản vẽ")])
    aligned = threeway.aligned(theirs, content())
    assert [(one["code"], one["name"]) for one in aligned["papers"]] == [
        ("GT-01-2", "Tờ khai"),
        ("GT-01", "Đơn"),
        ("GT-02", "Bản vẽ"),
    ]
    assert fields(threeway.difference(content(), aligned, content())) == {"papers/GT-01-2": (False, False)}


@st.composite
def texts(draw: st.DrawFn) -> dict[str, Any]:
    codes = draw(st.lists(st.sampled_from(["A1", "B2", "C3", "D4"]), unique=True))
    names = st.sampled_from(["Đơn", "Bản vẽ", "Tờ khai"])
    amounts = st.sampled_from([None, 0, 10_000])
    return content(
        name=draw(names),
        description=draw(names),
        papers=[paper(f"GT-{code}", draw(names)) for code in codes],
        fees=[fee(f"LP-{code}", draw(amounts)) for code in codes],
    )


@settings(max_examples=60, deadline=None)
@given(texts(), texts(), texts())
def test_whole_national_text_taken_is_the_national_text(
    base: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    """On an unedited procedure; on an edited one the chosen side stands, field by field, and what was taken
    is settled."""
    unedited = threeway.merged(base, theirs, threeway.difference(base, theirs, base), {})
    assert threeway.parts(unedited) == threeway.parts(theirs)
    found = threeway.difference(base, theirs, ours)
    merged = threeway.merged(ours, theirs, found, {})
    assert all(one.settled for one in threeway.difference(base, theirs, merged))
    kept = threeway.merged(ours, theirs, found, {one.field: "local" for one in found})
    assert kept == ours
    aligned = threeway.aligned(theirs, base)
    assert len({one["code"] for one in aligned["papers"]}) == len(theirs["papers"])
