"""Fees, from the pay page to the books, over public HTTP only."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

from deploy.demo.pdf import pdf
from deploy.demo.people import Person, everybody, example_form
from deploy.demo.reconciliation import Reconciling
from deploy.demo.story import Story, money, problem

DEPARTMENT, PROCEDURE = (
    "000.00.09.H28",
    "9.000001",
)  # of the sample: phí 350,000 kept, lệ phí 150,000 refundable
ACCOUNT = {
    "valid_from": "2020-01-01",
    "bank": "KBNN Hòa Bình",
    "number": "3511.0.0000009",
    "holder": "Sở Xây dựng (mẫu)",
    "tax_code": "5400000009",
    "decision": "QĐ mẫu",
}


class PaymentWalk:
    """`vnpay` and `portal`: addresses of the mocks, to script their faults and read their books."""

    def __init__(self, public_url: str, vnpay: str, portal: str) -> None:
        self._url, self._vnpay, self._portal = public_url, vnpay, portal
        self.story = Story()
        people = (Person(self.story, public_url) for _ in range(7))
        self.anyone, self.citizen, self.officer, self.cashier, self.leader, self.province, self.auditor = (
            people
        )
        self.form: dict[str, Any] = {}
        self._before = (0, 0)

    def run(self) -> None:
        """Raises StepFailedError at the first step that does not hold."""
        self.log_in()
        self.account()
        paid = self.online()
        self.receipts(paid)
        self.forged(paid)
        self.silence()
        self.counter()
        self.withdrawn(paid)
        self.twice()
        self.books()
        Reconciling(self.story, self.province, self._vnpay).run()
        self.pilot()

    def log_in(self) -> None:
        people = {
            "an-nguyen": self.citizen,
            "tiep.tran": self.officer,
            "thu.ngo": self.cashier,
            "lanh.bui": self.leader,
            "long.bui": self.province,
            "kiem.ha": self.auditor,
        }
        everybody(self.story, people)
        self.form = example_form(self.story, self.anyone, PROCEDURE)
        self._before = self._held()

    def account(self) -> None:
        story = self.story
        story.step("Tài khoản nhận tiền của Sở, có thời hạn | the department's account, with its days")
        url = f"/v1/ledger/accounts/{DEPARTMENT}"
        if not self.province.get(url).json()["items"]:
            made = self.province.send("PUT", url, json=ACCOUNT)
            story.expect(made.is_success, made.text[:300])
        for item in self.province.get(url).json()["items"]:
            story.tell(f"{item['number']} {item['bank']}, từ {item['valid_from']}, {item['decision']}")

    def online(self) -> dict[str, Any]:
        story = self.story
        story.step("Trả phí qua VNPAY: trang, IPN, kết quả | pay at VNPAY: page, IPN, outcome")
        dossier = self.submitted()
        payment = self.begun(dossier, "vnpay")
        self.citizen.pay(payment["next_url"])
        payment = self.until(payment, "succeeded")
        story.tell(f"{money(payment['amount'])}, giao dịch {payment['provider_transaction']}")
        story.until(lambda: self._settled(dossier), "hồ sơ chưa biết đã nộp phí")
        again = self.citizen.send("POST", "/v1/payments", json=self._order(dossier, "payment-platform"))
        story.expect(again.status_code == 409, again.text[:300])
        story.tell(*problem(again))
        return payment

    def receipts(self, payment: dict[str, Any]) -> None:
        story = self.story
        story.step("Biên lai: phí, lệ phí riêng; PDF; ai cũng kiểm tra được | receipts, verified by anyone")

        def signed() -> list[dict[str, Any]]:
            listed = self.citizen.client.get("/v1/receipts", params={"payment": payment["id"]}).json()[
                "items"
            ]
            return [item for item in listed if item["status"] == "signed"]

        story.until(lambda: len(signed()) == 2, "chưa ký đủ hai biên lai", 40)
        for receipt in signed():
            document = self.citizen.client.get(
                f"/v1/receipts/{receipt['id']}", headers={"Accept": "application/pdf"}
            )
            story.expect(document.content.startswith(b"%PDF"), "biên lai không phải PDF")
            number = f"{receipt['form_code']} {receipt['series']} {receipt['number']}"
            story.tell(f"{number}: {money(receipt['amount'])}, PDF {len(document.content)} byte")
            known = self.anyone.get(f"/v1/receipts/verify/{receipt['verification_code']}")
            story.expect(known.is_success and "Nguyễn" not in known.text, known.text[:300])

    def forged(self, payment: dict[str, Any]) -> None:
        story = self.story
        story.step("IPN giả bị từ chối, không đổi gì | a forged IPN changes nothing")
        told = {"vnp_TxnRef": payment["reference"], "vnp_Amount": "1", "vnp_SecureHash": "0" * 128}
        told |= {"vnp_ResponseCode": "00", "vnp_TransactionStatus": "00", "vnp_TmnCode": "X"}
        answer = self.anyone.get("/v1/payments/callbacks/vnpay", params=told)
        story.expect(answer.json().get("RspCode") == "97", answer.text[:300])
        story.tell(answer.text)

    def silence(self) -> None:
        story = self.story
        story.step("Cổng không trả lời lúc khởi tạo: chưa rõ, rồi hỏi lại | silence at INIT, then asked")
        fault = {"service": "INIT", "kind": "down", "times": 1}
        httpx.post(f"{self._portal}/_mock/faults", json=fault, trust_env=False).raise_for_status()
        dossier = self.submitted()
        payment = self.begun(dossier, "payment-platform")
        story.expect(payment["status"] == "unknown", payment["status"])
        story.tell(payment["status_label"])
        payment = self.until(payment, "failed", 60)
        story.tell(f"{payment['status_label']}: {payment['failure']}; tạo lại được ngay")
        second = self.begun(dossier, "payment-platform")
        self.citizen.pay(second["next_url"])
        self.until(second, "succeeded")

    def counter(self) -> None:
        story = self.story
        story.step("Quầy: mở ca, thu tiền mặt, đếm, đóng ca | the counter: a shift, cash, the count")
        for old in self.cashier.client.get("/v1/cash-shifts").json()["items"]:
            if old["closed_at"] is None:
                self._close(old["id"], old["expected"], "")
        shift = self._made(self.cashier.send("POST", "/v1/cash-shifts", json={"opening": 500_000}))
        body = {"dossier_id": self.submitted().rsplit("/", 1)[1], "purpose": "submission", "method": "cash"}
        taken = self._made(self.cashier.send("POST", "/v1/payments/counter", json=body))
        story.tell(f"{money(taken['amount'])} tiền mặt, {taken['status_label']}")
        wrong = self._close(shift["id"], 999_000, "")
        story.expect(wrong.status_code == 422, wrong.text[:300])
        story.tell(*problem(wrong))
        closed = self._close(shift["id"], 999_000, "Thối thừa 1.000 đồng").json()
        story.expect(closed.get("difference") == -1000, str(closed))
        story.tell(
            f"theo sổ {money(closed['expected'])}, đếm được {money(closed['counted'])}: {closed['note']}"
        )

    def withdrawn(self, payment: dict[str, Any]) -> None:
        story = self.story
        story.step("Rút hồ sơ: đề xuất hoàn khoản được hoàn, VNPAY trả lại | withdrawn: refund by rule")
        withdrawn = self.citizen.act(f"/v1/dossiers/{payment['dossier_id']}", "withdraw", {"note": "Đổi ý"})
        story.expect(withdrawn.is_success, withdrawn.text[:300])
        refund = self.proposed(payment)
        story.tell(f"{refund['reason']}: {money(refund['amount'])}, " + refund["lines"][0]["name"])
        self.give_back(refund)
        too_much = {"amount": 1000, "refund_amount_available": 0, "reason": "Thử",
                    "lines": [{"code": "PH-01", "amount": 1000}]}  # fmt: skip
        refused = self.cashier.send("POST", f"/v1/payments/{payment['id']}/refunds", json=too_much)
        story.expect(refused.status_code == 409, refused.text[:300])
        story.tell(*problem(refused), refused.json()["detail"])

    def twice(self) -> None:
        story = self.story
        story.step("Trả hai lần một khoản: tìm ra, hoàn cả | one fee paid twice is found and goes back")
        dossier = self.submitted()
        first = self.begun(dossier, "vnpay")
        seen = self.citizen.client.get(f"/v1/payments/{first['id']}")
        cancelled = self.citizen.send("POST", f"/v1/payments/{first['id']}/cancel", version=seen)
        story.expect(cancelled.is_success, cancelled.text[:300])
        second = self.begun(dossier, "vnpay")
        self.citizen.pay(second["next_url"])
        self.until(second, "succeeded")
        self.citizen.pay(first["next_url"])  # in the other window, where the first page was still open
        refund = self.proposed(first)
        story.expect(refund["cause"] == "overpaid", str(refund))
        story.tell(f"{refund['reason']}: {money(refund['amount'])}")
        self.give_back(refund)

    def books(self) -> None:
        story = self.story
        story.step("Sổ cái: theo cơ quan, cổng, ngày; luôn cân | the books hold")
        balances = self.province.get("/v1/ledger/balances").json()
        for item in balances["items"]:
            story.tell(
                f"{item['agency_name']} · {item['provider']}: thu {money(item['captured'])}, hoàn"
                f" {money(item['refunded'])}, phí {money(item['fee'])}, lệ phí {money(item['charge'])}"
            )
        proof = self.auditor.get("/v1/ledger/proof").json()
        story.expect(proof["balanced"], str(proof))
        theirs, ours = (now - then for now, then in zip(self._held(), self._before, strict=True))
        story.tell(f"VNPAY: {money(theirs)}, sổ của tỉnh: {money(ours)}, từ lúc bắt đầu")
        story.expect(theirs == ours > 0, "sổ của VNPAY khác sổ của tỉnh")

    def _held(self) -> tuple[int, int]:
        """What VNPAY holds for the province, by its own books and by the province's, in đồng. The mock's
        begin anew at each start of the system, so what counts is how both change."""
        transactions = httpx.get(f"{self._vnpay}/_mock/books", trust_env=False).json()
        done = [each for each in transactions if each["state"] == "done"]
        period = {"from": "2020-01-01", "to": "2020-12-31", "provider": "vnpay"}
        ours = self.province.client.get("/v1/ledger/balances", params=period).json()["total"]["held"]
        return sum(each["amount"] * (1 if each["kind"] == "pay" else -1) for each in done), int(ours)

    def pilot(self) -> None:
        story = self.story
        story.step("Báo cáo thí điểm: số lần, thành công, lỗi theo nguyên nhân | the pilot's report")
        period = {"from": "2020-10-01", "to": "2020-12-31"}
        for item in self.province.get("/v1/payments/pilot-report", params=period).json()["items"]:
            failed = ", ".join(f"{cause}: {number}" for cause, number in item["failed"].items()) or "–"
            story.tell(
                f"{item['procedure']} {item['provider']}: {item['succeeded']}/{item['tried']}, {failed}"
            )

    # What the steps are made of.

    def submitted(self) -> str:
        """The path of a new dossier of the citizen's, submitted."""
        body = {"procedure": PROCEDURE, "agency": DEPARTMENT, "form": self.form}
        made = self.citizen.client.post(
            "/v1/dossiers", json=body, headers=self.citizen.unsafe_headers(secrets.token_hex(16))
        )
        self.story.expect(made.status_code == 201, made.text[:300])
        path = f"/v1/dossiers/{made.json()['id']}"
        for paper in ("GT-01", "GT-02"):
            self.citizen.client.post(
                f"{path}/documents",
                data={"paper": paper},
                files={"file": (f"{paper}.pdf", pdf(paper))},
                headers=self.citizen.unsafe_headers(secrets.token_hex(16)),
            ).raise_for_status()
        done = self.citizen.act(path, "submit", {})
        self.story.expect(done.is_success, done.text[:300])
        self.story.tell(done.json()["code"])
        return path

    def _order(self, dossier: str, provider: str) -> dict[str, Any]:
        return {
            "dossier_id": dossier.rsplit("/", 1)[1],
            "purpose": "submission",
            "provider": provider,
            "return_url": f"{self._url}/v1/me",
        }

    def begun(self, dossier: str, provider: str) -> dict[str, Any]:
        return self._made(self.citizen.send("POST", "/v1/payments", json=self._order(dossier, provider)))

    def until(self, payment: dict[str, Any], status: str, seconds: float = 30) -> dict[str, Any]:
        path = f"/v1/payments/{payment['id']}"

        def there() -> bool:
            return bool(self.citizen.client.get(path).json()["status"] == status)

        self.story.until(there, f"khoản thanh toán chưa {status}", seconds)
        found: dict[str, Any] = self.citizen.client.get(path).json()
        return found

    def _settled(self, dossier: str) -> bool:
        fees = self.citizen.client.get(dossier).json()["fees"]
        return all(fee["settled_at"] for fee in fees if fee["purpose"] == "submission")

    def proposed(self, payment: dict[str, Any]) -> dict[str, Any]:
        def listed() -> list[dict[str, Any]]:
            given = {"payment": payment["id"], "status": "proposed"}
            found: list[dict[str, Any]] = self.officer.client.get("/v1/refunds", params=given).json()["items"]
            return found

        self.story.until(listed, "không thấy đề xuất hoàn")
        return listed()[0]

    def give_back(self, refund: dict[str, Any]) -> None:
        """Taken up by the officer, then VNPAY does it."""
        path = f"/v1/refunds/{refund['id']}"
        seen = self.officer.get(path)
        taken = self.officer.send("POST", f"{path}/actions/request", version=seen, json={})
        self.story.expect(taken.is_success, taken.text[:300])

        def done() -> bool:
            return bool(self.officer.client.get(path).json()["status"] == "succeeded")

        self.story.until(done, "VNPAY chưa hoàn", 60)
        self.story.tell(f"Đã hoàn {money(refund['amount'])}")

    def _close(self, shift: str, counted: int, note: str) -> httpx.Response:
        path = f"/v1/cash-shifts/{shift}"
        body = {"counted": counted, "note": note}
        return self.cashier.send("POST", f"{path}/close", version=self.cashier.client.get(path), json=body)

    def _made(self, answer: httpx.Response) -> dict[str, Any]:
        self.story.expect(answer.status_code == 201, answer.text[:300])
        found: dict[str, Any] = answer.json()
        return found
