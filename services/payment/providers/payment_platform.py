"""The national portal's Payment Platform 1.0.6: INIT, QUERY, CONFIRM, GET_BILL (protocol facts, section 7.1).
It has no message for refunds: a person gives the money back."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.clock import VIETNAM, Clock
from kit.problem import InvalidInput, model_faults
from kit.tls import trusted
from services.payment.errors import CallbackForged, CallbackRefused
from services.payment.providers.platform_checksum import FIELDS, holds, sign
from services.payment.providers.platform_receipt import receipt
from services.payment.providers.port import (
    Attempt,
    Bill,
    InDoubt,
    Notice,
    Opened,
    Order,
    Paid,
    Refused,
    Repaid,
    Repayment,
    Waiting,
)
from services.payment.settings import PlatformState

VERSION, CURRENCY, PAID_CODE = "1.0.6", "VND", "00"


def moment(at: datetime) -> str:
    """`yyyyMMddHHmmss` in Vietnam."""
    return at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


#: No control characters, which PostgreSQL or a log could not hold. Not normalised: the checksum is over
#: what was sent.
_CLEAN = r"^[^\x00-\x1f]*$"
Short = Annotated[str, Field(max_length=64, pattern=_CLEAN)]
Long = Annotated[str, Field(max_length=255, pattern=_CLEAN)]


class Confirmation(BaseModel):
    """CONFIRM: strings, also where a partner sends numbers. Fields that the protocol may gain are ignored;
    the checksum does not cover them."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    LoaiBanTin: Short
    MaLoi: Short
    MaDoiTac: Short
    MaThamChieu: Long
    SoTien: Annotated[str, Field(pattern=r"^[0-9]{1,15}$")]
    MaTienTe: Short
    MaGiaoDich: Long = ""
    MaNganHang: Short = ""
    ThoiGianGD: Short
    ThongTinGiaoDich: Annotated[str, Field(max_length=1000, pattern=_CLEAN)] = ""
    MaXacThuc: Annotated[str, Field(max_length=128, pattern=_CLEAN)]


@dataclass(frozen=True)
class Partner:
    """Our account there. `states` and `unheard`: see the settings."""

    url: str
    code: str
    secrets: Sequence[str]
    states: Mapping[str, PlatformState]
    unheard: str


