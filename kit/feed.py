"""Reading an event log over HTTP: the route that serves it and the consumer that follows it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import ServiceCaller
from kit.clock import elapsed
from kit.db import Bell, Database
from kit.http import Neighbour, NeighbourRefused
from kit.problem import Problem

log = structlog.get_logger()


class CursorGone(Problem):
    status, code = 410, "cursor-gone"
    title = {"vi": "Con trỏ không còn dùng được", "en": "The cursor is gone"}
    detail = {
        "vi": "Nhật ký đã bắt đầu kỷ nguyên {epoch}; hãy đọc lại từ đầu, không gửi after.",
        "en": "The log has begun epoch {epoch}; read again from the start, without after.",
    }


class CloudEvent(BaseModel):
    """CloudEvents 1.0, structured."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    actor: str
    agency: str | None = None
    audience: str
    traceparent: str | None = None
    data: dict[str, Any] | None = None


class FeedPage(BaseModel):
    items: list[CloudEvent]
    cursor: str


async def read(session: AsyncSession, source: str, after: str, limit: int) -> FeedPage:
    """Events after the cursor `<epoch>.<id>`, or from the start. Raises CursorGone."""
    epoch = str(await session.scalar(text("SELECT epoch FROM feed")))
    position = 0
    if after:
        match = re.fullmatch(r"([0-9a-z]+)\.(\d{1,18})", after)
        if match is None or match[1] != epoch:
            raise CursorGone(epoch=epoch)
        position = int(match[2])
    rows = await session.execute(
        text("SELECT * FROM event WHERE id > :position ORDER BY id LIMIT :limit"),
        {"position": position, "limit": limit},
    )
    items = []
    for row in rows.mappings():
        position = row["id"]
        items.append(
            CloudEvent(
                id=f"{epoch}.{position}",
                source=source,
                type=row["type"],
                subject=row["subject"],
                time=row["time"],
                sequence=row["seq"],
                actor=row["actor"],
                agency=row["agency"],
                audience=row["audience"],
                traceparent=row["trace"],
                data=row["data"],
            )
        )
    return FeedPage(items=items, cursor=f"{epoch}.{position}")


def feed_router(source: str) -> APIRouter:
    """`GET /internal/events`, with long polling. Opens its own short transactions while it waits."""
    router = APIRouter(tags=["internal"])

    @router.get("/internal/events")
    async def events(
        request: Request,
        caller: ServiceCaller,
        after: Annotated[str, Query(max_length=64)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 500,
        wait: Annotated[float, Query(ge=0, le=30)] = 0,
    ) -> FeedPage:
        database: Database = request.app.state.database
        bell: Bell = request.app.state.bell
        until = elapsed() + wait
        while True:
            ticket = bell.ticket()
            async with database.transaction() as session:
                page = await read(session, source, after, limit)
            left = until - elapsed()
            if page.items or left <= 0 or bell.leaving:
                return page
            await bell.wait(ticket, min(left, 5))

    return router


Effect = Callable[[AsyncSession], Awaitable[None]]
#: Fetches what it needs over HTTP, outside any transaction, and returns what is to be written.
Handler = Callable[[CloudEvent], Awaitable[Effect | None]]


class Consumer:
    """Follows one neighbour's feed; each event's effect and the new cursor commit together.

    `handlers`: event type → handler; "noun.*" takes the noun's types that have none of their own.
    A lost race for the cursor (another replica was first) discards the effect: applied once.
    """

    def __init__(
        self, name: str, database: Database, neighbour: Neighbour, handlers: Mapping[str, Handler]
    ) -> None:
        self.name = name
        self._database, self._neighbour, self._handlers = database, neighbour, handlers

    async def step(self, wait: float = 0) -> int:
        """Read one page and apply it; the number of events read."""
        position = await self._position()
        try:
            page = await self._neighbour.get(
                "/internal/events",
                FeedPage,
                params={"after": position, "wait": wait, "limit": 200},
                timeout=wait + 10,
            )
        except NeighbourRefused as refusal:
            if refusal.code != CursorGone.code:
                raise
            log.warning("feed-epoch-changed", consumer=self.name)
            await self._move(position, "", None)
            return 0
        for event in page.items:
            handler = self._handlers.get(event.type) or self._handlers.get(f"{event.type.split('.')[0]}.*")
            if handler is not None:
                effect = await handler(event)
                if not await self._move(position, event.id, effect):
                    return len(page.items)
                position = event.id
        if page.cursor != position:
            await self._move(position, page.cursor, None)
        return len(page.items)

    async def poll(self) -> bool:
        """A step for `jobs.Loop`: waits at the neighbour's, so it never sleeps here."""
        await self.step(wait=20)
        return True

    async def _position(self) -> str:
        async with self._database.transaction() as session:
            position = await session.scalar(
                text("SELECT pos FROM cursor WHERE name = :name"), {"name": self.name}
            )
            if position is None:
                await session.execute(
                    text("INSERT INTO cursor (name, pos) VALUES (:name, '') ON CONFLICT DO NOTHING"),
                    {"name": self.name},
                )
        return str(position or "")

    async def _move(self, old: str, new: str, effect: Effect | None) -> bool:
        async with self._database.transaction() as session:
            moved = await session.scalar(
                text("UPDATE cursor SET pos = :new WHERE name = :name AND pos = :old RETURNING pos"),
                {"new": new, "old": old, "name": self.name},
            )
            if moved is not None and effect is not None:
                await effect(session)
        return moved is not None
