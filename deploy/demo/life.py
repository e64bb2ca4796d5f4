"""The life of a dossier as citizens and officers know it, over public HTTP only."""

from __future__ import annotations

import io
import secrets
from typing import Any

import httpx
from PIL import Image

from deploy.demo.district import DistrictWalk
from deploy.demo.oversight import NUMBER, Oversight
from deploy.demo.pdf import pdf
from deploy.demo.people import Person, everybody, example_form
from deploy.demo.story import Story, problem

DISTRICT = "000.00.33.H28"
PROCEDURE = "9.000037"  # of the sample: two papers, no fee, ten working days


class Life:
    def __init__(self, public_url: str, messages_url: str) -> None:
        self._url, self._messages = public_url, messages_url
        self.story = Story()
        people = (Person(self.story, public_url) for _ in range(6))
        self.anyone, self.citizen, self.officer, self.leader, self.province, self.auditor = people
        self.dossier = self.code = ""
        self.form: dict[str, Any] = {}

    def run(self) -> None:
        """Raises StepFailedError at the first step that does not hold."""
        self.log_in()
        self.draft()
        self.documents()
        self.submit()
        self.desk()
        self.supplement()
        self.calendar()
        self.apology()
        self.result()
        self.rating()
        self.refusal()
        self.counter()
        DistrictWalk(self.story, self._url, self.leader, self.officer).run()
        people = (self.officer, self.citizen, self.province, self.auditor)
        Oversight(self.story, people, self.dossier, self.code).run()

    def log_in(self) -> None:
        people = {
            "an-nguyen": self.citizen,
            "luong-son.hoang": self.officer,
            "son.nguyen": self.leader,
            "long.bui": self.province,
            "kiem.ha": self.auditor,
        }
        everybody(self.story, people)
        # With An's own number, so that the canary test finds whether a form leaks.
        self.form = {**example_form(self.story, self.anyone, PROCEDURE), "personal_number": NUMBER}

    def draft(self) -> None:
        story = self.story
        story.step("Điền sẵn từ tài khoản và hồ sơ trước | prefill from the account and earlier dossiers")
        wanted = {"procedure": PROCEDURE, "agency": DISTRICT}
        prefill = self.citizen.get("/v1/dossiers/prefill", params=wanted).json()
        story.tell(*(f"{name}: {source}" for name, source in prefill["sources"].items()))
        story.step("Lưu nháp, xem còn thiếu gì | save a draft, see what it lacks")
        made = self._made(self.citizen.send("POST", "/v1/dossiers", json={**wanted, "form": {}}))
        self.dossier = f"/v1/dossiers/{made['id']}"
        story.expect(made["missing"], "nháp rỗng mà không thiếu gì")
        story.tell(*(f"còn thiếu {item['pointer']}: {item['detail']}" for item in made["missing"][:5]))
        story.step("Làm tiếp trên máy khác | resumed on another device")
        other = Person(self.story, self._url)
        other.log_in("an-nguyen", "citizen")
        seen = other.get(self.dossier)
        saved = other.send("PATCH", self.dossier, version=seen, json={"form": self.form})
        left = [item["pointer"] for item in saved.json()["missing"]]
        story.tell("còn thiếu: " + ", ".join(left))
        story.expect(left == ["/papers/GT-01", "/papers/GT-02"], f"còn thiếu {left}")

    def documents(self) -> None:
        story = self.story
        story.step("Ba ảnh chụp thành một PDF | three photos become one PDF")
        pages = [("file", (f"anh-{n}.jpg", _photo(n))) for n in range(3)]
        path = f"{self.dossier}/documents"
        joined = self._made(self.citizen.send("POST", path, data={"paper": "GT-01"}, files=pages))
        story.tell(f"{joined['filename']}, {joined['media_type']}, {joined['size']} byte")
        story.expect(joined["media_type"] == "application/pdf", "không thành PDF")
        story.step("Sai loại tệp, xem nội dung chứ không xem tên | a wrong type, by content")
        wrong = {"file": ("don.pdf", b"MZ\x90\x00 not a pdf")}
        refused = self.citizen.send("POST", path, data={"paper": "GT-02"}, files=wrong)
        story.expect(refused.status_code == 415, refused.text[:300])
        story.tell(*problem(refused))
        self._made(
            self.citizen.send("POST", path, data={"paper": "GT-02"}, files={"file": ("b.pdf", pdf("B"))})
        )

    def submit(self) -> None:
        story = self.story
        story.step("Nộp, rồi xem việc có thể làm | submit, and what can be done now")
        done = self._acted(self.citizen, "submit", {})
        self.code = done["code"]
        story.tell(self.code, done["what_next"], *(f"có thể: {a['label']}" for a in done["actions"]))
        wrong = self.officer.act(self.dossier, "complete", {"outcome": "granted", "documents": []})
        story.expect(wrong.status_code == 422, wrong.text[:300])
        early = self.officer.act(self.dossier, "start", {})
        story.expect(early.status_code == 409, early.text[:300])
        story.tell(*problem(early), early.json()["detail"])

    def desk(self) -> None:
        story = self.story
        story.step("Bàn làm việc: số đếm, gợi ý người nhận, giao, ghi chú | the desk")
        counts = self.officer.get("/v1/dossiers/counts").json()
        story.tell(", ".join(f"{name} {number}" for name, number in counts["by_status"].items()))
        self._acted(self.officer, "accept", {})
        best = self.leader.get(f"{self.dossier}/officers").json()["items"][0]
        story.tell(f"gợi ý: {best['name']}, đang giữ {best['open']}")
        self._acted(self.leader, "assign", {"assignee": best["sub"]})
        note = self.officer.send("POST", f"{self.dossier}/notes", json={"text": "Đã gọi điện cho dân"})
        story.expect(note.status_code == 201, note.text[:300])
        hidden = self.citizen.get(f"{self.dossier}/notes")
        story.expect(hidden.status_code == 403, "công dân thấy ghi chú nội bộ")
        version = self.officer.client.get(self.dossier).json()["version"]
        dossier = self.dossier.rsplit("/", 1)[1]
        many = [{"id": dossier, "version": version}, {"id": dossier, "version": 1}]
        bulk = self.officer.send("POST", "/v1/dossiers/actions/start", json={"items": many}).json()
        story.tell(*(f"{item['status']} {(item['problem'] or {}).get('code', '')}" for item in bulk["items"]))
        story.expect(bulk["done"] == 1, f"làm hàng loạt: {bulk}")

    def supplement(self) -> None:
        story = self.story
        story.step("Yêu cầu bổ sung: phiếu PDF, đồng hồ dừng; bổ sung: bản mới thay bản cũ | a supplement")
        items = [{"text": "Ảnh mờ, hãy chụp lại", "paper": "GT-01"}]
        asked = self._acted(self.officer, "request-supplement", {"reason": "Ảnh mờ", "items": items})
        story.tell(asked["what_next"], self.officer.get(f"{self.dossier}/deadline").json()["words"][-1])
        self._letter("supplement")
        again = self.officer.act(self.dossier, "request-supplement", {"reason": "x", "items": items})
        story.expect(again.status_code == 409, again.text[:300])
        old = next(d["id"] for d in asked["documents"] if d["paper"] == "GT-01")
        given = {"paper": "GT-01", "replaces": old}
        path = f"{self.dossier}/documents"
        self._made(self.citizen.send("POST", path, data=given, files={"file": ("ro.jpg", _photo(9))}))
        back = self._acted(self.citizen, "supplement", {"answers": []})
        story.tell(back["what_next"])

    def calendar(self) -> None:
        story = self.story
        story.step("Thêm một ngày nghỉ, chỉ thử: hồ sơ nào dời | a day off, tried only: whose promise moves")
        promised = str(self.officer.client.get(self.dossier).json()["promised_at"])[:10]
        decision = {"worked": False, "name": "Nghỉ bù", "decision": "QĐ thử"}
        url = f"/v1/calendar/days/{promised}"
        tried = self.province.send("PUT", url, params={"dry_run": True}, json=decision).json()
        mine = next((move for move in tried["moved"] if move["code"] == self.code), None)
        story.expect(mine, f"hồ sơ không dời: {tried}")
        assert mine is not None
        story.tell(f"{self.code}: {mine['old_promise']} → {mine['new_promise']}")
        refused = self.leader.send("PUT", url, json=decision)
        story.expect(refused.status_code == 403, "lãnh đạo huyện đổi được lịch của tỉnh")

    def apology(self) -> None:
        story = self.story
        story.step("Xin lỗi và hẹn lại, một lần; ngày hẹn gốc vẫn là ngày chấm điểm | the apology")
        day_off = {"reason": "Chờ ý kiến", "promised_on": "2020-11-28"}
        wrong = self.leader.act(self.dossier, "extend", day_off)
        story.tell(*problem(wrong))
        story.expect(wrong.status_code == 422, wrong.text[:300])
        extended = self._acted(self.leader, "extend", {**day_off, "promised_on": "2020-11-30"})
        story.tell(f"hẹn mới {extended['promised_at']}, chấm điểm theo {extended['scored_at']}")
        self._letter("apology")

    def result(self) -> None:
        story = self.story
        story.step("Ký, mã kiểm tra, trả qua bưu chính | signed, verified, returned by post")
        path = f"{self.dossier}/documents"
        file = {"file": ("ket-qua.pdf", pdf("Result"))}
        document = self._made(self.officer.send("POST", path, data={}, files=file))["id"]
        body = {"outcome": "granted", "documents": [{"document": document, "name": "Giấy chứng nhận"}]}
        done = self._acted(self.leader, "complete", body)
        code = done["results"][0]["verification_code"]
        verified = self.anyone.get(f"/v1/results/{code}").json()
        story.expect(verified["valid"], str(verified))
        self._letter("result")
        self._acted(self.officer, "return", {"method": "post", "tracking_number": "EM123456789VN"})
        history = self.citizen.get(f"{self.dossier}/history").json()["items"]
        story.tell(*(f"{step['at'][:16]} {step['action']:<20} {step['by']}" for step in history))

    def rating(self) -> None:
        story = self.story
        story.step("Tra cứu bằng mã và 4 số cuối; đánh giá; thông báo đã gửi | track, rate, notices")
        plain = self.anyone.get(f"/v1/track/{self.code}").json()
        more = self.anyone.get(f"/v1/track/{self.code}", params={"check": NUMBER[-4:]}).json()
        story.expect(plain["steps"] is None and more["steps"], "tra cứu cho thấy sai mức")
        wrong = self.anyone.get(f"/v1/track/{self.code}", params={"check": "9999"})
        story.expect(wrong.status_code in (403, 429), wrong.text[:200])
        rated = self.citizen.send("POST", f"{self.dossier}/rating", json={"points": 3})
        story.expect(rated.status_code == 201, rated.text[:300])
        url = f"{self._messages}/_mock/messages"

        def sent() -> list[str]:
            messages = httpx.get(url, trust_env=False).json()
            return [m["text"] for m in messages if m["channel"] == "sms" and self.code in m["text"]]

        story.until(lambda: len(sent()) >= 4, "chưa thấy đủ tin nhắn")
        story.tell(*sent())
        story.expect(all(text.isascii() and len(text) <= 160 for text in sent()), "tin nhắn sai dạng")

    def refusal(self) -> None:
        story = self.story
        story.step("Hồ sơ thứ hai: dùng lại giấy tờ, bị từ chối, phiếu PDF, mở lại | reused papers, refused")
        body = {"procedure": PROCEDURE, "agency": DISTRICT, "form": self.form}
        made = self._made(self.citizen.send("POST", "/v1/dossiers", json=body))
        kept, self.dossier = self.dossier, f"/v1/dossiers/{made['id']}"
        wanted = {"procedure": PROCEDURE, "agency": DISTRICT}
        for known in self.citizen.get("/v1/dossiers/prefill", params=wanted).json()["documents"]:
            again = {"document": known["document"], "paper": known["paper"]}
            self._made(self.citizen.send("POST", f"{self.dossier}/documents/reuse", json=again))
        self._acted(self.citizen, "submit", {})
        self._acted(self.officer, "refuse", {"reason": "Không thuộc thẩm quyền của huyện"})
        self._letter("refusal")
        self._acted(self.leader, "reopen", {"reason": "Từ chối nhầm"})
        self._acted(self.leader, "stop", {"reason": "Trùng hồ sơ trước"})
        self.dossier = kept

    def counter(self) -> None:
        story = self.story
        story.step("Tại quầy: mã, tiếp nhận và giấy hẹn trong một bước | the counter, in one step")
        paper = {"type": "personal_number", "number": NUMBER}
        body = {
            "procedure": PROCEDURE,
            "agency": DISTRICT,
            "form": self.form,
            "channel": "counter",
            "applicant": {"kind": "citizen", "name": "Nguyễn Thị An", "papers": [paper]},
            "papers": [{"paper": "GT-01", "originals": 1}, {"paper": "GT-02", "copies": 2}],
            "accept": True,
        }
        claimed = self.officer.send("POST", "/v1/dossiers", json={**body, "channel": "online"})
        story.expect(claimed.status_code == 422, "kênh trực tuyến mà khai được bằng lời")
        taken = self._made(self.officer.send("POST", "/v1/dossiers", json=body))
        slip = self.officer.get(f"/v1/dossiers/{taken['id']}/receipt")
        story.expect(slip.content.startswith(b"%PDF"), "giấy hẹn không phải PDF")
        story.tell(f"{taken['code']}, hẹn trả {taken['promised_at']}, giấy hẹn {len(slip.content)} byte")
        story.until(
            lambda: self.citizen.client.get(f"/v1/dossiers/{taken['id']}").is_success,
            "công dân có cùng số mà không thấy hồ sơ nộp tại quầy",
        )
        story.tell("Công dân có cùng số định danh cũng thấy hồ sơ này")

    def _acted(self, person: Person, action: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = person.act(self.dossier, action, body)
        self.story.expect(answer.status_code == 200, answer.text[:300])
        found: dict[str, Any] = answer.json()
        return found

    def _made(self, answer: httpx.Response) -> dict[str, Any]:
        self.story.expect(answer.status_code == 201, answer.text[:300])
        found: dict[str, Any] = answer.json()
        return found

    def _letter(self, kind: str) -> None:
        letter = self.officer.get(f"{self.dossier}/letters/{kind}")
        self.story.expect(letter.content.startswith(b"%PDF"), f"thư {kind}: {letter.text[:200]}")
        self.story.tell(f"thư {kind}: PDF, {len(letter.content)} byte")


def _photo(number: int) -> bytes:
    """A small JPEG that differs by number."""
    target = io.BytesIO()
    colour = (40 * number % 256, 90, secrets.randbelow(256))
    Image.new("RGB", (400, 560), colour).save(target, "JPEG")
    return target.getvalue()
