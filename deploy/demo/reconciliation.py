"""A day is reconciled with VNPAY's own statement, over public HTTP only."""

from __future__ import annotations

from typing import Any

import httpx

from deploy.demo.people import Person
from deploy.demo.story import Story, money, problem


class Reconciling:
    """`province`: a leader of the province's committee; `vnpay`: address of the mock."""

    def __init__(self, story: Story, province: Person, vnpay: str) -> None:
        self.story, self._province, self._vnpay = story, province, vnpay
        self._path = ""

    def run(self) -> None:
        """Raises StepFailedError."""
        story = self.story
        story.step(
            "Đối soát ngày: sao kê của VNPAY, có lỗi | a day is reconciled, with faults in its statement"
        )
        day = self._province.get("/v1/ledger/balances").json()["items"][0]["day"]
        opened = self._province.send("POST", "/v1/reconciliations", params={"day": day, "provider": "vnpay"})
        story.expect(opened.is_success, opened.text[:300])
        if opened.json()["state"] == "closed":
            story.tell("Ngày này đã chốt ở lần chạy trước | closed by an earlier run")
            return
        self._path = f"/v1/reconciliations/{opened.json()['id']}"
        true = httpx.get(f"{self._vnpay}/_mock/statement", params={"day": day}, trust_env=False).text
        self._put(_spoilt(true))
        self._differences()
        self.story.expect(self._close().status_code == 409, "ngày còn chênh lệch mà chốt được")

        story.step("Sao kê đúng thay cho sao kê sai; xử lý; chốt ngày | the right one, actions, the close")
        self._put(true)
        for difference in self._differences():
            code = difference["proposal"]["code"]
            body = {"action": code, "note": "Đã đối chiếu"}
            done = self._province.send(
                "POST", f"{self._path}/differences/{difference['id']}/action", json=body
            )
            story.expect(done.is_success, done.text[:300])
        closed = self._close()
        story.expect(closed.is_success, closed.text[:400])
        self._report()

    def _put(self, statement: str) -> None:
        answer = self._province.client.put(
            f"{self._path}/statements/provider",
            content=statement.encode(),
            headers={**self._province.unsafe_headers("statement"), "Content-Type": "text/csv"},
        )
        self.story.call(answer)
        self.story.expect(answer.is_success, answer.text[:300])

    def _differences(self) -> list[dict[str, Any]]:
        answer = self._province.get(f"{self._path}/differences", params={"open": True, "limit": 200})
        found: list[dict[str, Any]] = answer.json()["items"]
        for item in found:
            self.story.tell(f"{item['label']} ({item['subject'][:40]}): {item['proposal']['text']}")
        return found

    def _close(self) -> httpx.Response:
        seen = self._province.client.get(self._path)
        answer = self._province.send("POST", f"{self._path}/close", version=seen)
        if answer.status_code == 409:
            self.story.tell(*problem(answer)[:1])
        return answer

    def _report(self) -> None:
        report = self._province.get(f"{self._path}/report").json()
        for item in report["items"]:
            self.story.tell(f"{item['name']}: phí {money(item['fee'])}, lệ phí {money(item['charge'])}, "
                            f"hoàn {money(item['refunded'])}, còn {money(item['net'])}")  # fmt: skip
        sheet = self._province.client.get(f"{self._path}/report", headers={"Accept": "text/csv"})
        self.story.expect(sheet.is_success and sheet.content.startswith(b"\xef\xbb\xbf"), "báo cáo CSV")


def _spoilt(statement: str) -> str:
    """Without its last row, and with one that nobody can read and one that nobody knows."""
    lines = statement.strip().splitlines()
    strange = "dvcKhongCo,99999999,pay,12345,2020-10-26T09:00:00+07:00"
    return "\n".join([*lines[:-1], "dvcHong,1,pay,mười nghìn,hôm qua", strange]) + "\n"
