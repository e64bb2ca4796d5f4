"""Lists as staff ask for them, and what is said of what nobody can be asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.dossier.conftest import CONSTRUCTION, FORM, World, procedure
from tests.unit.dossier.test_life import brought_to, headers, take

pytestmark = pytest.mark.anyio


async def _listed(world: World, **params: str) -> dict[str, dict[str, Any]]:
    answer = await world.client.get(
        "/v1/dossiers", params={"limit": "200", **params}, headers=headers(world, "officer")
    )
    assert answer.status_code == 200, answer.text
    return {item["id"]: item for item in answer.json()["items"]}


async def test_what_is_overdue(world: World) -> None:
    late, closed = await brought_to(world, "in_progress"), await brought_to(world, "returned")
    unpromised = await brought_to(world, "submitted")
    world.clock.set("2020-11-02T17:01")
    young = await brought_to(world, "accepted")
    overdue, other = await _listed(world, overdue="true"), await _listed(world, overdue="false")
    assert late["id"] in overdue.keys() - other.keys()
    assert {closed["id"], unpromised["id"], young["id"]} <= other.keys() - overdue.keys()
    assert all(row["late"] for row in overdue.values())
    counts = await world.client.get(
        "/v1/dossiers/counts", params={"overdue": "true"}, headers=headers(world, "officer")
    )
    assert sum(counts.json()["by_status"].values()) == counts.json()["late"] > 0


async def test_a_row_names_the_applicant_and_masks_the_number(world: World) -> None:
    dossier = await world.submitted()
    row = (await _listed(world))[dossier["id"]]
    assert row["applicant"] == {"name": "Nguyễn Thị An", "paper_number": "********0001"}


@pytest.mark.parametrize(
    ("path", "role", "params", "wrong"),
    [
        ("dossiers", "officer", {"overdu": "true"}, "overdu"),
        ("dossiers", "owner", {"limit": "2", "offset": "4"}, "offset"),
        ("dossiers", "officer", {"due_before": "2020-11-02T17:00:00"}, "due_before"),
        ("dossiers", "officer", {"due_before": "9999-12-31T23:00:00-07:00"}, "due_before"),
        ("dossiers", "officer", {"submitted_to": "9999-12-31"}, "submitted_to"),
        ("dossiers", "officer", {"submitted_from": "0001-01-01"}, "submitted_from"),
        ("dossiers", "officer", {"limit": "201"}, "limit"),
        ("dossiers/counts", "officer", {"state": "accepted"}, "state"),
        ("notices", "owner", {"unread": "1"}, "unread"),
        ("audit", "auditor", {"agent": "x"}, "agent"),
        ("audit", "auditor", {"from": "0001-01-01T00:00:00+07:00"}, "from"),
        ("intake-totals", "officer", {"day": "2020-10-26"}, "day"),
    ],
)
async def test_a_parameter_that_cannot_be_is_named(
    world: World, path: str, role: str, params: dict[str, str], wrong: str
) -> None:
    by = world.staff("auditor") if role == "auditor" else headers(world, role)
    answer = await world.client.get(f"/v1/{path}", params=params, headers=by)
    assert answer.status_code == 422, answer.text
    assert [error["parameter"] for error in answer.json()["errors"]] == [wrong]


async def test_pages_follow_one_another(world: World) -> None:
    made = [(await world.submitted("nhi"))["id"] for _ in range(3)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await world.client.get(
            "/v1/dossiers", params={"limit": "2", **cursor}, headers=world.citizen("nhi")
        )
        seen += [item["id"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        assert f"cursor={answer.json()['next']}" in answer.headers["Link"]
        cursor = {"cursor": answer.json()["next"]}
    assert seen == made[::-1]


def counter(**applicant: Any) -> dict[str, Any]:
    return {"procedure": "9.000002", "agency": CONSTRUCTION, "form": FORM, "channel": "counter",
            "applicant": {"kind": "citizen", "name": "Bùi Văn Quầy", **applicant}}  # fmt: skip


WRONG: list[tuple[dict[str, Any], str, str, str]] = [
    (counter(papers=[{"type": "personal_number", "number": "٠١٧٣٠٠٠٠٠٠٠١"}]), "paper_number",
     "/applicant/papers/0/number", "Số giấy tờ không đúng dạng của loại giấy tờ này."),
    (counter(papers=[{"type": "tax_code", "number": "५४००१२३४५६"}]), "paper_number",
     "/applicant/papers/0/number", "Số giấy tờ không đúng dạng của loại giấy tờ này."),
    (counter(name="A" * 201), "string_too_long", "/applicant/name", "Nhiều nhất 200 ký tự."),
    (counter(name=" "), "string_too_short", "/applicant/name", "Ít nhất 1 ký tự."),
    (counter(phone="x"), "string_pattern_mismatch", "/applicant/phone", "Không đúng dạng cần có."),
    (counter(name="A\x0b"), "value_error", "/applicant/name",
     "Giá trị có ký tự hoặc nội dung không dùng được."),
    ({**counter(), "form": {"a": [{"b": "\x00"}]}}, "value_error", "/form/a/0/b",
     "Giá trị có ký tự hoặc nội dung không dùng được."),
    ({**counter(), "papers": [{"paper": "GT-99", "copies": 1}]}, "paper-unknown", "/papers/0/paper",
     "Không có loại giấy tờ này"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "pointer", "words"), WRONG)
async def test_what_is_wrong_is_said_in_words_and_where(
    world: World, body: dict[str, Any], code: str, pointer: str, words: str
) -> None:
    by = {**world.staff("officer", CONSTRUCTION), "Idempotency-Key": f"wrong-{code}-{pointer}"}
    answer = await world.client.post("/v1/dossiers", json=body, headers=by)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"code": code, "detail": words, "pointer": pointer}]


async def test_unknown_officers_and_papers_are_pointed_at(world: World) -> None:
    world.catalogue["9.000004"] = procedure(code="9.000004", fees=[], papers=procedure()["papers"][2:])
    dossier = (await world.create(procedure="9.000004", submit=True)).json()
    unknown = await world.act(dossier, "assign", {"assignee": "nobody"}, headers(world, "leader"))
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/assignee"]
    asked = {"reason": "Thiếu", "items": [{"text": "Đơn", "paper": "GT-03"}, {"text": "?", "paper": "GT-99"}]}
    answer = await world.act(dossier, "request-supplement", asked, headers(world, "officer"))
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/items/1/paper"]


def _moments(answer: Any) -> list[str]:
    if isinstance(answer, dict):
        return [m for value in answer.values() for m in _moments(value)]
    if isinstance(answer, list):
        return [m for value in answer for m in _moments(value)]
    return [answer] if isinstance(answer, str) and answer[10:11] == "T" and answer[:2] == "20" else []


async def test_every_moment_is_vietnams(world: World) -> None:
    dossier = await brought_to(world, "supplement_requested")
    await take(world, dossier, "owner", "supplement")
    await take(world, dossier, "leader", "complete")
    result = None
    for path in ("", "/history", "/notes", "/notices", "/deadline", "/officers"):
        answer = await world.client.get(
            f"/v1/dossiers/{dossier['id']}{path}", headers=headers(world, "officer")
        )
        assert all(moment.endswith("+07:00") for moment in _moments(answer.json())), (path, answer.text)
        result = result or answer.json()["results"][0]["verification_code"]
    for path in (f"results/{result}", "dossiers", f"track/{dossier['code']}"):
        answer = await world.client.get(f"/v1/{path}", headers=headers(world, "officer"))
        assert _moments(answer.json())
        assert all(moment.endswith("+07:00") for moment in _moments(answer.json())), (path, answer.text)
