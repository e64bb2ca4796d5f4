"""What a payment provider is to us. Adding one is a file beside this one, its settings, a line in `app.py`,
and a line in `tests/contract/payment/test_every_provider.py`.

A call ends with an outcome, never with an exception: what did not come back whole is `InDoubt`. Amounts
are đồng, moments aware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from services.payment.errors import CallbackRefused


@dataclass(frozen=True)
class Line:
    """`kind` fee (phí) or charge (lệ phí)."""

    code: str
    name: str
    kind: Literal["fee", "charge"]
    amount: int


@dataclass(frozen=True)
class Payee:
    """The account to which the money goes."""

    bank: str
    number: str
    holder: str


@dataclass(frozen=True)
class Attempt:
    """A payment as its provider knows it: our reference, the moment that its opening carried, and, once there
    is money, the provider's number of the transaction."""

    reference: str
    amount: int
    begun: datetime
    transaction: str | None = None


@dataclass(frozen=True)
class Order:
    """What is to be paid, for whose fee, by whom."""

    attempt: Attempt
    expires: datetime
    ip: str
    dossier_code: str
    procedure_code: str
    procedure_name: str
    agency: str
    agency_name: str
    payer_name: str
    payer_number: str
    lines: Sequence[Line]
    payee: Payee | None


@dataclass(frozen=True)
class Repayment:
    """Money to be given back. `reference` is ours, and the same however often it is tried; `whole`: all of
    the payment, and nothing of it went back before; `at`: when the provider was told last; `earlier`: the
    provider's numbers of refunds under the payment's reference that are known."""

    reference: str
    of: Attempt
    amount: int
    whole: bool
    reason: str
    by: str
    at: datetime
    earlier: frozenset[str]


@dataclass(frozen=True)
class Opened:
    """The payer goes on at `url`."""

    url: str


@dataclass(frozen=True)
class Refused:
    """Nothing was or will be done under this reference. `reason`: the provider's code, or ours."""

    reason: str


@dataclass(frozen=True)
class Paid:
    """`time`: the provider's own, as it writes it."""

    transaction: str
    bank: str
    amount: int
    time: str = ""


@dataclass(frozen=True)
class Bill:
    """What the provider itself issued for a payment."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Repaid:
    transaction: str


@dataclass(frozen=True)
class Waiting:
    """The provider knows of it, and it has not ended."""


@dataclass(frozen=True)
class InDoubt:
    """Time-out, transport error, or an answer that cannot be read: it may or may not have been done."""

    error: str


@dataclass(frozen=True)
class Notice:
    """A call-back as it was read. Unless `genuine`, nothing else of it is believed. `partner` and `currency`:
    whether they are ours, and đồng; `amount` None: not a number."""

    genuine: bool
    reference: str
    amount: int | None
    news: Paid | Refused
    body: Mapping[str, Any]
    partner: bool = True
    currency: bool = True
    kind: bool = True


class Provider(Protocol):
    """`name` stands in payments, addresses and the ledger. `repays`: whether it can be told to give money
    back; if not, a person does it and says so."""

    name: str
    repays: bool

    async def open(self, order: Order) -> Opened | Refused | InDoubt:
        """Ask for a payment page. Called once: a repetition could open a second payment."""

    async def query(self, attempt: Attempt) -> Paid | Waiting | Refused | InDoubt:
        """What became of a payment."""

    async def repay(self, repayment: Repayment) -> Repaid | Waiting | Refused | InDoubt:
        """Give money back. Called once; what follows is asked by `query_repayment`."""

    async def query_repayment(self, repayment: Repayment) -> Repaid | Waiting | Refused | InDoubt:
        """What became of it. `Refused` also when the provider never heard of it."""

    async def bill(self, attempt: Attempt, time: str) -> Bill | Refused | InDoubt:
        """Of a payment that succeeded, at the provider's time. `Refused` where it issues none."""

    def read(self, message: Mapping[str, Any]) -> Notice:
        """A call-back: a JSON object, or the parameters of a GET. Raises InvalidInput for what is none."""

    def answer(
        self, notice: Notice, refusal: type[CallbackRefused] | None, *, repeated: bool
    ) -> tuple[int, dict[str, Any]]:
        """HTTP status and body by the provider's protocol."""

    def returning(self, parameters: Mapping[str, str]) -> str:
        """The reference with which a payer's browser comes back; "" if there is none. It proves nothing
        about money."""

    async def close(self) -> None: ...
