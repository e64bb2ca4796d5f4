"""A district's own system: registered, it sends a day's paper intake, then the steps that followed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import httpx

from deploy.demo.people import Person
from deploy.demo.story import Story

DISTRICT, OTHER = "000.00.33.H28", "000.00.34.H28"
PROCEDURE = "9.000033"
COUNT, WRONG = 1000, 7


class DistrictSystem:
    """The district's own software, under a name of its own in each walk."""

    def __init__(self, story: Story, url: str) -> None:
        self._story, self.name = story, f"luong-son-{secrets.token_hex(4)}"
        self.client = httpx.Client(base_url=url, timeout=120, trust_env=False)

    def register(self, leader: Person) -> None:
        """By a leader of the district; from then on it calls under its own token."""
        new = {"id": self.name, "name": "Một cửa Lương Sơn", "agency": DISTRICT}
        made = leader.send("POST", "/v1/clients", json=new)
        self._story.expect(made.status_code == 201, made.text[:300])
        given = {"grant_type": "client_credentials", **made.json()}
        token = self.client.post("/v1/auth/token", data=given)
        self._story.expect(token.is_success, token.text[:300])
        self.client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        self._story.tell(f"{self.name}: mã truy cập {token.json()['expires_in']} giây")


class DistrictWalk:
    def __init__(self, story: Story, url: str, leader: Person, officer: Person) -> None:
        self.story, self._leader, self._officer = story, leader, officer
        self._system = DistrictSystem(story, url)
        self._client, self._name = self._system.client, self._system.name
        #: A working day that lies behind the present of the system.
        self._day = datetime.fromisoformat("2020-10-23T08:00:00+07:00")

    def run(self) -> None:
        """Raises StepFailedError."""
        self.register()
        batch = self.batch()
        self.progress()
        self.sheet()
        self.void(batch)

    def register(self) -> None:
        story = self.story
        story.step("Lãnh đạo huyện đăng ký phần mềm một cửa của huyện | the district's system is registered")
        self._system.register(self._leader)

    def batch(self) -> str:
        story = self.story
        story.step("1.000 hồ sơ giấy, 7 sai theo 7 cách | a thousand, seven wrong in seven ways")
        first = self._send(self._items())
        for item in (item for item in first["items"] if item["errors"]):
            fault = item["errors"][0]
            story.tell(f"{fault['pointer']}: {fault['code']}, {fault['detail']}")
        story.expect(_sums(first) == [COUNT - WRONG, 0, 0, WRONG], f"{_sums(first)}")
        story.tell(
            f"khai 1.001, nhận {first['declared']['received']}: ngày còn mở {first['declared']['open']}"
        )
        story.step("Gửi lại: không đổi gì; sửa một mục: sửa một hồ sơ | again; one changed")
        again = self._send(self._items())
        story.expect(_sums(again) == [0, 0, COUNT - WRONG, WRONG], f"{_sums(again)}")
        changed = self._items()
        changed[0]["applicant"]["address"] = "Thị trấn Lương Sơn"
        once = self._send(changed)
        story.expect(_sums(once) == [0, 1, COUNT - WRONG - 1, WRONG], f"{_sums(once)}")
        only = {"from": f"{self._day:%Y-%m-%d}", "to": f"{self._day:%Y-%m-%d}"}
        totals = self._client.get("/v1/intake-totals", params=only).json()["items"]
        story.expect(totals[0]["open"] and totals[0]["missing"] == WRONG + 1, f"{totals}")
        story.tell(f"lần đầu {_sums(first)}, lần hai {_sums(again)}, lần ba {_sums(once)}")
        return str(first["batch"])

    def progress(self) -> None:
        story = self.story
        story.step("Các bước sau, mỗi bước một lần | later steps, each once")
        steps = [
            {"reference": self._reference(0), "action": action, "officer": "Hoàng Thị Mây",
             "occurred_at": (self._day + timedelta(minutes=minutes)).isoformat()}
            for action, minutes in (("start", 30), ("complete", 60), ("return", 90))
        ]  # fmt: skip
        for wanted in ((3, 0), (0, 3)):
            answer = self._client.post("/v1/dossiers/progress", json={"steps": steps}).json()
            story.expect((answer["done"], answer["unchanged"]) == wanted, f"{answer}")
        shown = self._client.get(f"/v1/dossiers/by-reference/{self._name}/{self._reference(0)}").json()
        story.tell(f"{shown['code']}: {shown['status_label']} lúc {shown['returned_at']}")

    def sheet(self) -> None:
        story = self.story
        story.step("Cùng lời gọi, bằng CSV: lỗi cạnh từng ô | the same call as CSV, errors beside the cells")
        tag = secrets.token_hex(3)
        rows = [
            "Mã tham chiếu;Mã thủ tục;Cơ quan giải quyết;Thời điểm tiếp nhận;Hình thức;Người nộp",
            f"{tag}-1;{PROCEDURE};{DISTRICT};23/10/2020 09:00;Trực tiếp;Bùi Văn Sáng",
            f"{tag}-2;{PROCEDURE};{DISTRICT};hôm kia;Trực tiếp;Bùi Văn Tối",
        ]
        headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
        sent = self._officer.client.post(
            "/v1/dossiers/batch",
            content="\n".join(rows).encode(),
            headers={**self._officer.unsafe_headers(tag), **headers},
        )
        story.expect(sent.is_success, sent.text[:300])
        back = sent.content.decode("utf-8-sig").splitlines()
        story.tell(*back)
        story.expect("Đã tạo" in back[1] and "Bị từ chối" in back[2], "kết quả không cạnh từng dòng")

    def void(self, batch: str) -> None:
        story = self.story
        story.step("Hủy cả lô, có lý do | the batch is voided with a reason")
        reason = {"reason": "Gửi nhầm ngày"}
        voided = self._client.post(f"/v1/dossiers/batches/{batch}/void", json=reason)
        story.expect(voided.is_success, voided.text[:300])
        story.expect(voided.json()["voided"] == COUNT - WRONG, voided.text[:300])
        story.tell(f"{voided.json()['voided']} hồ sơ không còn tính vào số liệu")

    def _send(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        declared = {"day": f"{self._day:%Y-%m-%d}", "total": COUNT + 1}
        body = {"items": items, "declared": declared}
        answer = self._client.post("/v1/dossiers/batch", json=body)
        self.story.call(answer)
        self.story.expect(answer.is_success, answer.text[:300])
        found: dict[str, Any] = answer.json()
        return found

    def _reference(self, number: int) -> str:
        return f"LS-{number:05d}"

    def _items(self) -> list[dict[str, Any]]:
        items = [
            {
                "reference": self._reference(number),
                "procedure": PROCEDURE,
                "agency": DISTRICT,
                "received_at": (self._day + timedelta(seconds=number)).isoformat(),
                "channel": "post" if number % 5 == 0 else "counter",
                "applicant": {
                    "kind": "citizen",
                    "name": f"Bùi Thị {number}",
                    "papers": [{"type": "personal_number", "number": f"0175{number:08d}"}],
                },
            }
            for number in range(COUNT)
        ]
        items[100]["procedure"] = "9.999999"
        items[200]["channel"] = "online"
        items[300]["agency"] = "000.00.99.H99"
        items[400]["agency"] = OTHER
        items[500]["received_at"] = "2099-01-01T08:00:00+07:00"
        items[600]["reference"] = items[599]["reference"]
        items[700]["applicant"] = {"kind": "citizen", "name": ""}
        return items


def _sums(answer: dict[str, Any]) -> list[int]:
    return [answer[name] for name in ("created", "updated", "unchanged", "refused")]
