"""For what people come: some services are asked for again and again, some by nobody. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random

from services.dossier.seed.plan import Service

#: Of four services that nobody asks for one; of what will be online later, how much people ask before.
_UNUSED, _BEFORE = 4, 0.15
#: The second is asked for less than half as often as the first, and so on.
_STEEP = 1.4


@dataclass(frozen=True)
class Pool:
    """Services and how often they are asked for, added up."""

    services: Sequence[Service]
    weights: Sequence[float]

    def drawn(self, chance: Random, many: int) -> list[Service]:
        return chance.choices(self.services, cum_weights=self.weights, k=many) if many else []


def pools(services: Sequence[Service], on: date) -> tuple[Pool, Pool]:
    """What can be sent online on a day, and the rest."""
    online = [service for service in services if service.level > 2]
    now = _asked([service for service in online if service.since <= on])
    later = [
        (service, asked * _BEFORE)
        for service, asked in _asked([service for service in online if service.since > on])
    ]
    other = _asked([service for service in services if service.level <= 2])
    return _pool(now), _pool([*other, *later])


def _asked(services: Sequence[Service]) -> list[tuple[Service, float]]:
    """The same order everywhere, whoever offers them."""
    ordered = sorted(services, key=lambda service: zlib.crc32(service.code.encode()))
    used = ordered[: len(ordered) - len(ordered) // _UNUSED]
    return [(service, 1 / rank**_STEEP) for rank, service in enumerate(used, 1)]


def _pool(asked: Sequence[tuple[Service, float]]) -> Pool:
    return Pool([service for service, _ in asked], list(accumulate(weight for _, weight in asked)))
