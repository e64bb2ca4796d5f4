"""What a province publishes from: how editors keep the catalogue, over public HTTP only."""

from __future__ import annotations

import io
import json
import secrets
from typing import Any

import httpx
import xlsxwriter

from deploy.demo.people import Person
from deploy.demo.story import Story, money, problem

CENTRE_OF = "000.00.09.H28"  # Construction
COPIES = "9.000048"  # of the sample: 8,000 đồng a copy
FORM = "9.000001"
WHY = "Quyết định công bố của Chủ tịch UBND tỉnh"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QUERIES = ("cấp giấy phép xây dựng", "cap giay phep xay dung", "giay phep xay dugn", "9000001")


class CatalogWalk:
    def __init__(self, public_url: str, portal_url: str) -> None:
        self.story = Story()
        people = (Person(self.story, public_url) for _ in range(4))
        self.anyone, self.editor, self.officer, self.auditor = people
        self._portal = httpx.Client(base_url=portal_url, timeout=40, trust_env=False)
        self._mark = f"{secrets.randbelow(9000) + 1000}"

    def run(self) -> None:
        """Raises StepFailedError at the first step that does not hold."""
        self.story.step(
            "Biên tập viên, cán bộ, thanh tra đăng nhập | an editor, an officer, an auditor log in"
        )
        for person, name in ((self.editor, "bien.dinh"), (self.officer, "luong-son.hoang"),
                             (self.auditor, "kiem.ha")):  # fmt: skip
            person.log_in(name, "staff")
        self.search()
        code = self.versions()
        self.fees(code)
        self.form()
        self.bodies()
        self.offerings(code)
        self.decision(code)
        self.transfer()
        self.national()
        self.provision()

    def search(self) -> None:
        story = self.story
        story.step("Tìm như người ta gõ | search as people type")
        for q in QUERIES:
            found = self.anyone.get("/v1/procedures", params={"q": q, "limit": 1}).json()["items"]
            story.expect(found and found[0]["code"] == FORM, f"{q}: {found}")
            story.tell(f"{q} → {found[0]['code']} {found[0]['name']}")
        typed = self.anyone.get("/v1/procedures/suggestions", params={"q": "cap giay ph", "limit": 3}).json()
        story.expect(typed["procedures"], f"{typed}")
        story.tell("đang gõ “cap giay ph”: " + "; ".join(each["name"] for each in typed["procedures"]))

    def versions(self) -> str:
        """A procedure of our own: as a draft, with gaps, in force, from a later day."""
        story, code = self.story, f"9.7{self._mark}"
        path = f"/v1/procedures/{code}"
        story.step(
            "Bản nháp, còn thiếu gì, công bố, phiên bản sau | a draft, its gaps, published, a later one"
        )
        made = self.editor.send("POST", "/v1/procedures", json=_content(code))
        story.expect(made.status_code == 201, made.text[:300])
        story.tell("còn thiếu: " + ", ".join(made.json()["gaps"]))
        wrong = self.editor.send("PATCH", f"{path}/draft", version=made, json={"fees": [{"code": "x"}]})
        story.expect(wrong.status_code == 422, wrong.text[:300])
        story.tell(*problem(wrong))
        draft = self.editor.send("PATCH", f"{path}/draft", version=made, json={"form": "generic"})
        today = self.editor.send("POST", f"{path}/publish", version=draft, json={"reason": WHY})
        story.expect(today.is_success, today.text[:300])
        later = self.editor.send(
            "PATCH",
            f"{path}/draft",
            version=today,
            json={"name": f"Cấp thẻ cộng tác viên số {self._mark} (mới)"},
        )
        body = {"reason": WHY, "valid_from": "2099-01-01"}
        coming = self.editor.send("POST", f"{path}/publish", version=later, json=body)
        story.expect(coming.is_success, coming.text[:300])
        story.tell(
            *(f"{each['at']}: {each['before']} → {each['after']}" for each in coming.json()["changes"])
        )
        passed = self.editor.send("PATCH", f"{path}/draft", version=coming, json={"description": "x"})
        refused = self.editor.send(
            "POST", f"{path}/publish", version=passed, json={"reason": WHY, "valid_from": "2020-01-01"}
        )
        story.expect(refused.json().get("code") == "day-passed", refused.text[:300])
        story.tell(*problem(refused))
        now, then = (self.anyone.get(path, params=day).json()["content"]["name"]
                     for day in ({}, {"on": "2099-01-01"}))  # fmt: skip
        story.expect(now != then, f"{now} = {then}")
        shown = self.anyone.get(path)
        again = self.anyone.get(path, headers={"If-None-Match": shown.headers["ETag"]})
        story.expect(again.status_code == 304, f"{again.status_code} thay vì 304")
        return code

    def fees(self, code: str) -> None:
        story = self.story
        story.step("Phí tính theo trường hợp, số bản, đối tượng, kênh | fees that compute")
        for facts in (
            {},
            {"case": "cap-moi", "copies": 3, "channel": "counter"},
            {"case": "cap-moi", "copies": 3, "channel": "online", "exemptions": ["nguoi-ngheo"]},
        ):
            quote = self.anyone.client.post(f"/v1/procedures/{code}/fee-quote", json=facts)
            story.call(quote)
            said = quote.json()
            total = said["total"]
            known = (
                money(total["total"]) if total["known"] else "chưa biết, cần: " + ", ".join(said["missing"])
            )
            story.tell(f"{json.dumps(facts, ensure_ascii=False)}: {known}")
            story.tell(*(f"· {line['explanation']['vi']}" for line in said["lines"]))
            story.expect(total["known"] == bool(facts), f"{total}")
        wrong = self.anyone.client.post(f"/v1/procedures/{code}/fee-quote", json={"case": "khong-co"})
        story.expect(wrong.status_code == 422, wrong.text[:300])
        story.tell(*problem(wrong))

    def form(self) -> None:
        story = self.story
        story.step("Thử mẫu điện tử: mọi lỗi một lần, bằng tiếng Việt | the form: all faults at once")
        checked = self.anyone.client.post(f"/v1/procedures/{FORM}/form/check", json={"data": {}})
        story.call(checked)
        story.expect(checked.status_code == 422, checked.text[:300])
        story.tell(*problem(checked)[:5])
        example = self.anyone.get(f"/v1/procedures/{FORM}/form").json()["example"]
        good = self.anyone.client.post(f"/v1/procedures/{FORM}/form/check", json={"data": example})
        story.call(good)
        story.expect(good.is_success, good.text[:300])
        bad = {**_content(f"9.8{self._mark}"), "form": {
            "schema": {"type": "object", "properties": {"x": {"type": "string", "format": "so-la"}}},
            "layout": {"groups": []}, "example": {}}}  # fmt: skip
        refused = self.editor.send("POST", "/v1/procedures", json=bad)
        story.expect(refused.status_code == 422, refused.text[:300])
        story.tell(*problem(refused)[:4])

    def bodies(self) -> None:
        story = self.story
        story.step("Một cơ quan, hai cách viết mã; cây của một ngày | one body, two notations; a day's tree")
        old, new = (self.anyone.get(f"/v1/agencies/{code}").json() for code in (CENTRE_OF, "H28.9"))
        story.expect(old["code"] == new["code"] == CENTRE_OF, f"{old} {new}")
        counts = [len(self.anyone.get("/v1/agencies", params={"on": day}).json())
                  for day in ("2020-10-26", "2025-07-01")]  # fmt: skip
        story.tell(f"{old['name']}; ngày 26/10/2020 có {counts[0]} cơ quan, ngày 1/7/2025 có {counts[1]}")
        story.expect(counts[0] > counts[1], f"{counts}")

    def offerings(self, code: str) -> None:
        story = self.story
        story.step("Cung cấp ở mức 4 khi đủ điều kiện | offered at level 4 where it can be")
        path = f"/v1/agencies/{CENTRE_OF}/offerings/{code}"
        terms = {"online_level": 4, "decision": "1588/QĐ-UBND", "reason": WHY}
        offered = self.editor.send("PUT", path, json=terms)
        story.expect(offered.is_success, offered.text[:400])
        draft = self.editor.send("POST", "/v1/procedures", json=_content(f"9.6{self._mark}"))
        bare = self.editor.send(
            "POST", f"/v1/procedures/9.6{self._mark}/publish", version=draft, json={"reason": WHY}
        )
        story.expect(bare.is_success, bare.text[:300])
        refused = self.editor.send("PUT", f"/v1/agencies/{CENTRE_OF}/offerings/9.6{self._mark}", json=terms)
        story.expect(refused.status_code == 409, refused.text[:300])
        story.tell(*problem(refused))

    def decision(self, code: str) -> None:
        story = self.story
        story.step("Danh mục của một quyết định, so với thực tế | a decision's list, compared")
        number = f"{self._mark}/QĐ-UBND"
        items = [
            {"procedure": code, "agency": CENTRE_OF, "online_level": 4},
            {"procedure": f"9.6{self._mark}", "agency": CENTRE_OF, "online_level": 3},
            {"name": "Thủ tục không có trong danh mục", "agency": CENTRE_OF, "online_level": 3},
        ]
        new = {"number": number, "date": "2020-10-20", "title": "Danh mục dịch vụ công (thử)",
               "valid_from": "2020-10-20", "items": items}  # fmt: skip
        recorded = self.editor.send("POST", "/v1/procedures/decisions", json=new)
        story.expect(recorded.is_success, recorded.text[:300])
        again = self.editor.send("POST", "/v1/procedures/decisions", json=new)
        story.expect(again.json()["outcome"] == "unchanged", again.text[:300])
        found = self.editor.get(f"/v1/procedures/decisions/{recorded.json()['id']}/comparison").json()
        story.tell(*(f"{name}: {count}" for name, count in found["counts"].items()))
        told = {name: found["counts"][name] for name in ("as_decided", "not_offered", "unknown_procedure")}
        story.expect(told == {"as_decided": 1, "not_offered": 1, "unknown_procedure": 1}, f"{told}")

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
        seen = self.anyone.get(path)
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
        self.story.tell(", ".join(f"{name} {n}" for name, n in run["counts"].items() if n))

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
                  "source_date": "2020-12-24", "reason": WHY}  # fmt: skip
        put = self.editor.send("PUT", "/v1/reports/provision/stated", json=stated)
        story.expect(put.is_success, put.text[:300])
        shown = self.anyone.get("/v1/reports/provision", params={"group_by": "agency"}).json()
        story.tell(*(f"{cell['government_level']}, mức {cell['online_level']}: {cell['count']}"
                     for cell in shown["cells"]))  # fmt: skip
        story.tell(f"trên {shown['in_force']} thủ tục; được nêu {shown['stated'][0]['value']}",
                   *(f"· {key}: {text}" for key, text in shown["definition"]["texts"].items()))  # fmt: skip
        unused = self.officer.get("/v1/reports/services-without-dossiers", params={"since": "2020-07-14"})
        candidates = self.officer.get(
            "/v1/reports/online-candidates", params={"from": "2020-01-01", "to": "2020-12-31"}
        )
        story.expect(unused.is_success and candidates.is_success, unused.text[:300] + candidates.text[:300])
        story.tell(f"{len(unused.json()['items'])} dịch vụ chưa có hồ sơ; "
                   f"{len(candidates.json()['items'])} nơi nên đưa lên trực tuyến")  # fmt: skip


