"""The provider's own books, in memory: orders, each with its payment and refunds. Amounts are đồng."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from mocks.clock import VIETNAM, Now
from mocks.national_portal.faults import Faults

State = Literal["waiting", "done", "failed"]


@dataclass
class Transaction:
    """`at`: when it came to its `state`. `later`: what becomes of a waiting refund, and when."""

    number: str
    kind: Literal["pay", "refund"]
    amount: int
    at: datetime
    state: State
    bank: str = ""
    code: str = ""
    whole: bool = True
    later: tuple[datetime, State] | None = None


@dataclass
class Order:
    """`asked`: the parameters of the pay address. `told`: what came of each IPN."""

    token: str
    asked: dict[str, str]
    transactions: list[Transaction]
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return self.asked["vnp_TxnRef"]

    @property
    def amount(self) -> int:
        return int(self.asked["vnp_Amount"]) // 100

    @property
    def payment(self) -> Transaction:
        """The last try to pay."""
        return [each for each in self.transactions if each.kind == "pay"][-1]

    @property
    def latest(self) -> Transaction:
        return self.transactions[-1]

    @property
    def repaid(self) -> int:
        """Given back, or about to be."""
        return sum(
            each.amount for each in self.transactions if each.kind == "refund" and each.state != "failed"
        )


class Books:
    def __init__(self, now: Now) -> None:
        self.now = now
        self.faults = Faults()
        self.requests: set[str] = set()
        self._orders: dict[str, Order] = {}

    def open(self, asked: dict[str, str]) -> Order:
        """A payer has come with a new reference."""
        order = Order(secrets.token_urlsafe(16), asked, [])
        self.pay(order, "waiting")
        self._orders[order.reference] = order
        return order

    def pay(self, order: Order, state: State) -> Transaction:
        """A further try to pay."""
        order.transactions.append(Transaction(self._number(), "pay", order.amount, self.now(), state))
        return order.latest

    def refund(self, order: Order, amount: int, *, whole: bool) -> Transaction:
        refund = Transaction(self._number(), "refund", amount, self.now(), "done", order.payment.bank)
        refund.whole = whole
        order.transactions.append(refund)
        return refund

    def put_off(self, refund: Transaction, seconds: float, end: State) -> None:
        refund.state, refund.later = "waiting", (self.now() + timedelta(seconds=seconds), end)

    def order(self, reference: str) -> Order | None:
        self._settle()
        return self._orders.get(reference)

    def orders(self) -> list[Order]:
        self._settle()
        return list(self._orders.values())

    def order_by_token(self, token: str) -> Order | None:
        return next((order for order in self._orders.values() if order.token == token), None)

    def transactions(self) -> Iterator[tuple[Order, Transaction]]:
        return ((order, each) for order in self.orders() for each in order.transactions)

    def moved_on(self, day: date) -> list[tuple[Order, Transaction]]:
        """Money that came or went on a day in Vietnam, in order of time."""
        moved = [
            (order, each)
            for order, each in self.transactions()
            if each.state == "done" and each.at.astimezone(VIETNAM).date() == day
        ]
        return sorted(moved, key=lambda pair: pair[1].at)

    def _settle(self) -> None:
        """Refunds whose time has come end at that time."""
        now = self.now()
        for order in self._orders.values():
            for each in order.transactions:
                if each.later and each.later[0] <= now:
                    each.at, each.state = each.later
                    each.later = None

    def _number(self) -> str:
        """14 digits, that do not come again when the mock is started anew."""
        return f"{self.now().astimezone(VIETNAM):%y%m%d}{secrets.randbelow(10**8):08d}"
