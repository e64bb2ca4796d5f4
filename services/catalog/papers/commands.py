"""Templates come in."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.catalog.papers import files, queries
from services.catalog.papers.models import Template


async def keep(
    session: AsyncSession, clock: Clock, caller: Caller, content: bytes, name: str, reason: str
) -> Template:
    """A file of up to `MOST` bytes; one that is there already stays as it is, under its first name.

    Raises TemplateTooLarge, TemplateTypeRefused.
    """
    ending, media_type = files.kind_of(content)
    row: dict[str, Any] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "filename": files.clean_name(name, ending),
        "media_type": media_type,
        "size": len(content),
        "content": content,
        "uploaded_by": caller.actor,
        "uploaded_at": clock.now(),
    }
    added = await session.scalar(
        insert(Template).values(**row).on_conflict_do_nothing().returning(col(Template.sha256))
    )
    found = await queries.template(session, row["sha256"])
    if added is not None:
        await _told(session, caller, found, reason)
    return found


async def _told(session: AsyncSession, caller: Caller, template: Template, reason: str) -> None:
    """The event has a subject of its own: a template belongs to no one procedure."""
    data = {"size": template.size, "media_type": template.media_type, "reason": reason}
    event = events.Event(
        subject=f"template:{template.sha256}",
        seq=1,
        type="template.added",
        time=template.uploaded_at,
        actor=caller.actor,
        agency=caller.agency,
        audience="internal",
        data=data,
    )
    await events.append(session, event)
