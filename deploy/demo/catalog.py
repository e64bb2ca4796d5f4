"""What a province publishes from: how editors keep the catalogue, over public HTTP only."""

from __future__ import annotations

import json
import secrets
from typing import Any

from deploy.demo.exchange import WHY, Exchange
from deploy.demo.pdf import pdf
from deploy.demo.people import Person, everybody, example_form
from deploy.demo.story import Story, money, problem

CENTRE_OF, DISTRICT = "000.00.09.H28", "000.00.33.H28"  # Construction, Lương Sơn
COPIES = "9.000048"  # of the sample: 8,000 đồng a copy
FORM = "9.000001"
QUERIES = ("cấp giấy phép xây dựng", "cap giay phep xay dung", "giay phep xay dugn", "9000001")


class CatalogWalk:
    def __init__(self, public_url: str, portal_url: str) -> None:
        self.story = Story()
        people = (Person(self.story, public_url) for _ in range(4))
        self.anyone, self.editor, self.officer, self.citizen = people
        self._portal_url, self._mark = portal_url, f"{secrets.randbelow(9000) + 1000}"

    def run(self) -> None:
        """Raises StepFailedError at the first step that does not hold."""
        people = {"bien.dinh": self.editor, "luong-son.hoang": self.officer, "an-nguyen": self.citizen}
        everybody(self.story, people)
        self.search()
        code = self.versions()
        self.fees(code)
        self.copies()
        self.form()
        self.bodies()
        self.offerings(code)
        self.decision(code)
        Exchange(self.story, self.editor, self.officer, self._portal_url, self._mark).run()

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
        blank = self.editor.send(
            "POST",
            "/v1/procedures/templates",
            files={"file": ("don.pdf", pdf("Don de nghi"), "application/pdf")},
        )
        story.expect(blank.is_success, blank.text[:300])
        papers = made.json()["content"]["papers"]
        papers[0]["templates"] = [{"name": "Mẫu đơn", "sha256": blank.json()["sha256"]}]
        changes = {"form": "generic", "papers": papers}
        draft = self.editor.send("PATCH", f"{path}/draft", version=made, json=changes)
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

    def copies(self) -> None:
        story = self.story
        story.step("Hồ sơ xin ba bản: phí chốt theo điều đã khai | a dossier for three copies")
        form = example_form(story, self.anyone, COPIES)
        new = {"procedure": COPIES, "agency": DISTRICT, "form": form, "facts": {"copies": 3}, "submit": True}
        made = self.citizen.send("POST", "/v1/dossiers", json=new)
        story.expect(made.status_code == 201, made.text[:300])
        owed = sum(fee["amount"] for fee in made.json()["fees"])
        story.tell(f"{made.json()['code']}: {money(owed)}")
        story.expect(owed == 24_000, f"{owed}")

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
        tree = self.anyone.get("/v1/agencies", params={"on": "2020-10-26"}).json()
        story.tell(f"{old['name']} thuộc {', '.join(each['name'] for each in old['ancestors'])}; "
                   f"ngày 26/10/2020 có {len(tree)} cơ quan")  # fmt: skip
        story.expect(CENTRE_OF in {body["code"] for body in tree}, f"{len(tree)}")

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
        story.step("Thiếu điều mà mức 4 cần; bãi bỏ rồi rút lại | gaps refuse; abolished, restored")
        path = f"/v1/procedures/{code}"
        seen = self.anyone.get(path)
        unknown = {**seen.json()["content"]["fees"][0], "amount": None}
        draft = self.editor.send(
            "PATCH", f"{path}/draft", version=seen, json={"form": None, "fees": [unknown]}
        )
        gaps = self.editor.send("POST", f"{path}/publish", version=draft, json={"reason": WHY})
        story.expect(gaps.json().get("code") == "gaps-remain", gaps.text[:300])
        story.tell(*problem(gaps))
        given_up = self.editor.send("DELETE", f"{path}/draft?reason=thoi", version=draft)
        body = {"reason": "Luật mới", "valid_from": "2020-12-31"}
        ended = self.editor.send("POST", f"{path}/abolish", version=given_up, json=body)
        restored = self.editor.send("POST", f"{path}/restore", version=ended, json={"reason": "Hoãn"})
        story.expect(restored.is_success, restored.text[:300])
        steps = self.editor.get(f"{path}/steps").json()["items"]
        story.tell(*(f"{step['actor']}: {step['type']}, {step['reason']}" for step in steps[:3]))

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
        path = f"/v1/procedures/decisions/{recorded.json()['id']}/apply"
        tried = self.editor.send("POST", path, json={"dry_run": True, "reason": WHY}).json()
        story.tell(
            *(f"chưa làm được: {fault['detail']}" for line in tried["hindered"] for fault in line["errors"])
        )


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
