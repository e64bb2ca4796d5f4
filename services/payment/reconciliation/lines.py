"""What a statement says, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


def account_key(number: str) -> str:
    """An account as it is compared: banks group its digits, and a workbook loses its first zeros."""
    return re.sub(r"[\s.-]", "", number).lstrip("0")


class Source(StrEnum):
    """Whose statement: the provider's, or that of the bank with the bodies' accounts."""

    PROVIDER = "provider"
    BANK = "bank"


class LineKind(StrEnum):
    PAY = "pay"
    REFUND = "refund"


@dataclass(frozen=True)
class Line:
    """`number`: its row in the file, from 1. Amounts in đồng. `reference`: ours, or "" on a bank's line that
    is none of our business. `account`: where the bank booked it. `fee` and `charge`: how the statement parts
    the amount into phí and lệ phí, where it does. `fault`: why it cannot be read; then `raw` has its cells
    by column, without a bank's free text, which names people, and `reference` is there if that can be."""

    number: int
    kind: LineKind = LineKind.PAY
    reference: str = ""
    transaction: str = ""
    amount: int = 0
    at: datetime | None = None
    account: str = ""
    fee: int | None = None
    charge: int | None = None
    fault: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Not `asdict`, which copies deeply and costs more than reading the file."""
        return dict(vars(self))