def _content(code: str) -> dict[str, Any]:
    exemption = {"code": "nguoi-ngheo", "name": "Người thuộc hộ nghèo", "percent": 50}
    return {
        "code": code,
        "name": f"Cấp thẻ cộng tác viên số {code[-4:]}",
        "field": {"code": "XD01", "name": "Xây dựng"},
        "government_levels": ["province"],
        "audiences": ["citizen"],
        "channels": ["counter", "online", "post"],
        "processing_time": {"amount": 3, "unit": "working_days"},
        "cases": [{"code": "cap-moi", "name": "Cấp mới"}, {"code": "cap-lai", "name": "Cấp lại"}],
        "papers": [
            {"code": "GT-01", "name": "Đơn đề nghị", "originals": 1},
            {"code": "GT-02", "name": "Ảnh chân dung", "originals": 2, "cases": ["cap-moi"]},
        ],
        "fees": [
            {"code": "LP-01", "name": "Lệ phí cấp mới", "kind": "charge", "amount": 50_000,
             "cases": ["cap-moi"], "exemptions": [exemption]},
            {"code": "LP-02", "name": "Lệ phí cấp lại", "kind": "charge", "amount": 30_000,
             "cases": ["cap-lai"]},
            {"code": "PH-01", "name": "Phí bản sao", "kind": "fee", "amount": 5_000, "per": "copy",
             "included": 1},
        ],
        "results": [{"code": "KQ-01", "name": "Thẻ cộng tác viên"}],
        "reason": WHY,
    }  # fmt: skip


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
