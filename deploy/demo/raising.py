"""What an editor does so that a synced procedure can be submitted online: from level 2 to level 4."""

from __future__ import annotations

from typing import Any

from deploy.demo.people import Person
from deploy.demo.story import Story

RAISED: dict[str, Any] = {
    "form": "generic",
    "processing_time": {"amount": 10, "unit": "working_days"},
    "papers": [
        {"code": "GT-01", "name": "Đơn đề nghị", "required": True, "types": ["application/pdf"]},
        {"code": "GT-02", "name": "Giấy tờ kèm theo", "required": True, "types": ["application/pdf"]},
    ],
    "fees": [
        {"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 100_000, "due_at": "submission"},
    ],
    "results": [{"code": "KQ-01", "name": "Giấy phép"}],
}  # fmt: skip


def raise_level(story: Story, url: str, code: str, agency: str) -> None:
    """Draft, publish, offer. Raises StepFailedError."""
    story.step("Thủ tục thật mới ở mức 2: biên tập viên nâng lên mức 4 bằng mẫu chung | an editor raises it")
    editor = Person(story, url)
    editor.log_in("bien.dinh", "staff")
    shown = editor.get(f"/v1/procedures/{code}").json()
    story.tell("Còn thiếu: " + ", ".join(gap["label"] for gap in shown["gaps"]))
    editor.client.headers["If-Match"] = f'"{shown["version"]}"'
    draft = editor.send("PATCH", f"/v1/procedures/{code}/draft", json=RAISED)
    story.expect(draft.status_code == 200, draft.text[:300])
    editor.client.headers["If-Match"] = draft.headers["ETag"]
    published = editor.send("POST", f"/v1/procedures/{code}/publish", json={"reason": "Nâng lên mức 4"})
    story.expect(published.status_code == 200, published.text[:300])
    story.tell("Thay đổi: " + ", ".join(change["at"] for change in published.json()["changes"]))
    terms = {
        "online_level": 4,
        "valid_from": "2020-10-01",
        "decision": "1588/QĐ-UBND",
        "pay_online_from": "2020-10-01",
        "pilot": True,
    }
    offered = editor.send("PUT", f"/v1/agencies/{agency}/offerings/{code}", json=terms)
    story.expect(offered.status_code == 200, offered.text[:300])
