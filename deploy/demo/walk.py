"""The main job, step by step, over public HTTP only."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

from deploy.demo.pdf import pdf
from deploy.demo.people import Person
from deploy.demo.raising import raise_level
from deploy.demo.story import Story, money, problem

DEPARTMENT, CENTRE = "000.00.09.H28", "000.00.01.H28"


class Walk:
    def __init__(self, public_url: str) -> None:
        self._url = public_url
        self.story = Story()
        self.anyone = Person(self.story, public_url)
        self.citizen, self.officer, self.specialist, self.leader = (
            Person(self.story, public_url) for _ in range(4)
        )
        self.procedure: dict[str, Any] = {}
        self.example: dict[str, Any] = {}
        self.dossier = self.code = self.agency = ""

    def run(self) -> None:
        """Raises StepFailedError at the first step that does not hold."""
        self.find()
        self.read()
        self.log_in()
        self.submit()
        self.pay()
        before = self.share()
        self.accept()
        self.supplement()
        self.complete()
        self.fetch()
        self.federated()
        self.compare(before)

    def find(self) -> None:
        story = self.story
        story.step("Tìm “cap giay phep”, không dấu | search without accents")
        answer = self.anyone.get("/v1/procedures", params={"q": "cap giay phep", "limit": 10})
        items = answer.json()["items"]
        story.expect(items, "không tìm thấy thủ tục nào")
        story.tell(*(f"{i['code']}  mức {i['online_level']}  {i['name'][:70]}" for i in items[:5]))
        real = [i for i in items if not i["sample"] and "province" in i["government_levels"]]
        low = [i for i in real if i["online_level"] < 3]
        ready = [i for i in items if i["online_level"] == 4 and i["fee_total"]]
        if low:
            self.procedure = low[0]
            raise_level(self.story, self._url, self.procedure["code"], DEPARTMENT)
        else:
            story.expect(ready, "không có thủ tục mức 4 có phí trong kết quả")
            self.procedure = ready[0]

    def read(self) -> None:
        story, code = self.story, self.procedure["code"]
        story.step(f"Đọc thủ tục {code} và mẫu đơn | read the procedure and its form")
        content = self.anyone.get(f"/v1/procedures/{code}").json()["content"]
        self.procedure = content
        story.tell(content["name"], *(f"giấy tờ {p['code']}: {p['name'][:80]}" for p in content["papers"]))
        story.tell(*(f"{fee['name']}: {money(fee['amount'])}" for fee in content["fees"] if fee["amount"]))
        form = self.anyone.get(f"/v1/procedures/{code}/form").json()
        self.example = form["example"]
        story.tell("mẫu đơn: " + ", ".join(form["schema"]["properties"]))
        story.step("Nộp ở đâu? | where is it offered")
        offers = self.anyone.get(f"/v1/procedures/{code}/offerings").json()
        online = [offer for offer in offers if offer["online_level"] >= 3]
        story.expect(online, "không cơ quan nào nhận trực tuyến")
        chosen = next((offer for offer in online if offer["agency"]["code"] == DEPARTMENT), None)
        story.expect(chosen, "Sở Xây dựng không nhận thủ tục này")
        assert chosen is not None
        self.agency = chosen["agency"]["code"]
        where = ", ".join(office["name"] for office in chosen["received_by"]) or chosen["agency"]["name"]
        story.tell(f"{chosen['agency']['name']}, mức {chosen['online_level']}, nộp qua {where}")

    def log_in(self) -> None:
        story = self.story
        story.step(
            "Công dân đăng nhập ở Cổng Dịch vụ công quốc gia (mã ủy quyền, PKCE) | log in at the portal"
        )
        me = self.citizen.log_in("an-nguyen", "citizen")
        story.tell(f"{me['name']}, {me['kind']}, giấy tờ {me['papers'][0]['number']}")
        for person, username in ((self.officer, "tiep.tran"), (self.specialist, "tham.le"),
                                 (self.leader, "lanh.bui")):  # fmt: skip
            story.step(f"Cán bộ {username} đăng nhập | staff log in")
            me = person.log_in(username, "staff")
            story.tell(f"{me['name']}, {', '.join(me['roles'])}, {me['agency']}")

    def submit(self) -> None:
        story, citizen = self.story, self.citizen
        story.step("Nộp sai: thấy mọi lỗi một lần | submit wrongly, see all errors at once")
        wrong = {"personal_number": "12345"}
        body = {"procedure": self.procedure["code"], "agency": self.agency, "form": wrong}
        draft = citizen.send("POST", "/v1/dossiers", json=body)
        story.expect(draft.status_code == 201, draft.text[:300])
        self.dossier = f"/v1/dossiers/{draft.json()['id']}"
        refused = citizen.send("POST", f"{self.dossier}/actions/submit", version=draft, json={})
        story.expect(refused.status_code == 422, "đơn sai mà vẫn được nhận")
        story.tell(*problem(refused))
        papers = [paper["code"] for paper in self.procedure["papers"] if paper["required"]]
        pointers = {fault.get("pointer") for fault in refused.json()["errors"]}
        story.expect({f"/papers/{paper}" for paper in papers} <= pointers, "không báo thiếu giấy tờ")
        story.expect(any(p and p.startswith("/form/") for p in pointers), "không báo lỗi mẫu đơn")

        story.step("Sửa đơn, gửi hai giấy tờ, nộp | mend the form, send two documents, submit")
        seen = citizen.client.get(self.dossier)
        mended = citizen.send("PATCH", self.dossier, version=seen, json={"form": self.example})
        story.expect(mended.status_code == 200, mended.text[:300])
        for paper in papers[:2]:
            self.upload(citizen, paper, f"Paper {paper}")
        for paper in papers[2:]:
            self.upload(citizen, paper, f"Paper {paper}")
        submitted = citizen.act(self.dossier, "submit", {})
        story.expect(submitted.status_code == 200, submitted.text[:300])
        self.code = submitted.json()["code"]
        story.tell(f"Mã hồ sơ {self.code}", submitted.json()["what_next"])
        tracked = self.anyone.get(f"/v1/track/{self.code}")
        story.expect(tracked.json().get("status") == "submitted", "không tra cứu được theo mã")

    def upload(self, person: Person, paper: str | None, text: str) -> str:
        data = {"paper": paper} if paper else {}
        files = {"file": (f"{text}.pdf", pdf(text))}
        answer = person.send("POST", f"{self.dossier}/documents", data=data, files=files)
        self.story.expect(answer.status_code == 201, answer.text[:300])
        body = answer.json()
        self.story.tell(f"{body['filename']}, {body['size']} byte, SHA-256 {body['sha256'][:16]}…")
        return str(body["id"])

    def pay(self) -> None:
        story, citizen = self.story, self.citizen
        story.step(
            "Nộp phí, lệ phí ở nền tảng thanh toán quốc gia (INIT, trang, CONFIRM) | pay at the portal"
        )
        body = {
            "dossier_id": self.dossier.rsplit("/", 1)[1],
            "purpose": "submission",
            "provider": "payment-platform",
            "return_url": f"{self._url}/v1/me",
        }
        payment = citizen.send("POST", "/v1/payments", json=body)
        story.expect(payment.status_code == 201, payment.text[:300])
        created = payment.json()
        story.tell(f"{money(created['amount'])}, mã {created['id']}")
        citizen.pay(created["next_url"])
        path = f"/v1/payments/{created['id']}"
        story.until(lambda: citizen.client.get(path).json()["status"] == "succeeded", "thanh toán chưa xong")
        story.tell("Thanh toán: thành công")
        story.until(self._settled, "hồ sơ chưa biết đã nộp phí")
        story.tell("Hồ sơ: phí đã nộp")

    def _settled(self) -> bool:
        fees = self.citizen.client.get(self.dossier).json()["fees"]
        return all(fee["settled_at"] for fee in fees if fee["purpose"] == "submission")

    def share(self) -> dict[str, Any]:
        answer = self.officer.client.get(
            "/v1/reports/online-share", params={"agency": CENTRE, "scope": "own"}
        )
        self.story.expect(answer.status_code == 200, answer.text[:300])
        found: dict[str, Any] = answer.json()["total"]["values"]
        return found

    def accept(self) -> None:
        story = self.story
        story.step("Trung tâm một cửa tiếp nhận thay cho Sở | the one-stop centre accepts for the department")
        accepted = self.officer.act(self.dossier, "accept", {})
        story.expect(accepted.status_code == 200, accepted.text[:300])
        story.tell(f"Hẹn trả {accepted.json()['promised_at']}")
        story.tell(*self.officer.get(f"{self.dossier}/deadline").json()["words"])
        story.step("Chuyên viên của Sở xử lý | the department's officer processes")
        started = self.specialist.act(self.dossier, "start", {"note": "Nhận xử lý"})
        story.expect(started.json().get("status") == "in_progress", started.text[:300])

    def supplement(self) -> None:
        story = self.story
        story.step("Yêu cầu bổ sung một lần; thời hạn tạm dừng | asks for one supplement, the clock stops")
        paper = self.procedure["papers"][0]["code"]
        asked = self.specialist.act(
            self.dossier,
            "request-supplement",
            {
                "reason": "Đơn chưa có chữ ký",
                "items": [
                    {"text": "Ký và gửi lại đơn", "paper": paper},
                    {"text": "Giải trình vị trí thực hiện"},
                ],
            },
        )
        story.expect(asked.json().get("status") == "supplement_requested", asked.text[:300])
        words = self.specialist.get(f"{self.dossier}/deadline").json()["words"]
        story.expect("Tạm dừng" in words[-1], "thời hạn không tạm dừng")
        story.tell(words[-1])
        story.step("Công dân bổ sung | the citizen answers")
        self.upload(self.citizen, paper, "Signed form")
        answers = {"answers": [{"item": 2, "note": "Thực hiện tại thửa đất đã nêu trong đơn."}]}
        answered = self.citizen.act(self.dossier, "supplement", answers)
        story.expect(answered.json().get("status") == "in_progress", answered.text[:300])
        story.tell(f"Hẹn trả {answered.json()['promised_at']}")

    def complete(self) -> None:
        story = self.story
        story.step("Lãnh đạo ký kết quả | the leader completes with a result document")
        document = self.upload(self.specialist, None, "Result")
        name = self.procedure["results"][0]["name"] if self.procedure["results"] else "Kết quả"
        result = {"document": document, "name": name, "result_code": "KQ-01"}
        body = {"outcome": "granted", "documents": [result]}
        forbidden = self.specialist.act(self.dossier, "complete", body)
        story.expect(forbidden.status_code == 403, "chuyên viên mà ký được")
        story.tell(*problem(forbidden))
        done = self.leader.act(self.dossier, "complete", body)
        story.expect(done.json().get("status") == "completed", done.text[:300])

    def fetch(self) -> None:
        story = self.story
        story.step("Công dân tải kết quả; ai cũng kiểm tra được bằng mã | fetch it, anyone verifies it")
        result = self.citizen.get(self.dossier).json()["results"][0]
        content = self.citizen.get(f"{self.dossier}/documents/{result['document']}/content")
        digest = hashlib.sha256(content.content).hexdigest()
        story.expect(content.content.startswith(b"%PDF"), "tệp tải về không phải PDF")
        check = self.anyone.get(f"/v1/results/{result['verification_code']}").json()
        story.expect(check.get("sha256") == digest, "mã SHA-256 không khớp")
        story.tell(
            f"Mã kiểm tra {result['verification_code']}: {check['name']}, {check['issued_by']['name']}"
        )
        returned = self.officer.act(self.dossier, "return", {"method": "online"})
        story.expect(returned.json().get("status") == "returned", returned.text[:300])

    def federated(self) -> None:
        story = self.story
        story.step("Cổng quốc gia có hồ sơ với từng bước | the portal shows every progress step")
        history = self.citizen.get(f"{self.dossier}/history").json()["items"]
        url = f"{self.citizen.portal}_mock/dossiers/{self.code}"
        found: dict[str, Any] = {}

        def there() -> bool:
            answer = httpx.get(url, trust_env=False)
            found.update(answer.json() if answer.status_code == 200 else {})
            return len(found.get("DanhSachTienDo", [])) >= len(history) and found["TrangThaiHoSo"] == "10"

        story.until(there, f"cổng chưa có đủ {len(history)} bước")
        steps = found["DanhSachTienDo"]
        story.expect(len(steps) == len(history), f"cổng có {len(steps)} bước thay vì {len(history)}")
        story.tell(
            *(
                f"{s['ThoiDiemXuLy']}  {s['TrangThai']:>2}  {s['NguoiXuLy']}: {s['NoiDungXuLy']}"
                for s in steps
            )
        )
        story.tell(f"Xem: {self.citizen.portal}dossiers/{self.code}")

    def compare(self, before: dict[str, Any]) -> None:
        story = self.story
        story.step("Tỷ lệ trực tuyến tăng đúng một hồ sơ | the online share has gone up by this dossier")
        after = self.share()
        story.tell(*(f"{label}: {row['online']}/{row['received']} = {row['share_all']}"
                     for label, row in (("trước", before), ("sau", after))))  # fmt: skip
        grown = (after["received"] - before["received"], after["online"] - before["online"])
        story.expect(grown == (1, 1), f"tăng {grown} thay vì (1, 1)")
