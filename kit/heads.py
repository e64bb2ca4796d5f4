"""The heads of all chains, signed day by day and kept outside the database: a tail that was cut off, or a
history that was written anew, no longer agrees with them.

A list holds the heads that moved since the list before, and names that one by its digest; so all lists
together say how far each chain had come. A list is text: a JWT of the service's own key, whose `digest`
covers the rest, then a line "<subject> <seq> <hash>" per chain.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import obstore
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import ServiceKey
from kit.clock import Clock, civil_date
from kit.db import Database


class Shelf:
    """Where the lists of one service lie: `<service>/<day>-<number>.heads`, each written once."""

    def __init__(self, store: ObjectStore, service: str) -> None:
        self._store, self._service = store, service

    async def names(self) -> list[str]:
        """Oldest first."""
        found = []
        async for part in obstore.list(self._store, prefix=self._service):
            found += [str(item["path"]).rsplit("/", 1)[1] for item in part]
        return sorted(name for name in found if name.endswith(".heads"))

    async def read(self, name: str) -> str:
        content = await obstore.get_async(self._store, f"{self._service}/{name}")
        return bytes(await content.bytes_async()).decode()

    async def add(self, name: str, content: str) -> bool:
        """False when somebody else has written it."""
        try:
            await obstore.put_async(self._store, f"{self._service}/{name}", content.encode(), mode="create")
        except AlreadyExistsError:
            return False
        return True


class Notary:
    """Seals a list each day; any number of replicas may try, one succeeds."""

    def __init__(self, database: Database, shelf: Shelf, key: ServiceKey, clock: Clock) -> None:
        self._database, self._shelf, self._key, self._clock = database, shelf, key, clock

    async def step(self) -> bool:
        """For `jobs.Loop`: the first list of a day, when there is none."""
        names = await self._shelf.names()
        if not names or names[-1][:10] < civil_date(self._clock.now()):
            await self.seal()
        return False

    async def seal(self) -> str | None:
        """The name of a new list; None when another replica was faster, or no chain has moved today."""
        names = await self._shelf.names()
        before = await self._shelf.read(names[-1]) if names else ""
        today = civil_date(self._clock.now())
        after = int(_claims(before)["last"]) if before else 0
        async with self._database.transaction() as session:
            last, rows = await _moved(session, after)
        first_today = not names or names[-1][:10] != today
        if not rows and not first_today:
            return None
        body = "".join(f"{subject} {seq} {head.hex()}\n" for subject, seq, head in rows)
        claims = {
            "iss": self._key.name,
            "iat": int(self._clock.now().timestamp()),
            "day": today,
            "last": max(last, after),
            "previous": _digest(before) if before else "",
            "digest": _digest(body),
        }
        number = 0 if first_today else int(names[-1][11:14]) + 1
        name = f"{today}-{number:03d}.heads"
        return name if await self._shelf.add(name, f"{self._key.sign(claims)}\n{body}") else None


async def sealed_at(shelf: Shelf) -> datetime | None:
    """When the newest list was signed; None while there is none."""
    names = await shelf.names()
    return datetime.fromtimestamp(_claims(await shelf.read(names[-1]))["iat"], UTC) if names else None


async def _moved(session: AsyncSession, after: int) -> tuple[int, list[tuple[str, int, bytes]]]:
    """The newest event's id, and the heads of the chains that moved after `after`."""
    rows = (
        await session.execute(
            text(
                "SELECT DISTINCT ON (subject) subject, seq, hash, max(id) OVER () AS last FROM event"
                " WHERE id > :after ORDER BY subject, seq DESC"
            ),
            {"after": after},
        )
    ).all()
    return (rows[0].last if rows else after), [(row.subject, row.seq, bytes(row.hash)) for row in rows]


@dataclass
class Heads:
    """What the lists say together: the last known head of each chain, and what is wrong with the lists."""

    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    lists: int = 0
    faults: list[str] = field(default_factory=list)


async def read(shelf: Shelf, service: str, service_keys: str) -> Heads:
    """All lists, oldest first: signatures, digests, and that none is missing in between."""
    keys, heads, previous = KeySet.import_key_set(json.loads(service_keys)), Heads(), ""
    for name in await shelf.names():
        content = await shelf.read(name)
        heads.lists += 1
        token, _, body = content.partition("\n")
        try:
            claims = jwt.decode(token, keys, algorithms=["Ed25519"]).claims
        except (JoseError, ValueError):
            heads.faults.append(f"{name}: the signature is not ours")
            claims = {}
        if claims and (claims.get("iss") != service or claims.get("digest") != _digest(body)):
            heads.faults.append(f"{name}: the list was altered")
        if claims and claims.get("previous") != previous:
            heads.faults.append(f"{name}: the list before it is missing or was altered")
        previous = _digest(content)
        for line in body.splitlines():
            subject, seq, head = line.rsplit(" ", 2)
            heads.known[subject] = int(seq), head
    return heads


async def compare(session: AsyncSession, heads: Heads) -> list[str]:
    """Whether the log still has every head that the lists name; the faults in words."""
    faults: list[str] = []
    known = sorted(heads.known.items())
    for start in range(0, len(known), 5000):
        faults += await _compare(session, known[start : start + 5000])
    return faults


async def _compare(session: AsyncSession, known: Sequence[tuple[str, tuple[int, str]]]) -> list[str]:
    rows = await session.execute(
        text(
            "SELECT e.subject, encode(e.hash, 'hex') AS head FROM event e"
            " JOIN unnest(cast(:subjects AS text[]), cast(:seqs AS int[])) AS w(subject, seq)"
            " ON e.subject = w.subject AND e.seq = w.seq"
        ),
        {"subjects": [subject for subject, _ in known], "seqs": [seq for _, (seq, _) in known]},
    )
    found = {row.subject: row.head for row in rows}
    return [
        f"{subject}: event {seq} is gone"
        if subject not in found
        else f"{subject}: event {seq} is another one"
        for subject, (seq, head) in known
        if found.get(subject) != head
    ]


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _claims(content: str) -> dict[str, Any]:
    """Of a list that we wrote ourselves; `read` is who checks signatures."""
    part = content.split(".", 2)[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
