"""A day's payments against the statements of provider and bank, and the close of the day."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import python_calamine
from sqlalchemy import event, text

from kit.clock import VIETNAM
from services.payment.ledger import commands as ledger
from services.payment.reconciliation.kinds import RULES, Kind
from services.payment.reconciliation.sheets import CSV, XLSX
from services.payment.status import Status
from tests import system
from tests.unit.payment.conftest import CENTRE, CONSTRUCTION, World
from tests.unit.payment.reconciling import (
    ACCOUNT,
    JUSTICE,
    PROVIDER,
    TOP,
    Day,
    a_day,
    as_csv,
    as_xlsx,
    in_bank,
    in_statement,
    payment,
    refund,
)

pytestmark = pytest.mark.anyio


async def plant(day: Day) -> dict[str, str]:
    """The nine differences of a day; kind → reference that it is about."""
    p, rows, bank = day.payments, day.provider, day.bank
    failed = payment(day.day, 900, status=Status.EXPIRED, provider_transaction=None, settled_at=None)
    tomorrow = datetime.combine(day.day + timedelta(days=1), datetime.min.time(), VIETNAM)
    late = payment(day.day, 901, settled_at=tomorrow + timedelta(minutes=3))
    await day.save(failed, late)
    rows += [in_statement(failed), in_statement(late)]
    bank += [in_bank(failed), in_bank(late)]
    del rows[10], bank[10]
    rows[20]["amount"] = 140_000
    rows.append(in_statement(p[40], transaction="GD-AGAIN"))
    bank[50]["account"] = ACCOUNT[CONSTRUCTION if p[51].resolving_agency == JUSTICE else JUSTICE]
    rows.append(in_statement(p[60], kind="refund", amount=50_000, transaction="HT-NOBODY"))
    rows[70] |= {"fee": 50_000, "charge": 100_000}
    rows.append(in_statement(p[80], amount="mot tram nghin"))
    return {
        "missing-here": failed.reference,
        "missing-there": p[10].reference,
        "amount": p[21].reference,
        "twice": p[40].reference,
        "late": late.reference,
        "wrong-body": p[51].reference,
        "refund-unknown": p[60].reference,
        "fee-kind": p[71].reference,
    }


async def test_two_hundred_payments_and_nine_differences(world: World) -> None:
    day = await a_day(world, 200)
    planted = await plant(day)
    assert (await day.put("bank", day.bank)).status_code == 200
    answer = await day.put("provider", day.provider)
    assert answer.status_code == 200, answer.text
    assert answer.json()["open"] == 9

    found = await day.found()
    assert sorted(one["kind"] for one in found) == sorted([*planted, "unreadable-row"])
    for one in found:
        assert one["proposal"]["text"] == RULES[Kind(one["kind"])].proposal["vi"]
        assert one["proposal"]["code"] == one["actions"][0]["action"]
        if one["kind"] != "unreadable-row":
            assert one["facts"].get("reference") == planted[one["kind"]], one
    facts = {one["kind"]: one["facts"] for one in found}
    assert (facts["amount"]["amount"], facts["amount"]["provider"]["amounts"]) == (150_000, [140_000])
    assert facts["unreadable-row"]["provider"]["row"] == len(day.provider) + 1
    assert facts["unreadable-row"]["provider"]["raw"]["amount"] == "mot tram nghin"
    assert facts["fee-kind"]["provider"]["fee"] == 50_000
    assert facts["late"]["provider"]["other_day"] == str(day.day + timedelta(days=1))

    before = await day.whole()
    for source, rows in (("provider", day.provider), ("bank", day.bank)):
        for form in (CSV, XLSX):
            assert (await day.put(source, rows, form)).json() == before
    assert await day.found() == found

    refused = await day.close()
    assert (refused.status_code, refused.json()["code"]) == (409, "differences-open")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "Còn 9 chênh lệch chưa có thao tác xử lý."
    assert [one["id"] for one in refused.json()["differences"]] == [one["id"] for one in found]
    for one in found[:-1]:
        assert (await day.act(one)).status_code == 200
    refused = await day.close()
    assert (refused.json()["open"], refused.json()["kinds"]) == (1, {found[-1]["kind"]: 1})
    assert (await day.act(found[-1])).status_code == 200
    closed = await day.close()
    assert closed.status_code == 200, closed.text
    assert (closed.json()["state"], closed.json()["open"]) == ("closed", 0)
    assert closed.json()["closed_by"] == f"staff:cashier@{TOP}"
    assert await day.events() == [
        "reconciliation.opened",
        *["reconciliation.imported"] * 2,
        *["reconciliation.acted"] * 9,
        "reconciliation.closed",
    ]


async def test_a_clean_day_has_no_difference_and_its_sums_are_the_ledgers(world: World) -> None:
    day = await a_day(world, 10)
    await day.put("bank", day.bank)
    whole = (await day.put("provider", day.provider)).json()
    assert (whole["differences"], whole["open"]) == ({}, 0)
    sums = {"payments": 10, "captured": 1_500_000, "refunded": 0, "net": 1_500_000}
    for side in ("ours", "provider", "bank"):
        assert {name: whole["totals"][side][name] for name in sums} == sums
    assert (await day.close()).status_code == 200


async def test_a_corrected_statement_keeps_what_was_done_about_what_is_still_there(world: World) -> None:
    day = await a_day(world)
    wrong = [{**row, "amount": 1_000} for row in day.provider[:2]] + day.provider[2:]
    await day.put("provider", wrong)
    first, second = await day.found()
    assert (await day.act(first, "written-to-provider", "công văn 12")).status_code == 200
    corrected = [{**wrong[0], "amount": 2_000}, *day.provider[1:]]
    assert (await day.put("provider", corrected)).json()["open"] == 0
    (still,) = await day.found()
    assert (still["id"], still["action"], still["note"]) == (
        first["id"],
        "written-to-provider",
        "công văn 12",
    )
    assert still["facts"]["provider"]["amounts"] == [2_000]

    assert (await day.act(second)).json()["code"] == "difference-gone"
    await day.put("provider", day.provider)
    assert await day.found() == []
    await day.put("provider", wrong)
    assert [(one["id"], one["action"]) for one in await day.found()] == [
        (first["id"], None),
        (second["id"], None),
    ]


async def test_a_closed_day_is_frozen(world: World) -> None:
    day = await a_day(world)
    await day.put("provider", day.provider[1:])
    (one,) = await day.found()
    await day.act(one, "carried-over", "")
    assert (await day.close()).status_code == 200
    closed = await day.whole()
    for answer in (
        await day.put("provider", day.provider),
        await day.act(one, "carried-over", "khác"),
        await day.close(),
        await day.call("POST", f"{day.id}/match"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "reconciliation-closed")
    report = (await day.report()).json()
    at = datetime.combine(day.day, datetime.min.time(), VIETNAM)
    async with world.app.state.database.transaction() as session:
        ledger.overpaid(session, day.payments[0], "AGAIN", 150_000, at)
    assert await day.whole() == closed
    assert (await day.report()).json() == report
    again = await day.call("POST", f"?day={day.day}&provider={PROVIDER}")
    assert (again.status_code, again.json()["id"]) == (200, closed["id"])


async def test_the_note_is_in_no_event(world: World) -> None:
    day = await a_day(world)
    await day.put("provider", day.provider[1:])
    await day.act((await day.found())[0], "ignored-with-reason", "Bà Nguyễn Thị An gọi điện")
    feed = await world.client.get(
        "/internal/events?limit=1000", headers=system.service_headers("gateway", world.clock)
    )
    assert "reconciliation.acted" in feed.text
    assert "Nguyễn" not in feed.text


async def test_close_needs_the_day_over_the_statement_and_the_version_seen(world: World) -> None:
    day = await a_day(world)
    assert (await day.close()).json()["code"] == "statement-missing"
    await day.put("provider", day.provider)
    assert (await day.close(version=1)).status_code == 412
    path = f"{day.id}/close"
    assert (await day.call("POST", path)).status_code == 428
    world.clock.set(f"{day.day}T23:59:00")
    early = await day.close()
    assert (early.status_code, early.json()["code"]) == (409, "day-not-over")
    world.clock.set(f"{day.day + timedelta(days=1)}T00:00:00")
    assert (await day.close()).status_code == 200


async def test_the_report_is_the_ledger_per_body(world: World) -> None:
    day = await a_day(world, 5)
    back = refund(day.payments[0])
    await day.save(back)
    async with world.app.state.database.transaction() as session:
        at = datetime.combine(day.day, datetime.min.time(), VIETNAM)
        ledger.refund(session, day.payments[0], back.id, back.lines, "HT1", at)
    report = (await day.report()).json()
    construction = {
        "agency": CONSTRUCTION, "name": "Sở Xây dựng", "payments": 3, "captured": 450_000, "fee": 300_000,
        "charge": 150_000, "overpaid": 0, "refunded": 50_000, "fee_refunded": 0, "charge_refunded": 50_000,
        "net": 400_000,
    }  # fmt: skip
    assert [row["agency"] for row in report["items"]] == [JUSTICE, CONSTRUCTION]
    assert report["items"][1] == construction
    async with world.app.state.database.transaction() as session:
        books = await session.scalar(
            text(
                "SELECT sum(CASE WHEN debit = 'held' THEN amount ELSE -amount END) FROM ledger_movement"
                " WHERE provider = :provider AND day = :day"
            ),
            {"provider": PROVIDER, "day": day.day},
        )
    assert report["total"]["net"] == books == (await day.whole())["totals"]["ours"]["net"] == 700_000

    as_text = await day.report(accept=CSV)
    assert as_text.content.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(as_text.content.decode("utf-8-sig"))))
    assert rows[2] == [str(cell) for cell in construction.values()]
    assert rows[3][1:5] == ["Tổng cộng", "5", "750000", "500000"]
    book = await day.report(accept=f"{XLSX}, */*;q=0.1")
    assert f'filename="doi-soat-{PROVIDER}-{day.day}.xlsx"' in book.headers["content-disposition"]
    cells = python_calamine.load_workbook(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert cells[2] == [*list(construction.values())[:2], *list(construction.values())[2:]]
    assert len(cells) == 4


async def test_who_sees_and_does_what(world: World) -> None:
    day = await a_day(world)
    await day.put("provider", day.provider[1:])
    (one,) = await day.found()
    for role, agency, reads, writes in (
        ("leader", TOP, 200, 200),
        ("cashier", CONSTRUCTION, 403, 403),
        ("leader", CENTRE, 403, 403),
        ("auditor", CENTRE, 200, 403),
        ("officer", TOP, 403, 403),
        ("citizen", TOP, 403, 403),
    ):
        headers = day.headers(role, agency)
        for path in (day.id, f"{day.id}/differences", f"{day.id}/events"):
            answer = await day.call("GET", path, headers=headers)
            assert answer.status_code == reads, (role, path, answer.text)
        body = {"action": "carried-over"}
        action = f"{day.id}/differences/{one['id']}/action"
        writing = [
            await day.call("POST", f"?day={day.day}&provider={PROVIDER}", headers=headers),
            await day.call("POST", action, json=body, headers=headers),
            await day.call("POST", f"{day.id}/match", headers=headers),
        ]
        assert [answer.status_code for answer in writing] == [writes] * 3, role
    refused = await day.call("GET", day.id, headers=day.headers("cashier", CONSTRUCTION))
    assert refused.json()["code"] == "province-only"
    assert refused.json()["detail"].endswith("GET /v1/reconciliations/{id}/report.")
    assert (await day.call("GET", day.id, headers={})).status_code == 401
    own = (await day.report("leader", CONSTRUCTION)).json()
    assert ([row["agency"] for row in own["items"]], own["total"]["captured"]) == ([CONSTRUCTION], 300_000)
    assert (await day.report("officer", CONSTRUCTION)).status_code == 403
    listed = await day.call("GET", "", headers=day.headers("leader", CONSTRUCTION))
    assert day.id[1:] in {item["id"] for item in listed.json()["items"]}


async def test_days_are_listed_page_by_page_latest_first(world: World) -> None:
    days = [await a_day(world, 1) for _ in range(3)]
    seen, path = [], "?limit=2"
    while path:
        answer = await days[0].call("GET", path)
        assert answer.status_code == 200, answer.text
        seen += [item["day"] for item in answer.json()["items"]]
        following = answer.json()["next"]
        path = f"?limit=2&cursor={following}" if following else ""
    assert seen == sorted(set(seen), reverse=True)
    assert {str(day.day) for day in days} <= set(seen)
    for bad in ("cursor=zzz", "limit=0", "provider=%00"):
        assert (await days[0].call("GET", f"?{bad}")).status_code == 422
    await days[0].put("provider", [{**row, "amount": "x"} for row in days[0].provider * 5])
    first = (await days[0].call("GET", f"{days[0].id}/differences?limit=4")).json()
    second = await days[0].found(f"limit=4&cursor={first['next']}")
    assert len({one["id"] for one in [*first["items"], *second]}) == 5


async def test_what_cannot_be_opened_or_sent(world: World) -> None:
    day = await a_day(world)
    for path, status, code in (
        ("?day=2020-10-99&provider=payment-platform", 422, "invalid-input"),
        ("?day=2031-01-01&provider=payment-platform", 422, "invalid-input"),
        ("?day=2020-10-26&provider=nobody", 404, "provider-unknown"),
        ("?provider=payment-platform", 422, "invalid-input"),
    ):
        answer = await day.call("POST", path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for content, form, status, code in (
        (b"%PDF", "application/pdf", 415, "statement-type"),
        (b"", CSV, 422, "statement-unreadable"),
        (b"a;b\n1;2\n", CSV, 422, "statement-unreadable"),
        (b"a;b\n1;2\n", XLSX, 422, "statement-unreadable"),
        (b"a" * (2 * 2**20 + 1), CSV, 413, "too-large"),
    ):
        answer = await day.put("provider", content, form)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await day.put("nobody", day.provider)).status_code == 422
    missing = await day.call("GET", f"/{uuid4()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "reconciliation-not-found")
    assert (await day.whole())["version"] == 1


async def test_a_large_file_comes_in_a_form(world: World) -> None:
    day = await a_day(world)
    headers = day.headers()
    path = f"{day.id}/statements/provider"
    padded = as_csv(day.provider) + b"\r\n" * 90_000
    for form, content in ((CSV, padded), (XLSX, as_xlsx(day.provider))):
        answer = await day.call("PUT", path, files={"file": ("a", content, form)}, headers=headers)
        assert answer.status_code == 200, answer.text
    assert (await day.whole())["version"] == 2
    for files in ({"other": ("a", padded, CSV)}, {"file": ("a", padded, "image/png")}):
        answer = await day.call("PUT", path, files=files, headers=headers)
        assert answer.status_code in (415, 422)


async def test_two_imports_at_once_come_one_after_the_other(world: World) -> None:
    day = await a_day(world, 20)
    answers = await asyncio.gather(
        *(day.put("provider", day.provider) for _ in range(3)), *(day.put("bank", day.bank) for _ in range(2))
    )
    assert {answer.status_code for answer in answers} == {200}
    whole = await day.whole()
    assert (whole["version"], len(whole["statements"]), whole["open"]) == (3, 2, 0)
    opened = await asyncio.gather(
        *(day.call("POST", f"?day={day.day}&provider={PROVIDER}") for _ in range(3))
    )
    assert {answer.status_code for answer in opened} == {200}


async def test_close_and_import_at_once(world: World) -> None:
    day = await a_day(world)
    version = (await day.put("provider", day.provider)).json()["version"]
    closed, put = await asyncio.gather(day.close(version), day.put("bank", day.bank))
    assert (closed.status_code, put.status_code) in ((200, 409), (412, 200))
    assert (await day.whole())["state"] == ("closed" if closed.status_code == 200 else "open")


async def test_an_import_costs_as_many_statements_however_many_rows(world: World) -> None:
    counted: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))

    async def cost(count: int) -> list[int]:
        day = await a_day(world, count)
        costs = []
        wrong = [{**row, "amount": 1_000 + n} for n, row in enumerate(day.provider)]
        for rows in (wrong, [{**row, "amount": 2_000} for row in wrong], day.provider, wrong):
            counted.clear()
            assert (await day.put("provider", rows)).status_code == 200
            costs.append(len(counted))
        counted.clear()
        await day.found()
        return [*costs, len(counted)]

    assert await cost(3) == await cost(100)
