"""What leaders look at, on the synthetic year 2020: figures, targets, ranks, explanations, files."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from datetime import date
from typing import Any

import httpx

from deploy.demo.closing import ClosingWalk
from deploy.demo.district import DISTRICT
from deploy.demo.files import FilesWalk
from deploy.demo.people import Person, everybody
from deploy.demo.story import Story
from kit import tabular

YEAR = {"from": "2020-01-01", "to": "2020-12-24"}
#: What the province's report of 2020 says; only what the synthetic year adds is made up.
RECEIVED, ONLINE, ELIGIBLE = 365_040, 11_852, 38_232
NAMED = {
    "000.00.11.H28": 45,
    "000.00.13.H28": 37,
    "000.00.14.H28": 28,
    "000.00.35.H28": 79,
    "000.00.38.H28": 61,
    "000.00.31.H28": 38,
}
CELLS = {
    ("province", 3): 214,
    ("province", 4): 509,
    ("district", 3): 35,
    ("district", 4): 61,
    ("commune", 3): 15,
    ("commune", 4): 23,
}


class ReportsWalk:
    def __init__(self, public_url: str) -> None:
        self.story, self._url = Story(), public_url
        people = (Person(self.story, public_url) for _ in range(5))
        self.anyone, self.officer, self.leader, self.province, self.auditor = people
        self._mark = secrets.token_hex(2)

    def run(self) -> None:
        """Raises StepFailedError at the first step that does not hold."""
        today = self.year()
        people = {
            "luong-son.hoang": self.officer,
            "son.nguyen": self.leader,
            "long.bui": self.province,
            "kiem.ha": self.auditor,
        }
        everybody(self.story, people)
        self.bodies()
        self.provision()
        self.explain()
        self.targets()
        self.attainment()
        self.league()
        self.score()
        ClosingWalk(self.story, self._url, self.anyone, self.leader, self.province).run(today)
        FilesWalk(self.story, self.anyone).run()
        self.recount()
        self.dashboard()

    def _ask(self, person: Person, report: str, **params: Any) -> dict[str, Any]:
        answer = person.get(f"/v1/reports/{report}", params=params)
        self.story.expect(answer.is_success, answer.text[:300])
        found: dict[str, Any] = answer.json()
        return found

    def year(self) -> date:
        """The last day that the figures are as of, by the system's clock."""
        story = self.story
        story.step("Năm 2020: một tử số, hai mẫu số | the year 2020: one numerator, two denominators")
        found = self._ask(self.anyone, "online-share", **YEAR)
        values = found["total"]["values"]
        story.expect(
            found["synthetic"] and values["received"] >= RECEIVED,
            "chưa có năm 2020: hãy chạy make seed-2020 trước | needs make seed-2020",
        )
        more = values["received"] - RECEIVED
        story.expect(0 <= values["online"] - ONLINE <= more, f"{values}")
        story.expect(0 <= values["eligible"] - ELIGIBLE <= more, f"{values}")
        beside = f", trong đó {more} hồ sơ của hệ thống đang chạy" if more else ""
        story.tell(
            f"{number(values['online'])} trực tuyến / {number(values['received'])} đã tiếp nhận{beside}"
            f" = {percent(values['share_all'], 2)}; / {number(values['eligible'])} thuộc mức độ 3, 4"
            f" = {percent(values['share_eligible'], 2)}"
        )
        shares = [round(values[name], 4) for name in ("share_all", "share_eligible")]
        story.expect(more or shares == [0.0325, 0.31], f"{values}")
        story.tell(*(f"{name}: {found['definition'][name]}" for name in ("numerator", "denominator")))
        return date.fromisoformat(found["as_of"][:10])

    def bodies(self) -> None:
        story = self.story
        story.step("Các cơ quan mà báo cáo nêu tên | the bodies that the report names")
        found = self._ask(self.anyone, "online-share", **YEAR, group_by="child")
        rows = {row["key"]: row for row in found["rows"]}
        for code, wanted in NAMED.items():
            value = rows[code]["values"]["share_eligible"]
            story.tell(f"{rows[code]['name']}: {percent(value, 1)}")
            story.expect(wanted - 1 < 100 * value < wanted + 1, f"{code}: {value}, không phải {wanted} %")
        of_all = found["total"]["values"]
        added = sum(row["values"]["received"] for row in found["rows"])
        story.expect(added == of_all["received"], f"các dòng cộng lại {added}, tổng {of_all}")

    def provision(self) -> None:
        story = self.story
        story.step("Dịch vụ công theo cấp và mức độ | services by level of government and online level")
        found = self._ask(self.anyone, "provision")
        cells = {(c["government_level"], c["online_level"]): c["count"] for c in found["cells"]}
        for key, wanted in CELLS.items():
            story.tell(f"{key[0]}, mức độ {key[1]}: {cells.get(key, 0)} (báo cáo: {wanted})")
            story.expect(cells.get(key, 0) >= wanted, f"{key}: {cells.get(key)}, không phải {wanted}")
        story.tell(
            f"cộng các ô {found['cells_total']['online']}, mỗi thủ tục một lần {found['distinct']['online']}"
        )
        for said in found["stated"]:
            if said["dimension"] == "total" and said["unit"] == "procedures":
                story.tell(f"nguồn nêu {said['value']:.0f}: ghi riêng, không ép cho khớp")

    def explain(self) -> None:
        story = self.story
        story.step("Vì sao ô này là số này: được tính, bị loại, lý do | why a cell is what it is")
        asked = {**YEAR, "agency": DISTRICT}
        report = self._ask(self.anyone, "online-share", **asked)["total"]["values"]
        public = self._ask(self.anyone, "online-share/explain", **asked, part="excluded")
        story.expect(
            (public["numerator"], public["denominator"]) == (report["online"], report["received"]),
            f"{public['numerator']}/{public['denominator']} khác báo cáo {report}",
        )
        story.expect(not public["items"] and public["hidden"], "không đăng nhập mà thấy từng hồ sơ")
        story.tell(*(f"{each['part']}: {number(each['count'])} {each['text']}" for each in public["parts"]))
        own = self._ask(self.officer, "online-share/explain", **asked, part="excluded", limit=1)
        item = own["items"][0]
        story.tell(f"cán bộ huyện thấy {item['code']}: {item['text']}")
        other = self._ask(self.officer, "online-share/explain", **{**asked, "agency": "000.00.38.H28"})
        story.expect(not other["items"], "cán bộ huyện này thấy hồ sơ của huyện khác")
        line = self._ask(self.auditor, "online-share/explain", **YEAR, part="numerator", limit=1)
        story.expect(line["items"] and not line["hidden"], "thanh tra phải thấy tất cả")

    def targets(self) -> None:
        story = self.story
        story.step(
            "Chỉ tiêu từ tệp Excel: lỗi theo ô, thử, rồi ghi | targets from a sheet: tried, then taken"
        )
        heading = ["Mã cơ quan", "Chỉ tiêu", "Năm", "Giá trị", "Quyết định", "Ngày", "Biện pháp", "Hạn"]
        said = ["Hồ sơ trực tuyến", 2020, 0.2, "2566/QĐ-UBND", date(2020, 10, 23)]
        measure = f"Hướng dẫn nộp trực tuyến tại quầy ({self._mark})"
        rows: list[list[Any]] = [heading, [DISTRICT, *said, measure, date(2020, 12, 31)]]
        wrong = self._import([heading, [33, *said, measure, None]], dry_run=True)
        story.expect(wrong.status_code == 422, wrong.text[:300])
        story.tell(*(f"{each.get('cell', '')}: {each['detail']}" for each in wrong.json()["errors"]))
        outcomes = []
        for dry_run in (True, False, False):
            answer = self._import(rows, dry_run=dry_run)
            story.expect(answer.is_success, answer.text[:300])
            outcomes.append(answer.json()["items"][0]["outcome"])
        story.tell(f"thử: {outcomes[0]}; ghi: {outcomes[1]}; cùng tệp lần nữa: {outcomes[2]}")
        story.expect(outcomes[0] == outcomes[1] != "unchanged" == outcomes[2], f"{outcomes}")

    def _import(self, rows: list[list[Any]], *, dry_run: bool) -> httpx.Response:
        return self.province.send(
            "POST",
            "/v1/targets/imports",
            params={"dry_run": dry_run},
            files={"file": ("chi-tieu.xlsx", tabular.as_xlsx(rows), tabular.XLSX)},
        )

    def attainment(self) -> None:
        story = self.story
        story.step("Còn thiếu bao nhiêu, dự báo, đường ngắn nhất | what is lacking, forecast, shortest way")
        found = self._ask(self.anyone, "attainment", period="2020")
        own = next(row for row in found["rows"] if row["agency"] == DISTRICT)
        story.tell(
            f"{own['name']}: {percent(own['value'], 2)}, chỉ tiêu {percent(own['target'], 0)}"
            f" ({own['decision']}): thiếu {number(own['lacking'])} hồ sơ",
            f"biện pháp: {own['measures'][0]['text']}, hạn {own['measures'][0]['due_on']}",
        )
        story.expect(self._mark in own["measures"][0]["text"], f"{own['measures']}")
        target, received, online = own["target"], own["received"], own["online"]
        reached = online + own["lacking"] >= target * received > online + own["lacking"] - 1
        story.expect(reached, f"{own['lacking']} không phải là số nhỏ nhất")
        if found["forecast"]:
            story.tell(found["forecast"]["text"])
        way = self._ask(self.anyone, "shortest-way", period="2020", agency=DISTRICT, limit=3)
        story.expect(way["lacking"] == own["lacking"], f"{way['lacking']} khác {own['lacking']}")
        story.tell(
            *(f"{s['name']}, {s['procedure']}: {s['dossiers']} hồ sơ nộp trực tiếp" for s in way["steps"])
        )
        story.tell(f"cần {way['needed']} thủ tục × cơ quan" if way["needed"] else "tất cả cũng chưa đủ")

    def league(self) -> None:
        story = self.story
        story.step("Bảng xếp hạng; bằng nhau thì cùng hạng | the league table")
        found = self._ask(self.anyone, "league-table", period="2020-Q3", of="district")
        ranked = [row for row in found["rows"] if row["rank"]]
        for row in ranked[:3]:
            arrow = {True: "▲", False: "▼"}.get((row["change"] or 0) > 0) if row["change"] else "="
            story.tell(
                f"{row['rank']}. {row['name']}: {percent(row['value'], 1)} {arrow}, điểm {row['score']}"
            )
        values = [row["value"] for row in ranked]
        story.expect(values == sorted(values, reverse=True), f"{values}")
        few = self._ask(self.anyone, "league-table", period="2020-Q3", of="commune", minimum=10_000)
        story.expect(all(row["reason"] == "few" for row in few["rows"]), "ít hồ sơ mà vẫn có hạng")

    def score(self) -> None:
        story = self.story
        story.step("Điểm 766: tính được gì, không tính được gì | the score of QĐ 766")
        found = self._ask(self.anyone, "score-766", period="2020")
        for group in found["groups"]:
            points = "chưa tính được" if group["points"] is None else group["points"]
            story.tell(f"{group['title']}: {points} / {group['possible']} (trong {group['weight']})")
        indicators = [each for group in found["groups"] for each in group["indicators"]]
        left_out = [each for each in indicators if not each["computable"]]
        story.tell(*(f"không tính: {each['id']} {each['title']}: {each['why_not']}" for each in left_out[:3]))
        total = found["total"]
        story.tell(f"tổng {total['points']} trên {total['possible']} tính được")
        story.expect(all(each["points"] is None and each["why_not"] for each in left_out), f"{left_out}")
        story.expect("5.1-5.3" in total["not_computable"], f"{total}")
        story.expect("3.1" not in total["not_computable"], "danh mục không trả lời")

    def recount(self) -> None:
        story = self.story
        story.step("Đếm lại tất cả; kiểm tra nhật ký và bản chốt | recount; verify logs and closings")
        for command in ("recount", "verify"):
            done = subprocess.run(
                [sys.executable, "-m", "deploy", command], capture_output=True, text=True, check=False
            )
            story.tell(*done.stdout.splitlines()[-6:], *done.stderr.splitlines()[-3:])
            story.expect(done.returncode == 0, f"deploy {command}: {done.returncode}")

    def dashboard(self) -> None:
        story = self.story
        story.step("Trang cho lãnh đạo | the page that leaders look at")
        page = self.anyone.get("/dashboard")
        story.expect(page.is_success and "<html" in page.text, page.text[:200])
        named = set(re.findall(r'(?:src|href)="(/dashboard/[^"#]+)"', page.text))
        files = [self.anyone.client.get(path) for path in named]
        story.expect(files and all(each.is_success for each in files), f"{named}")
        story.tell(f"{self._url}/dashboard, cùng {len(files)} tệp của chính hệ thống")


def number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def percent(share: float, places: int) -> str:
    return f"{100 * share:.{places}f} %".replace(".", ",")