class PaymentPlatform:
    name = "payment-platform"
    repays = False

    def __init__(
        self,
        partner: Partner,
        clock: Clock,
        *,
        timeout: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.partner = partner
        self._clock, self._timeout = clock, timeout
        self._client = httpx.AsyncClient(
            verify=trusted(), transport=transport, timeout=timeout, follow_redirects=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def open(self, order: Order) -> Opened | Refused | InDoubt:
        """INIT. Sent once: a repetition could open a second payment."""
        about = f"THANH TOAN HO SO {order.dossier_code}"
        message = {
            "LoaiBanTin": "INIT",
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.code,
            "MaThamChieu": order.attempt.reference,
            "SoTien": str(order.attempt.amount),
            "LoaiHinhThanhToan": "PAY",
            "MaKenhThanhToan": "1",
            "MaThietBi": "1",
            "NgonNgu": "vi-VN",
            "MaTienTe": CURRENCY,
            "MaNganHang": "PAYMENT",
            "ThongTinGiaoDich": plain(about),
            "ThoiGianGD": moment(order.attempt.begun),
            "Ip": order.ip,
        }
        answer = await self._post({**self._signed(message), "ThongTinBienLai": receipt(order, about)})
        if isinstance(answer, InDoubt | Refused):
            return answer
        if (code := _code(answer)) != PAID_CODE:
            return Refused(code) if code else InDoubt("no-code")
        url = answer.get("UrlThanhToan")
        if not isinstance(url, str) or not re.fullmatch(r"https?://\S{1,1990}", url):
            return InDoubt("no-payment-page")
        return Opened(url)

    async def query(self, attempt: Attempt) -> Paid | Waiting | Refused | InDoubt:
        """QUERY, with the moment that INIT carried."""
        message = {
            "LoaiBanTin": "QUERY",
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.code,
            "MaThamChieu": attempt.reference,
            "ThoiGianGD": moment(attempt.begun),
        }
        answer = await self._post(self._signed(message))
        if isinstance(answer, Refused):
            return InDoubt(answer.reason)  # the question was refused, not the payment
        if isinstance(answer, InDoubt):
            return answer
        return self._state(answer, attempt.reference)

    async def repay(self, repayment: Repayment) -> Repaid | Waiting | Refused | InDoubt:
        return Refused("no-refunds")

    async def query_repayment(self, repayment: Repayment) -> Repaid | Waiting | Refused | InDoubt:
        return Refused("no-refunds")

    async def bill(self, attempt: Attempt, time: str) -> Bill | Refused | InDoubt:
        """GET_BILL: some installations answer a PDF, some JSON; both are passed on as they are."""
        message = {
            "LoaiBanTin": "GET_BILL",
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.code,
            "MaThamChieu": attempt.reference,
            "ThoiGianGD": time,
        }
        accept = {"Accept": "application/pdf, application/json;q=0.5"}
        answer = await self._sent(self._signed(message), accept)
        if isinstance(answer, Refused | InDoubt):
            return InDoubt(answer.reason if isinstance(answer, Refused) else answer.error)
        if answer.status_code == 200 and answer.content.startswith(b"%PDF"):
            return Bill(answer.content, "application/pdf")
        body = _object(answer)
        if isinstance(body, InDoubt):
            return body
        if _code(body) != PAID_CODE:
            return Refused(_code(body) or "no-code")
        return Bill(answer.content, "application/json")

    def read(self, message: Mapping[str, Any]) -> Notice:
        """CONFIRM. Raises InvalidInput."""
        try:
            confirmation = Confirmation.model_validate(message)
        except ValidationError as error:
            raise InvalidInput(errors=model_faults(error)) from None
        amount = int(confirmation.SoTien)
        paid = Paid(confirmation.MaGiaoDich, confirmation.MaNganHang, amount, confirmation.ThoiGianGD)
        body = confirmation.model_dump()
        return Notice(
            genuine=holds("CONFIRM", body, confirmation.MaXacThuc, self.partner.secrets),
            reference=confirmation.MaThamChieu,
            amount=amount if str(amount) == confirmation.SoTien else None,
            news=paid if confirmation.MaLoi == PAID_CODE else Refused(confirmation.MaLoi),
            body=body,
            partner=confirmation.MaDoiTac == self.partner.code,
            currency=confirmation.MaTienTe == CURRENCY,
            kind=confirmation.LoaiBanTin == "CONFIRM",
        )

    def answer(
        self, notice: Notice, refusal: type[CallbackRefused] | None, *, repeated: bool
    ) -> tuple[int, dict[str, Any]]:
        """`MaLoi` 00: done, also when it was done before."""
        answer = {
            "MaLoi": refusal.provider_code if refusal else PAID_CODE,
            "MoTaLoi": refusal.title["vi"] if refusal else "Thành công",
            "MaDoiTac": str(notice.body["MaDoiTac"]),
            "MaThamChieu": notice.reference,
            "ThoiGianGD": moment(self._clock.now()),
        }
        # Nothing that a stranger chose is signed.
        signature = "" if refusal is CallbackForged else sign("ANSWER", answer, self.partner.secrets[0])
        return refusal.status if refusal else 200, {**answer, "MaXacThuc": signature}

    def returning(self, parameters: Mapping[str, str]) -> str:
        return parameters.get("MaThamChieu", "")

    def _state(self, answer: Mapping[str, Any], reference: str) -> Paid | Waiting | Refused | InDoubt:
        code = _code(answer)
        if code == self.partner.unheard:
            return Refused("unheard")
        if not self._genuine(answer):
            return InDoubt("signature")
        if answer.get("MaThamChieu") != reference or answer.get("MaDoiTac") != self.partner.code:
            return InDoubt("another-payment")
        state = self.partner.states.get(str(answer.get("TrangThaiGD", "")))
        if state == "waiting":
            return Waiting()
        if state == "failed":
            return Refused(code if code not in ("", PAID_CODE) else "failed")
        transaction, bank = str(answer.get("MaGiaoDich") or ""), str(answer.get("MaNganHang") or "")
        amount = str(answer.get("SoTien", ""))
        if state != "paid" or not transaction or not re.fullmatch(r"[0-9]{1,15}", amount):
            return InDoubt("unreadable-state")
        if answer.get("MaTienTe") != CURRENCY:
            return InDoubt("another-currency")
        return Paid(transaction, bank, int(amount), str(answer.get("ThoiGianGD") or "")[:64])

    def _genuine(self, answer: Mapping[str, Any]) -> bool:
        """A QUERY is answered with the fields of a CONFIRM, its checksum among them."""
        covered = {name: str(answer.get(name, "")) for name in FIELDS["CONFIRM"]}
        return holds("CONFIRM", covered, str(answer.get("MaXacThuc", "")), self.partner.secrets)

    def _signed(self, message: dict[str, str]) -> dict[str, Any]:
        checksum = sign(message["LoaiBanTin"], message, self.partner.secrets[0])
        return {**message, "MaXacThuc": checksum}

    async def _post(self, message: Mapping[str, Any]) -> Mapping[str, Any] | Refused | InDoubt:
        answer = await self._sent(message, {})
        return answer if isinstance(answer, Refused | InDoubt) else _object(answer)

    async def _sent(
        self, message: Mapping[str, Any], headers: Mapping[str, str]
    ) -> httpx.Response | Refused | InDoubt:
        try:
            # httpx counts from byte to byte; an answer that drips in has to end, too.
            async with asyncio.timeout(self._timeout):
                return await self._client.post(self.partner.url, json=message, headers=headers)
        except httpx.ConnectError:
            return Refused("unreachable")  # no connection, so nothing was sent
        except (httpx.HTTPError, TimeoutError) as error:
            return InDoubt(type(error).__name__)


def _object(answer: httpx.Response) -> Mapping[str, Any] | InDoubt:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code >= 500 or not isinstance(body, dict):
        return InDoubt(f"status-{answer.status_code}")
    return body


def _code(answer: Mapping[str, Any]) -> str:
    return str(answer.get("MaLoi", ""))[:32]


def plain(text: str) -> str:
    """Unaccented ASCII without the checksum's separator."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return decomposed.encode("ascii", "ignore").decode().replace("|", " ")
