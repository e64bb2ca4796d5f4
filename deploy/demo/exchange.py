"""What comes into the catalogue from outside, and what is counted of it: Excel, national changes, figures."""

from __future__ import annotations

import io
from typing import Any

import httpx
import xlsxwriter

from deploy.demo.people import Person
from deploy.demo.story import Story

WHY = "Quyết định công bố của Chủ tịch UBND tỉnh"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Exchange:
    """`mark`: four digits of this walk, in the codes that it makes."""

    def __init__(self, story: Story, editor: Person, officer: Person, portal_url: str, mark: str) -> None:
        self.story, self.editor, self.officer, self._mark = story, editor, officer, mark
        self._portal = httpx.Client(base_url=portal_url, timeout=40, trust_env=False)

    def run(self) -> None:
        """Raises StepFailedError."""
        self.transfer()
        self.national()
        self.provision()

    def transfer(self) -> None:
        story = self.story
        story.step("Nhập từ Excel: chạy thử, dòng lỗi, chạy thật, chạy lại | import from Excel")
        template = self.editor.get("/v1/procedures/imports/template.xlsx")
        story.expect(template.is_success, template.text[:200])
        sheet = _sheet(self._mark)
        outcomes = []
        for options in ({"dry_run": "true"}, {}, {}):
            job = self._import(sheet, {"reason": WHY, **options})
            outcomes.append({name: n for name, n in job["counts"].items() if n})
        story.tell(*(f"{outcome}" for outcome in outcomes))
        wanted = [{"created": 2, "refused": 1}, {"created": 2, "refused": 1}, {"unchanged": 2, "refused": 1}]
        story.expect(outcomes == wanted, f"{outcomes}")
        report = self.editor.get(job["links"]["report"])
        story.expect(report.is_success and report.content[:2] == b"PK", "báo cáo không phải XLSX")
        story.step("Xuất rồi nhập lại: không đổi gì | exported and imported again: nothing changes")
        asked = self.editor.send("POST", "/v1/procedures/exports", json={"format": "jsonl", "field": "HT01"})
        done = self._wait(asked)
        content = self.editor.get(done["links"]["content"]).content
        back = self._import(content, {"reason": WHY}, "application/jsonl", "thu-tuc.jsonl")
        story.expect({name for name, n in back["counts"].items() if n} == {"unchanged"}, f"{back['counts']}")
        story.tell(f"{back['counts']['unchanged']} thủ tục, không thủ tục nào đổi")

    def _import(
        self, content: bytes, options: dict[str, str], kind: str = _XLSX, name: str = "thu-tuc.xlsx"
    ) -> dict[str, Any]:
        files = {"file": (name, content, kind)}
        return self._wait(self.editor.send("POST", "/v1/procedures/imports", params=options, files=files))

    def _wait(self, asked: httpx.Response) -> dict[str, Any]:
        self.story.expect(asked.status_code == 202, asked.text[:300])
        path, job = asked.headers["Location"], {"state": ""}

        def over() -> bool:
            job.update(self.editor.client.get(path).json())
            return job["state"] not in ("queued", "running")

        self.story.until(over, f"{path} không xong", seconds=60)
        self.story.expect(job["state"] == "done", f"{job}")
        return job

    def national(self) -> None:
        story = self.story
        story.step("Bốn thủ tục quốc gia mới vào danh mục | four national procedures are taken in")
        codes = [f"1.6{self._mark}{n}" for n in range(4)]
        for code in codes:
            self._portal.post("/_mock/procedures", json=_national(code)).raise_for_status()
        self._sync()
        path = f"/v1/procedures/{codes[0]}"
        seen = self.editor.get(path)
        fee = {**seen.json()["content"]["fees"][0], "amount": 60_000}
        self.editor.client.headers["If-Match"] = f'"{seen.json()["version"]}"'
        draft = self.editor.send("PATCH", f"{path}/draft", json={"fees": [fee]})
        del self.editor.client.headers["If-Match"]
        self.editor.send("POST", f"{path}/publish", version=draft, json={"reason": WHY})
        story.step("Quốc gia đổi: lệ phí, giấy tờ, tên, bãi bỏ: bốn đề xuất | four changes, four proposals")
        changes = (
            {"fee": 120_000},
            {"paper": {"name": "Bản vẽ"}},
            {"name": f"Cấp giấy thử {self._mark} (đổi tên)"},
        )
        for code, change in zip(codes, changes, strict=False):
            self._portal.post(f"/_mock/procedures/{code}/change", json=change).raise_for_status()
        self._portal.post(f"/_mock/procedures/{codes[3]}/withdraw").raise_for_status()
        self._sync()
        waiting = self._waiting(codes)
        story.tell(*(f"{p['procedure']['code']}: {p['kind']}, {p['conflicts']} chỗ hai bên cùng sửa"
                     for p in waiting.values()))  # fmt: skip
        story.expect(len(waiting) == 4 and waiting[codes[0]]["conflicts"] == 1, f"{waiting}")
        for place, action in ((1, "accept"), (2, "accept"), (3, "reject"), (0, "reject")):
            self._decide(waiting[codes[place]], action)
        self._sync()
        story.expect(not self._waiting(codes), "điều đã từ chối lại được đề xuất")
        story.tell("đồng bộ lại: điều đã từ chối không được đề xuất nữa")

    def _sync(self) -> None:
        started = self.editor.send("POST", "/v1/federation/procedures/sync")
        self.story.expect(started.status_code == 202, started.text[:300])
        path = started.headers["Location"]
        run: dict[str, Any] = {"state": ""}

        def over() -> bool:
            run.update(self.editor.client.get(path).json())
            return run["state"] not in ("running", "open", "waiting")

        self.story.until(over, "đồng bộ không xong", seconds=120)
        counts = {**run["counts"], "closing_proposed": len(run.get("closing_proposed", []))}
        self.story.tell(", ".join(f"{name} {n}" for name, n in counts.items() if n))

    def _waiting(self, codes: list[str]) -> dict[str, dict[str, Any]]:
        listed = self.editor.get("/v1/procedures/proposals", params={"state": "open", "limit": 200}).json()
        return {p["procedure"]["code"]: p for p in listed["items"] if p["procedure"]["code"] in codes}

    def _decide(self, proposal: dict[str, Any], action: str) -> None:
        path = f"/v1/procedures/proposals/{proposal['id']}"
        self.editor.client.headers["If-Match"] = f'"{proposal["version"]}"'
        decided = self.editor.send("POST", f"{path}/actions/{action}", json={"reason": WHY})
        del self.editor.client.headers["If-Match"]
        self.story.expect(decided.is_success, decided.text[:300])

    def provision(self) -> None:
        story = self.story
        story.step(
            "Số liệu cung cấp dịch vụ công, con số được nêu bên cạnh | provision, stated beside computed"
        )
        stated = {"dimension": "total", "unit": "procedures", "value": 821, "source": "Báo cáo của tỉnh",
                  "source_date": "2020-10-23", "reason": WHY}  # fmt: skip
        put = self.editor.send("PUT", "/v1/reports/provision/stated", json=stated)
        story.expect(put.is_success, put.text[:300])
        shown = self.editor.get("/v1/reports/provision", params={"group_by": "agency"}).json()
        story.tell(*(f"{cell['government_level']}, mức {cell['online_level']}: {cell['count']}"
                     for cell in shown["cells"]))  # fmt: skip
        story.tell(f"trên {shown['in_force']} thủ tục; được nêu {shown['stated'][0]['value']:.0f}",
                   *(f"· {key}: {text}" for key, text in shown["definition"]["texts"].items()))  # fmt: skip
        unused = self.officer.get("/v1/reports/services-without-dossiers", params={"since": "2020-07-14"})
        candidates = self.officer.get(
            "/v1/reports/online-candidates", params={"from": "2020-01-01", "to": "2020-12-31"}
        )
        story.expect(unused.is_success and candidates.is_success, unused.text[:300] + candidates.text[:300])
        story.tell(f"{len(unused.json()['items'])} dịch vụ chưa có hồ sơ; "
                   f"{len(candidates.json()['items'])} nơi nên đưa lên trực tuyến")  # fmt: skip


def _national(code: str) -> dict[str, Any]:
    """As the source of the portal's mock writes it; our own words."""
    return {
        "code": code,
        "name": f"Cấp giấy thử số {code[2:]} (diễn tập)",
        "field": "Diễn tập",
        "level_of_government": ["tỉnh"],
        "processing_time_text": "5 Ngày làm việc",
        "submission_channels": ["Trực tiếp", "Trực tuyến"],
        "documents": [{"name": "Đơn đề nghị", "copies_original": 1, "copies_photo": 0}],
        "fees": [{"name": "Lệ phí cấp", "amount_vnd": 50_000}],
        "result": "Giấy thử",
    }


def _sheet(mark: str) -> bytes:
    """Two good rows and one whose numbers are none."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        headings = ["code", "name", "field_code", "field_name", "government_levels", "processing_amount",
                    "processing_unit"]  # fmt: skip
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading)
        for row in range(3):
            cells = [f"9.5{mark}{row}", f"Thủ tục nhập từ Excel {mark}{row}", "XD01", "Xây dựng", "province",
                     "năm" if row == 2 else "5", "working_days"]  # fmt: skip
            for place, cell in enumerate(cells):
                sheet.write_string(row + 1, place, cell)
    return buffer.getvalue()
