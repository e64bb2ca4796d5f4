"""What is seen of a dossier afterwards: by search, owner, retention, auditors, `verify`."""

from __future__ import annotations

import subprocess
import sys

from deploy.demo.people import Person
from deploy.demo.story import Story

NUMBER = "017300000001"  # An's


class Oversight:
    """`people`: an officer, An, a leader of the province, an auditor."""

    def __init__(
        self, story: Story, people: tuple[Person, Person, Person, Person], dossier: str, code: str
    ) -> None:
        self.story, self.dossier, self.code = story, dossier, code
        self.officer, self.citizen, self.province, self.auditor = people

    def run(self) -> None:
        self.search()
        self.privacy()
        self.audit()
        self.verify()

    def search(self) -> None:
        story = self.story
        story.step("Cán bộ tìm theo tên không dấu, số định danh, mã | staff search")
        for words in ("nguyen an", NUMBER, self.code):
            items = self.officer.get("/v1/dossiers", params={"q": words, "limit": 50}).json()["items"]
            story.expect(items, f"không thấy gì với {words}")
            who = items[0]["applicant"]
            story.tell(f"{words}: {len(items)} hồ sơ, mới nhất {items[0]['code']} của {who['name']}")
            story.expect(NUMBER not in str(items), "danh sách để lộ số định danh")
        unknown = self.officer.get("/v1/dossiers", params={"qq": NUMBER[:3]})
        story.expect(unknown.status_code == 422, "tham số lạ mà không báo")

    def privacy(self) -> None:
        story = self.story
        story.step("Công dân xuất dữ liệu của mình; hết hạn lưu, chỉ thử | export; retention, tried only")
        export = self.citizen.get("/v1/dossiers/export").json()
        story.tell(f"{len(export['dossiers'])} hồ sơ trong bản xuất")
        story.expect(NUMBER in str(export), "bản xuất của chính mình phải có số của mình")
        rule = {"months": 60, "decision": "QĐ về thời hạn lưu"}
        decided = self.province.send("PUT", "/v1/dossiers/retention/*", json=rule)
        story.expect(decided.is_success, decided.text[:300])
        tried = self.province.send("POST", "/v1/dossiers/retention/runs", params={"dry_run": True}).json()
        story.tell(f"đến hạn xóa dữ liệu cá nhân: {len(tried['dossiers'])} hồ sơ")

    def audit(self) -> None:
        story = self.story
        story.step("Thanh tra: ai đã làm, ai đã đọc, ai đã tìm | who did, who read, who searched")
        subject = self.dossier.rsplit("/", 1)[1]
        for kind in ("write", "read"):
            asked = {"kind": kind, "subject": subject, "limit": 100}
            items = self.auditor.get("/v1/audit", params=asked).json()["items"]
            story.expect(items, f"không có dấu vết {kind}")
            story.tell(f"{kind}: {len(items)}, mới nhất {items[0]['what']} bởi {items[0]['actor']}")
        story.expect("search" in {item["what"] for item in items}, "tìm theo số mà không để lại dấu vết")
        refused = self.officer.get("/v1/audit")
        story.expect(refused.status_code == 403, "cán bộ mà xem được dấu vết")

    def verify(self) -> None:
        """A day's list is signed when the day begins, on the first day before anything was done: so sign once
        more, then every chain of this demo is compared with what was signed."""
        story = self.story
        story.step(
            "Ký danh sách đầu chuỗi, rồi kiểm tra nhật ký | sign the chain heads, then verify the logs"
        )
        for command in ("seal", "verify"):
            done = subprocess.run(
                [sys.executable, "-m", "deploy", command], capture_output=True, text=True, check=False
            )
            story.tell(*done.stdout.splitlines(), *done.stderr.splitlines())
            story.expect(done.returncode == 0, f"deploy {command}: {done.returncode}")
