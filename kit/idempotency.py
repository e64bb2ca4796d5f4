"""`Idempotency-Key`: the same key and input create once, however often and however parallel.

The row commits with the business transaction. A replay reads the resource again and is marked
`Idempotency-Replayed: true`; refusals (4xx) are not stored, so a corrected call may use the key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text, text

from kit.auth import AnyCaller
from kit.clock import Clock
from kit.db import Session
from kit.problem import Busy, FieldFault, Problem

T = TypeVar("T")


class KeyMissing(Problem):
    status, code = 400, "idempotency-key-missing"
    title = {"vi": "Thiếu Idempotency-Key", "en": "Idempotency-Key is missing"}
    detail = {
        "vi": "Gửi kèm tiêu đề Idempotency-Key, một giá trị mới cho mỗi lần tạo.",
        "en": "Send the header Idempotency-Key, a new value for each thing to create.",
    }


class KeyReused(Problem):
    status, code = 422, "idempotency-key-reused"
    title = {"vi": "Idempotency-Key đã dùng", "en": "Idempotency-Key was used"}
    detail = {
        "vi": "Khóa này đã được dùng với nội dung khác.",
        "en": "This key was used with another input.",
    }


class KeyInFlight(Busy):
    code = "idempotency-key-in-flight"


def table(metadata: MetaData) -> None:
    Table(
        "idempotency",
        metadata,
        Column("caller", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("resource", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
    )


def fingerprint(*parts: Any) -> bytes:
    """Of the parsed input: key order, white space and defaults do not count. Files go by SHA-256."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).digest()


class Once:
    """Bound to one request: its key, its caller, its transaction."""

    def __init__(
        self, key: str | None, caller: str, session: Session, response: Response, clock: Clock
    ) -> None:
        self._key, self._caller, self._session = key, caller, session
        self._response, self._clock = response, clock

    async def once(
        self,
        of: bytes,
        create: Callable[[], Awaitable[tuple[str, T]]],
        again: Callable[[str], Awaitable[T]],
    ) -> T:
        """`create` does the work and returns (resource id, answer); `again` reads the answer by id.

        Raises KeyReused, KeyInFlight.
        """
        if self._key is None:
            return (await create())[1]
        if stored := await self._stored():
            if bytes(stored.fingerprint) != of:
                raise KeyReused()
            self._response.headers["Idempotency-Replayed"] = "true"
            return await again(stored.resource)
        resource, answer = await create()
        return answer if await self._store(of, resource) else await self._lost()

    async def _stored(self) -> Any:
        free = await self._session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:lock, 0))"),
            {"lock": f"{self._caller}\n{self._key}"},
        )
        if not free:
            raise KeyInFlight(headers={"Retry-After": "1"})
        rows = await self._session.execute(
            text("SELECT fingerprint, resource FROM idempotency WHERE caller = :caller AND key = :key"),
            {"caller": self._caller, "key": self._key},
        )
        return rows.first()

    async def _store(self, of: bytes, resource: str) -> bool:
        stored = await self._session.execute(
            text(
                "INSERT INTO idempotency (caller, key, fingerprint, resource, created_at)"
                " VALUES (:caller, :key, :of, :resource, :now) ON CONFLICT DO NOTHING RETURNING key"
            ),
            {
                "caller": self._caller,
                "key": self._key,
                "of": of,
                "resource": resource,
                "now": self._clock.now(),
            },
        )
        return stored.first() is not None

    async def _lost(self) -> Any:
        raise KeyInFlight(headers={"Retry-After": "1"})


_KEY_WORDS = {"vi": "Từ 1 đến 255 ký tự ASCII.", "en": "1 to 255 ASCII characters."}
KeyHeader = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


async def _optional(
    request: Request, response: Response, caller: AnyCaller, session: Session, key: KeyHeader = None
) -> Once:
    if key is not None and (not key or not key.isascii() or not key.isprintable()):
        fault = FieldFault("idempotency-key", _KEY_WORDS, parameter="Idempotency-Key")
        raise KeyMissing(errors=[fault])
    return Once(key, caller.actor, session, response, request.app.state.clock)


async def _compulsory(
    once: Annotated[Once, Depends(_optional, scope="function")], key: KeyHeader = None
) -> Once:
    if key is None:
        raise KeyMissing()
    return once


#: On POSTs that create dossiers, payments or refunds.
Idempotent = Annotated[Once, Depends(_compulsory, scope="function")]
#: Elsewhere.
MaybeIdempotent = Annotated[Once, Depends(_optional, scope="function")]
