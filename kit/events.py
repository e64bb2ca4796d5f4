"""The event log: audit trail, outbox and feed in one append-only table.

`append` is the last write of a transaction. It takes one advisory lock per database, so that the
order of ids is the order of commits and a reader that asks `id > cursor` misses nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

Audience = Literal["internal", "public"]

_LOCK = 7_305_001
_HELD = "events"
_GENESIS = b"\0" * 32


@dataclass(frozen=True)
class Event:
    """A change of state. `seq` is the subject's version after it; `data` holds references, no
    names, identity numbers or free text."""

    subject: str
    seq: int
    type: str
    time: datetime
    actor: str
    agency: str | None = None
    audience: Audience = "public"
    data: Mapping[str, Any] = field(default_factory=dict)


def tables(metadata: MetaData) -> None:
    """Declare the tables of the log, its feed and its readers' cursors in a service's metadata."""
    Table(
        "event",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("subject", Text, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("type", Text, nullable=False),
        Column("time", DateTime(timezone=True), nullable=False),
        Column("actor", Text, nullable=False),
        Column("agency", Text),
        Column("audience", Text, nullable=False),
        Column("data", JSONB(none_as_null=True)),
        Column("data_digest", LargeBinary, nullable=False),
        Column("trace", Text),
        Column("hash", LargeBinary, nullable=False),
        UniqueConstraint("subject", "seq", name="event_subject_seq_key"),
    )
    Table(
        "feed",
        metadata,
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("epoch", Text, nullable=False),
    )
    Table(
        "cursor",
        metadata,
        Column("name", Text, primary_key=True),
        Column("pos", Text, nullable=False),
    )


async def append(session: AsyncSession, event: Event) -> None:
    """Write the event. Must be the transaction's last write; (subject, seq) must be new."""
    waiting: list[Event] | None = session.info.get(_HELD)
    if waiting is not None:
        waiting.append(event)
        return
    await session.flush()
    # One statement for the lock and what it guards; the id is drawn by the next, so under the lock.
    previous = await session.scalar(
        text(
            "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(:lock)) SELECT"
            " (SELECT hash FROM event WHERE subject = :subject AND seq = :seq) FROM held"
        ),
        {"lock": _LOCK, "subject": event.subject, "seq": event.seq - 1},
    )
    await session.execute(
        text(f"WITH written AS ({_INSERT} RETURNING id) SELECT pg_notify('event', '') FROM written"),
        _row(event, previous or _GENESIS),
    )


@asynccontextmanager
async def held(session: AsyncSession) -> AsyncIterator[list[Event]]:
    """What is appended within is written at its end, all at once: for a transaction of many changes, which
    must not wait for rows while it holds the lock. What is taken off the list again is not written."""
    waiting: list[Event] = []
    session.info[_HELD] = waiting
    try:
        yield waiting
    finally:
        del session.info[_HELD]
    await append_all(session, waiting)


async def append_all(session: AsyncSession, events: Sequence[Event]) -> None:
    """Many at once, in four statements however many; those of one subject in the order of their seq.
    As with `append`, the transaction's last write."""
    if not events:
        return
    await session.flush()
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = await session.execute(
        text(
            "SELECT e.subject, e.hash FROM event e JOIN unnest(cast(:subjects AS text[]),"
            " cast(:seqs AS int[])) AS w(subject, seq) ON e.subject = w.subject AND e.seq = w.seq"
        ),
        {"subjects": [event.subject for event in events], "seqs": [event.seq - 1 for event in events]},
    )
    heads = {row.subject: row.hash for row in found}
    rows = []
    for event in events:
        rows.append(_row(event, heads.get(event.subject, _GENESIS)))
        heads[event.subject] = rows[-1]["hash"]
    await session.execute(text(_INSERT), rows)
    await session.execute(text("SELECT pg_notify('event', '')"))


_INSERT = (
    "INSERT INTO event (subject, seq, type, time, actor, agency, audience, data, data_digest, trace, hash)"
    " VALUES (:subject, :seq, :type, :time, :actor, :agency, :audience, CAST(:data AS jsonb), :digest,"
    " :trace, :hash)"
)


def _row(event: Event, previous: bytes) -> dict[str, Any]:
    data, digest = _canonical(event.data)
    return {
        "subject": event.subject,
        "seq": event.seq,
        "type": event.type,
        "time": event.time,
        "actor": event.actor,
        "agency": event.agency,
        "audience": event.audience,
        "data": data,
        "digest": digest,
        "trace": structlog.contextvars.get_contextvars().get("trace"),
        "hash": chain_hash(previous, event, digest),
    }


def _canonical(data: Mapping[str, Any]) -> tuple[str, bytes]:
    """As text that is always the same for the same data, and its SHA-256."""
    written = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written, hashlib.sha256(written.encode()).digest()


def digest(data: Mapping[str, Any]) -> bytes:
    """What the chain holds of an event's `data`, also when that was emptied."""
    return _canonical(data)[1]


def chain_hash(previous: bytes, event: Event, data_digest: bytes) -> bytes:
    """What links an event to the one before it; covers the digest of `data`, not `data` itself, so
    that the retention role can empty `data` and the chain still verifies."""
    fields = [
        event.subject,
        event.seq,
        event.type,
        event.time.timestamp(),
        event.actor,
        event.agency,
        event.audience,
        data_digest.hex(),
    ]
    line = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(previous + line).digest()


async def history(session: AsyncSession, subject: str) -> list[Mapping[str, Any]]:
    """All events of a subject, oldest first."""
    rows = await session.execute(
        text("SELECT * FROM event WHERE subject = :subject ORDER BY seq"), {"subject": subject}
    )
    return [dict(row) for row in rows.mappings()]


@dataclass
class Verdict:
    """What a walk over all chains found: how much there was, how often `data` was emptied by retention
    (which the chain allows), and what is wrong, in words."""

    subjects: int = 0
    events: int = 0
    emptied: int = 0
    faults: list[str] = field(default_factory=list)


async def verify(session: AsyncSession) -> list[str]:
    """The faults of all chains in words, none when all is whole."""
    return (await examine(session)).faults


async def examine(session: AsyncSession) -> Verdict:
    """Walk every chain, in the order of its events, without holding more than one."""
    found = Verdict()
    subject, previous, expected = "", _GENESIS, 1
    rows = await session.stream(text("SELECT * FROM event ORDER BY subject, seq"))
    async for row in rows.mappings():
        if row["subject"] != subject:
            subject, previous, expected = row["subject"], _GENESIS, 1
            found.subjects += 1
        event = Event(
            subject=row["subject"],
            seq=row["seq"],
            type=row["type"],
            time=row["time"],
            actor=row["actor"],
            agency=row["agency"],
            audience=row["audience"],
        )
        found.events += 1
        if row["seq"] != expected:
            found.faults.append(f"{subject}: event {expected} is missing")
        if chain_hash(previous, event, row["data_digest"]) != row["hash"]:
            found.faults.append(f"{subject}: event {row['seq']} was altered")
        if row["data"] is None:
            found.emptied += 1
        elif _canonical(row["data"])[1] != row["data_digest"]:
            found.faults.append(f"{subject}: data of event {row['seq']} was altered")
        previous, expected = row["hash"], row["seq"] + 1
    return found
