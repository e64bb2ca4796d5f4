"""The page that leaders look at, in a real browser: by keyboard alone, on a phone and on a desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.walker import Walker

WIDTHS = pytest.mark.parametrize("width", [360, 1280])
LEADER = "long.bui"
YEAR = {"period": "2020"}
#: What may be transferred when the page is opened first.
MOST_BYTES = 300_000


def written(number: float) -> str:
    return f"{number:,.0f}".replace(",", ".")


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.2f}%".replace(".", ",")


def furthest(attainment: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = max(attainment["rows"], key=lambda row: row["gap"] or 0)
    return found


def short(name: str) -> str:
    return re.sub("^Ủy ban nhân dân ", "UBND ", name)


# What a leader wants to know, each within three steps


@WIDTHS
def test_the_body_furthest_below_its_target_and_what_it_lacks(visit: Open, width: int) -> None:
    walker = visit(width)
    row = furthest(walker.api("/v1/reports/attainment", **YEAR))
    tile = walker.page.locator(".tile", has_text="Xa chỉ tiêu nhất")
    expect(tile).to_contain_text(short(row["name"]))
    expect(tile).to_contain_text(f"thiếu {written(row['lacking'])} hồ sơ trực tuyến")
    assert walker.steps == 0
    walker.activate(tile.get_by_role("link"))
    expect(walker.page.locator("h1")).to_have_text(short(row["name"]))
    expect(walker.page.locator("#glance .lacking")).to_contain_text(written(row["lacking"]))
    assert walker.steps <= 3


@WIDTHS
def test_among_districts_too(visit: Open, width: int) -> None:
    walker = visit(width)
    rows = walker.api("/v1/reports/attainment", of="district", **YEAR)
    row = furthest(rows)
    walker.activate(walker.button("Huyện, thành phố"))
    walker.activate(walker.page.locator("#bodies summary", has_text="Xem dạng bảng"), "Space")
    first = walker.page.locator("#bodies tbody tr").first
    expect(first.locator("th")).to_have_text(short(row["name"]))
    expect(first).to_contain_text(written(row["lacking"]))
    assert walker.steps <= 3


@WIDTHS
def test_an_excluded_dossier_with_its_reason(visit: Open, width: int) -> None:
    walker = visit(width, login=LEADER)
    asked = {**YEAR, "part": "excluded", "limit": 20}
    explained = walker.api("/v1/reports/online-share/explain", **asked)
    fact = explained["items"][0]
    walker.activate(walker.button("Giải thích con số: Đúng theo lời văn"))
    dialog = walker.page.get_by_role("dialog")
    row = dialog.locator(".panel tbody tr").first
    expect(row).to_contain_text(fact["code"])
    expect(row).to_contain_text(fact["text"])
    for reason in explained["excluded"]:
        line = dialog.locator("tr", has_text=reason["text"]).first
        expect(line).to_contain_text(written(reason["count"]))
    assert walker.steps <= 3
    walker.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_without_a_login_sums_are_seen_and_single_dossiers_are_not(visit: Open) -> None:
    walker = visit()
    explained = walker.api("/v1/reports/online-share/explain", part="excluded", **YEAR)
    assert explained["items"] == []
    walker.activate(walker.button("Giải thích con số: Đúng theo lời văn"))
    dialog = walker.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{written(explained['hidden'])} hồ sơ ngoài quyền xem")
    link = dialog.get_by_role("link", name="Đăng nhập")
    assert "return_to=%2Fdashboard%3F" in (link.get_attribute("href") or "")
    expect(walker.page.locator("#unused")).to_contain_text("dành cho cán bộ")


# Both readings


@WIDTHS
def test_both_readings_stand_side_by_side_with_their_sums(visit: Open, width: int) -> None:
    walker = visit(width)
    total = walker.api("/v1/reports/attainment", **YEAR)["total"]
    everything, eligible = (walker.page.locator(".reading").nth(n) for n in (0, 1))
    expect(everything).to_contain_text("TẤT CẢ hồ sơ đã tiếp nhận")
    expect(everything.locator(".hero")).to_contain_text(percent(total["value"]))
    expect(everything.locator(".badge")).to_have_text("✓ Đạt" if total["reached"] else "✕ Chưa đạt")
    sums = f"{written(total['online'])} hồ sơ trực tuyến trên {written(total['received'])} hồ sơ"
    expect(everything).to_contain_text(sums)
    expect(eligible.locator(".hero")).to_have_text(percent(total["online"] / total["eligible"]))
    expect(eligible).to_contain_text(f"trên {written(total['eligible'])} hồ sơ")
    expect(eligible).to_contain_text("Không phải cách tính của chỉ tiêu")
    # They lie on two sides of the target: the page says so.
    assert total["value"] < total["target"] < total["online"] / total["eligible"]
    warning = walker.page.locator("#glance .warning")
    expect(warning).to_contain_text("Hai cách đọc, hai kết luận")
    expect(warning).to_contain_text(f"tỷ lệ là {percent(total['value'])}: chưa đạt")
    expect(walker.page.locator("#synthetic")).to_contain_text("Dữ liệu mô phỏng")


# The numbers are the API's


def _cells(page: Page, section: str) -> list[list[str]]:
    rows = page.locator(f"#{section} tbody tr").all()
    return [[cell.inner_text().split("\n")[0] for cell in row.locator("th, td").all()] for row in rows]


def test_every_bodys_numbers_are_the_apis(visit: Open) -> None:
    walker = visit()
    rows = walker.api("/v1/reports/attainment", of="department", **YEAR)["rows"]
    walker.page.locator("#bodies summary").click()
    shown = {row[0]: row[1:7] for row in _cells(walker.page, "bodies")}
    assert shown == {
        short(row["name"]): [
            written(row["received"]),
            written(row["online"]),
            percent(row["value"]),
            percent(row["online"] / row["eligible"] if row["eligible"] else None),
            "20%",
            written(row["lacking"]),
        ]
        for row in rows
    }


def test_league_months_and_way_are_the_apis(visit: Open) -> None:
    walker = visit()
    league = walker.api("/v1/reports/league-table", of="department", **YEAR)["rows"]
    assert [row[1:3] for row in _cells(walker.page, "league")] == [
        [short(row["name"]), percent(row["value"])] for row in league
    ]
    assert [row[0].split()[0] for row in _cells(walker.page, "league") if row[0][0].isdigit()] == [
        str(row["rank"]) for row in league if row["rank"]
    ]
    months = walker.api("/v1/reports/online-share", group_by="month", **YEAR)["rows"]
    walker.page.locator("#trend summary").click()
    assert [row[1:] for row in _cells(walker.page, "trend")] == [
        [written(values["received"]), written(values["online"]), *shares(values)]
        for values in (row["values"] for row in months)
    ]
    steps = walker.api("/v1/reports/shortest-way", **YEAR)["steps"][:10]
    assert [row[2:] for row in _cells(walker.page, "way")] == [
        [written(step["used"]), written(step["cumulative"])] for step in steps
    ]


def shares(values: dict[str, float]) -> list[str]:
    return [percent(values["share_all"]), percent(values["share_eligible"])]


def test_on_time_paid_and_provision_are_the_apis(visit: Open) -> None:
    walker = visit()
    on_time = walker.api("/v1/reports/on-time", group_by="channel", **YEAR)["total"]["values"]
    expect(walker.page.locator("#ontime .hero")).to_contain_text(percent(on_time["share_on_time"]))
    shown = walker.page.locator("#ontime dd").all_inner_texts()
    names = ("early", "on_time", "late", "overdue", "carried_over", "pending", "unscored")
    assert shown == [written(on_time[name]) for name in names]
    paid = walker.api("/v1/reports/paid-online", group_by="channel", **YEAR)["total"]["values"]
    expect(walker.page.locator("#paid .hero")).to_have_text(percent(paid["share_paid_online"]))
    cells = {
        (cell["government_level"], cell["online_level"]): cell["count"]
        for cell in walker.api("/v1/reports/provision")["cells"]
    }
    assert [row[1:] for row in _cells(walker.page, "provision")[:3]] == [
        [written(cells[level, 3]), written(cells[level, 4])] for level in ("province", "district", "commune")
    ]


def test_staff_see_which_services_have_few_dossiers(visit: Open) -> None:
    walker = visit(login=LEADER)
    asked = {"since": "2020-01-01", "at_most": 3, "limit": 50}
    items = walker.api("/v1/reports/services-without-dossiers", **asked)["items"][:10]
    assert [row[0] for row in _cells(walker.page, "unused")] == [item["procedure"]["name"] for item in items]


# Getting about


def test_the_address_holds_the_view(visit: Open) -> None:
    walker = visit()
    kind = walker.page.get_by_role("combobox", name="Theo", exact=True)
    walker.reach(kind)
    walker.page.keyboard.press("ArrowDown")
    walker.settled()
    assert kind.evaluate("element => element === document.activeElement"), "the focus stays where it was"
    expect(walker.page.locator("#covers")).to_contain_text("Quý 1 năm 2020 (01/01/2020 – 31/03/2020)")
    walker.activate(walker.button("Xã, phường, thị trấn"))
    assert "period=2020-Q1" in walker.page.url
    assert "of=commune" in walker.page.url
    walker.page.reload()
    walker.settled()
    expect(walker.page.locator("#covers")).to_contain_text("Quý 1 năm 2020")
    expect(walker.button("Xã, phường, thị trấn")).to_have_attribute("aria-pressed", "true")
    walker.page.go_back()
    walker.page.go_back()
    walker.settled()
    expect(walker.page.locator("#covers")).to_contain_text("Năm 2020 (01/01/2020 – 31/12/2020)")


def test_days_are_shown_when_somebody_asks_for_them(visit: Open) -> None:
    walker = visit(path="/dashboard?from=2020-02-01&to=2020-02-29")
    total = walker.api("/v1/reports/attainment", **{"from": "2020-02-01", "to": "2020-02-29"})["total"]
    expect(walker.page.locator(".reading.main")).to_contain_text(f"trên {written(total['received'])} hồ sơ")
    until = walker.page.get_by_label("Đến ngày", exact=True)
    until.fill("2020-01-31")
    walker.page.get_by_role("button", name="Xem", exact=True).click()
    assert "to=2020-02-29" in walker.page.url, "the last day may not be before the first"
    until.fill("2020-03-31")
    walker.activate(walker.page.get_by_role("button", name="Xem", exact=True))
    assert "to=2020-03-31" in walker.page.url


def test_from_the_province_to_a_commune_and_back(visit: Open) -> None:
    walker = visit()
    walker.activate(walker.button("Chọn cơ quan"))
    walker.page.keyboard.type("cao phong")
    walker.activate(walker.page.get_by_role("dialog").get_by_role("link", name="UBND huyện Cao Phong"))
    expect(walker.page.locator("h1")).to_have_text("UBND huyện Cao Phong")
    communes = walker.api("/v1/reports/attainment", agency="000.00.35.H28", of="commune", **YEAR)["rows"]
    tile = walker.page.locator(".tile", has_text="Xa chỉ tiêu nhất")
    expect(tile).to_contain_text(short(furthest({"rows": communes})["name"]))
    commune = next(row for row in communes if row["received"])
    walker.activate(walker.page.locator("#league").get_by_role("link", name=short(commune["name"])))
    expect(walker.page.locator("h1")).to_have_text(short(commune["name"]))
    expect(walker.page.locator(".compare")).to_be_hidden()
    walker.activate(walker.page.locator(".path").get_by_role("link", name="UBND huyện Cao Phong"))
    expect(walker.page.locator("h1")).to_have_text("UBND huyện Cao Phong")


def test_an_explanation_can_be_sent_to_somebody(visit: Open) -> None:
    walker = visit()
    walker.activate(walker.page.locator("#ontime .hero button"))
    title = walker.page.locator("#explained").inner_text()
    other = visit(path=walker.page.url.partition("127.0.0.1")[2].partition("/")[2].join(("/", "")))
    expect(other.page.get_by_role("dialog").locator("h2")).to_have_text(title)


def test_english(visit: Open) -> None:
    walker = visit()
    walker.page.get_by_role("link", name="English").click()
    walker.settled()
    expect(walker.page.locator("html")).to_have_attribute("lang", "en")
    total = walker.api("/v1/reports/attainment", **YEAR)["total"]
    expect(walker.page.locator(".reading.main")).to_contain_text(f"of {total['received']:,} received")
    walker.activate(walker.button("Explain this figure: By the target's own words"))
    expect(walker.page.get_by_role("dialog")).to_contain_text("Share of dossiers received online")


# What may go wrong


def test_a_period_without_dossiers_says_so(visit: Open) -> None:
    walker = visit(path="/dashboard?period=2016")
    for section in ("glance", "bodies", "league", "trend", "way"):
        expect(walker.page.locator(f"#{section}")).to_contain_text("Chưa có hồ sơ nào được tiếp nhận")


def test_one_report_that_fails_leaves_the_others(visit: Open) -> None:
    walker = visit()
    body = '{"title": "Dịch vụ tạm nghỉ", "status": 503, "code": "neighbour-unavailable"}'
    walker.page.route("**/league-table*", lambda route: route.fulfill(status=503, body=body))
    walker.page.reload()
    walker.settled()
    expect(walker.page.locator("#league")).to_contain_text("Tạm thời chưa lấy được số liệu này")
    expect(walker.page.locator("#bodies canvas")).to_be_visible()
    walker.page.unroute("**/league-table*")
    walker.activate(walker.page.locator("#league").get_by_role("button", name="Thử lại"))
    expect(walker.page.locator("#league table")).to_be_visible()
    assert [complaint for complaint in walker.complaints if "503" not in complaint] == []
    walker.complaints.clear()


def test_an_address_that_makes_no_sense_is_explained(visit: Open) -> None:
    walker = visit(path="/dashboard?agency=000.99.99.H28")
    expect(walker.page.locator("#glance .failure")).to_be_visible()
    assert all("404" in complaint for complaint in walker.complaints)
    walker.complaints.clear()


# For everybody, everywhere


@WIDTHS
@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing(visit: Open, width: int, language: str) -> None:
    walker = visit(width, f"/dashboard?lang={language}", login=LEADER)
    page = walker.page
    assert _violations(page) == []
    for summary in page.locator("summary").all():
        summary.click()
    assert _violations(page) == []
    page.locator(".reading.main button.figure").click()
    walker.settled()
    assert _violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#provision button.figure").first.click()
    walker.settled()
    assert _violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#body-picker button").click()
    walker.settled()
    assert _violations(page) == []


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@WIDTHS
def test_nothing_is_wider_than_the_screen(visit: Open, width: int) -> None:
    walker = visit(width)
    assert walker.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_load_is_small(visit: Open) -> None:
    walker = visit()
    context = walker.page.context.browser
    assert context is not None
    page = context.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    fresh = Walker(page, walker.page.url)
    page.goto(walker.page.url)
    fresh.settled()
    page.context.close()
    assert len(sizes) > 20
    print(f"first load: {sum(sizes):,.0f} bytes in {len(sizes)} answers")
    assert sum(sizes) <= MOST_BYTES


def test_it_prints(visit: Open) -> None:
    walker = visit()
    pdf = walker.page.pdf(format="A4", print_background=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pdf.startswith(b"%PDF-")
    assert 2 <= pages <= 8
