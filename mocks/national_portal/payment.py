"""Payment Platform 1.0.6: INIT, QUERY, GET_BILL and the signed CONFIRM (portal facts, section 7.1)."""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from typing import Any

import httpx

from mocks.clock import stamp
from mocks.national_portal import checksum
from mocks.national_portal.settings import Settings
from mocks.national_portal.store import Payment, Store

#: `MaLoi`: only 00 and 99 are public; the others are this mock's.
UNHEARD, NOT_PAID, DUPLICATE, WRONG_CHECKSUM, MALFORMED = "01", "24", "94", "97", "99"
#: `TrangThaiGD`: the national codes are not public; these are this mock's.
STATES = {"paid": "00", "waiting": "01", "failed": "02"}
BANKS = ("VCB", "BIDV", "AGRIBANK")
_FIXED = {"PhienBan": "1.0.6", "LoaiHinhThanhToan": "PAY", "MaTienTe": "VND"}
_AMOUNT = re.compile(r"[1-9][0-9]{0,14}")
_TIME = re.compile(r"[0-9]{14}")


def refusal(code: str, words: str) -> dict[str, Any]:
    return {"MaLoi": code, "MoTaLoi": words}


class Platform:
    def __init__(
        self, store: Store, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._store, self._settings = store, settings
        self._secrets = settings.payment_platform_secrets.split(",")
        self._delays = [float(delay) for delay in settings.payment_confirm_delays.split(",")]
        self._http = httpx.AsyncClient(transport=transport, timeout=5, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """To INIT, QUERY or GET_BILL."""
        kind = str(message["LoaiBanTin"])
        if not self._genuine(kind, message):
            return refusal(WRONG_CHECKSUM, "Sai mã đối tác hoặc mã xác thực")
        if kind == "INIT":
            return self._init(message)
        payment = self._store.payments.get(message["MaThamChieu"])
        if payment is None:
            return refusal(UNHEARD, "Không có giao dịch")
        return self._bill(payment, message) if kind == "GET_BILL" else self._state(payment)

    def _genuine(self, kind: str, message: dict[str, Any]) -> bool:
        """All that the checksum covers is there, as text, and holds under one of the secrets."""
        covered = [message.get(name) for name in (*checksum.ORDER[kind], "MaXacThuc")]
        if not all(isinstance(value, str) for value in covered):
            return False
        given = message["MaXacThuc"].encode()
        return message["MaDoiTac"] == self._settings.payment_platform_partner and any(
            hmac.compare_digest(checksum.of(kind, message, secret).encode(), given)
            for secret in self._secrets
        )

    def _init(self, order: dict[str, Any]) -> dict[str, Any]:
        wrong = [name for name, value in _FIXED.items() if order[name] != value]
        wrong += [] if _AMOUNT.fullmatch(order["SoTien"]) else ["SoTien"]
        wrong += [] if _TIME.fullmatch(order["ThoiGianGD"]) else ["ThoiGianGD"]
        wrong += [] if 1 <= len(order["MaThamChieu"]) <= 255 else ["MaThamChieu"]
        wrong += [] if isinstance(order.get("ThongTinBienLai"), dict) else ["ThongTinBienLai"]
        if wrong:
            return refusal(MALFORMED, f"Thông tin không hợp lệ: {', '.join(wrong)}")
        reference = order["MaThamChieu"]
        if reference in self._store.payments:
            return refusal(DUPLICATE, "Mã tham chiếu đã dùng")
        payment = Payment(secrets.token_urlsafe(16), order)
        self._store.payments[reference] = payment
        url = f"{self._settings.browser_url()}/payment/pay/{payment.token}"
        return {"MaLoi": "00", "MoTaLoi": "Thành công", "MaThamChieu": reference, "UrlThanhToan": url}

    def _state(self, payment: Payment) -> dict[str, Any]:
        return {**self._confirmation(payment), "TrangThaiGD": STATES[payment.state]}

    def _bill(self, payment: Payment, message: dict[str, Any]) -> dict[str, Any]:
        """`ThoiGianGD` asked with is the one that CONFIRM told."""
        if payment.state != "paid":
            return refusal(NOT_PAID, "Giao dịch chưa được thanh toán")
        if message["ThoiGianGD"] != payment.at:
            return refusal(MALFORMED, "ThoiGianGD không khớp giao dịch")
        return {**self._confirmation(payment), "ThongTinBienLai": payment.order["ThongTinBienLai"]}

    def _confirmation(self, payment: Payment, **lies: str) -> dict[str, Any]:
        """What CONFIRM says, signed."""
        order = payment.order
        message = {
            "LoaiBanTin": "CONFIRM",
            "MaLoi": "00" if payment.state == "paid" else NOT_PAID,
            "MaDoiTac": order["MaDoiTac"],
            "MaThamChieu": order["MaThamChieu"],
            "SoTien": order["SoTien"],
            "MaTienTe": order["MaTienTe"],
            "MaGiaoDich": payment.transaction,
            "MaNganHang": payment.bank,
            "ThoiGianGD": payment.at,
            "ThongTinGiaoDich": order["ThongTinGiaoDich"],
            **lies,
        }
        return {**message, "MaXacThuc": checksum.of("CONFIRM", message, self._secrets[0])}

    async def finish(self, payment: Payment, state: str, bank: str) -> None:
        """The payer has decided: `paid` or `failed`. The partner is told, before this returns, unless a
        scripted fault has it otherwise; when it does not say 00, it is told again in the background."""
        now = stamp(self._store.now())
        payment.state, payment.bank, payment.at = state, bank, now
        payment.transaction = f"MOCKTXN{now[:8]}{secrets.randbelow(10**6):06d}"
        fault = self._store.faults.next("CONFIRM")
        kind = fault.kind if fault else ""
        if kind == "down":
            return
        if fault is not None and kind == "slow":
            self._later(payment, [fault.seconds, *self._delays])
            return
        message = self._confirmation(payment)
        if kind == "wrong-signature":
            message["MaXacThuc"] = "0" * 64
        if kind == "wrong-amount":
            message = self._confirmation(payment, SoTien=str(int(payment.order["SoTien"]) + 1))
        heard = await self._send(payment, message)
        if kind == "duplicate":
            await self._send(payment, message)
        if not heard:
            self._later(payment, self._delays)

    def _later(self, payment: Payment, delays: list[float]) -> None:
        task = asyncio.create_task(self._again(payment, delays))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, payment: Payment, delays: list[float]) -> None:
        for delay in delays:
            await asyncio.sleep(delay)
            if await self._send(payment, self._confirmation(payment)):
                return

    async def _send(self, payment: Payment, message: dict[str, Any]) -> bool:
        try:
            answer = await self._http.post(self._settings.payment_confirm_url, json=message)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            payment.confirmed.append({"error": type(error).__name__})
            return False
        payment.confirmed.append({"status": answer.status_code, "answer": body})
        return isinstance(body, dict) and body.get("MaLoi") == "00"
