"""The targets of 2020: by Decision 2566 at least 20 % of all dossiers received, for each department and
district. The measures of two departments are made up, and say so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from services.dossier.seed.figures import QUOTAS
from services.dossier.targets import commands, queries
from services.dossier.targets.commands import Change
from services.dossier.targets.queries import Key

SEEDER = Caller(sub="seed-2020", kind="service", name="seed-2020", roles=frozenset({"service"}))
_DECIDED = date(2020, 10, 23)
_SAID: dict[str, Any] = {
    "value": Decimal("0.2"),
    "decision": "2566/QĐ-UBND",
    "decided_on": _DECIDED,
    "effective_from": _DECIDED,
}
_MEASURES = {
    "000.00.08.H28": [
        {
            "text": "Hướng dẫn nộp trực tuyến ngay tại bộ phận một cửa (biện pháp mẫu)",
            "owner": "Văn phòng Sở",
            "due_on": "2020-11-30",
        },
        {
            "text": "Nhắn tin cho người đã nộp trực tiếp trong năm (biện pháp mẫu)",
            "owner": None,
            "due_on": "2020-12-15",
        },
    ],
    "000.00.10.H28": [
        {
            "text": "Đưa năm thủ tục nhiều hồ sơ nhất lên mức độ 4 (biện pháp mẫu)",
            "owner": "Văn phòng đăng ký đất đai",
            "due_on": "2020-12-20",
        }
    ],
}


async def assign(session: AsyncSession, clock: Clock) -> int:
    """Where nothing is recorded yet; how many were."""
    keys = [Key(2020, "online-share", agency) for agency in QUOTAS]
    known = await queries.known(session, keys)
    changes = [
        Change(key, _SAID | {"measures": _MEASURES.get(key.agency, [])}) for key in keys if key not in known
    ]
    if changes:
        await commands.put_all(session, clock, SEEDER, changes)
    return len(changes)
