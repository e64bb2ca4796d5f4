"""A month is closed; late intake moves the living figure, and not the closed one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx

from deploy.demo.district import DISTRICT, PROCEDURE, DistrictSystem
from deploy.demo.people import Person
from deploy.demo.story import Story


class ClosingWalk:
    def __init__(self, story: Story, url: str, anyone: Person, leader: Person, province: Person) -> None:
        self.story, self._anyone, self._leader, self._province = story, anyone, leader, province
        self._system = DistrictSystem(story, url)

    def run(self, today: date) -> None:
        """Months of 2020 before `today`, by the system's clock. Raises StepFailedError."""
        closing = self.close(today)
        batch = self.late(closing)
        self.amend(closing)
        self.void(closing, batch)

    def close(self, today: date) -> dict[str, Any]:
        """The latest month that is over and not closed; a closed one, where all are."""
        story = self.story
        story.step("Lãnh đạo tỉnh chốt một tháng đã qua | a leader closes a month that is over")
        closed = {each["period"]: each for each in self._closings()}
        over = 12 if today.year > 2020 else today.month - 1
        months = [f"2020-{month:02}" for month in range(over, 0, -1)]
        period = next((month for month in months if month not in closed), months[0])
        body = {"period": period, "reason": "Báo cáo tháng"}
        answer = self._province.send("POST", "/v1/reports/closings", json=body)
        if answer.status_code == 409:
            story.expect(answer.json()["code"] == "month-closed", answer.text[:300])
            story.tell(f"tháng {period} đã chốt: dùng bản chốt đó")
            return closed[period]
        found = self._made(answer, "/v1/reports/closings", lambda each: each["period"] == period)
        story.tell(f"{period}: {found['facts']} dòng số liệu, mã băm {found['digest'][:16]}…")
        return found

    def _made(
        self, answer: httpx.Response, path: str, is_it: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """What was made; of a slow machine, whose answer nobody waited for, what stands in the list then."""
        found: list[dict[str, Any]] = [answer.json()]
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:

            def there() -> bool:
                listed = self._anyone.client.get(path, params={"limit": 100}).json()["items"]
                found[:] = filter(is_it, listed)
                return bool(found)

            self.story.until(there, answer.text[:300], seconds=120)
        else:
            self.story.expect(answer.status_code == httpx.codes.CREATED, answer.text[:300])
        return found[0]

    def _closings(self) -> list[dict[str, Any]]:
        found = self._anyone.get("/v1/reports/closings", params={"limit": 100})
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    def _received(self, period: str) -> int:
        params = {"period": period, "agency": DISTRICT}
        found = self._anyone.get("/v1/reports/online-share", params=params).json()
        return int(found["total"]["values"]["received"])

    def _frozen(self, closing: dict[str, Any]) -> list[bytes]:
        asked = {"closing": closing["id"], "group_by": "child"}
        answers = [
            self._anyone.get(f"/v1/reports/{report}", params=asked) for report in ("online-share", "on-time")
        ]
        self.story.expect(all(answer.is_success for answer in answers), answers[0].text[:300])
        return [answer.content for answer in answers]

    def late(self, closing: dict[str, Any]) -> str:
        story, period = self.story, closing["period"]
        story.step("Huyện gửi muộn một hồ sơ của tháng đã chốt | a late dossier of the closed month")
        self._system.register(self._leader)
        before, frozen = self._received(period), self._frozen(closing)
        item = {
            "reference": f"muon-{secrets.token_hex(4)}",
            "procedure": PROCEDURE,
            "agency": DISTRICT,
            "received_at": f"{period}-20T09:00:00+07:00",
            "channel": "counter",
            "applicant": {"kind": "citizen", "name": "Bùi Thị Muộn"},
        }
        sent = self._system.client.post("/v1/dossiers/batch", json={"items": [item]})
        story.expect(sent.is_success and sent.json()["created"] == 1, sent.text[:300])
        after = self._received(period)
        story.tell(f"số liệu sống của tháng {period}: {before} → {after}")
        story.expect(after == before + 1, f"{before} → {after}")
        story.expect(self._frozen(closing) == frozen, "bản chốt đã đổi")
        story.tell(f"bản chốt: {sum(map(len, frozen))} byte, không đổi byte nào")
        return str(sent.json()["batch"])

    def amend(self, closing: dict[str, Any]) -> None:
        story, path = self.story, f"/v1/reports/closings/{closing['id']}"
        story.step("Điều chỉnh có ngày, có lý do, số trước và sau | a dated amendment")
        frozen = self._frozen(closing)
        before = {each["number"] for each in self._anyone.get(f"{path}/amendments").json()["items"]}
        answer = self._province.send("POST", f"{path}/amendments", json={"reason": "Hồ sơ gửi muộn"})
        said = self._made(answer, f"{path}/amendments", lambda each: each["number"] not in before)
        story.tell(f"lần {said['number']}: thêm {said['came']}, đổi {said['changed']}, bớt {said['went']}")
        share = next(each for each in said["figures"] if each["indicator"] == "online-share")
        story.tell(f"đã tiếp nhận: {share['before']['received']} → {share['after']['received']}")
        story.expect(said["came"] >= 1, f"{said}")
        story.expect(self._frozen(closing) == frozen, "điều chỉnh mà bản chốt đổi")

    def void(self, closing: dict[str, Any], batch: str) -> None:
        story = self.story
        story.step("Lô gửi muộn bị hủy: số liệu sống trở lại như trước | the batch is voided again")
        before = self._received(closing["period"])
        reason = {"reason": "Hồ sơ thử"}
        voided = self._system.client.post(f"/v1/dossiers/batches/{batch}/void", json=reason)
        story.expect(voided.is_success, voided.text[:300])
        after = self._received(closing["period"])
        story.tell(f"{before} → {after}")
        story.expect(after == before - 1, f"{before} → {after}")
