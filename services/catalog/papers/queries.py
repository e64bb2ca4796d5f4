"""Reads of the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from kit.problem import pointer
from services.catalog.papers.errors import TemplateMissing
from services.catalog.papers.models import Template


async def template(session: AsyncSession, sha256: str) -> Template:
    """Raises TemplateMissing."""
    found = await session.get(Template, sha256)
    if found is None:
        raise TemplateMissing
    return found


async def known(session: AsyncSession, sha256: str) -> None:
    """Whether it is there, without the file. Raises TemplateMissing."""
    if await session.scalar(select(col(Template.sha256)).where(col(Template.sha256) == sha256)) is None:
        raise TemplateMissing


async def templates(
    session: AsyncSession, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Template]:
    """Newest first, one more than a page; the files themselves stay where they are."""
    order = col(Template.uploaded_at), col(Template.sha256)
    query = select(Template).options(defer(Template.content, raiseload=True))  # type: ignore[arg-type]
    if after is not None:
        query = query.where(tuple_(*order) < after)
    return (await session.scalars(query.order_by(*(key.desc() for key in order)).limit(limit + 1))).all()


class Wanting(NamedTuple):
    """A template that a paper names and that nobody has uploaded; `pointer` leads into the content."""

    pointer: str
    name: str
    sha256: str


async def missing_templates(session: AsyncSession, content: Mapping[str, Any]) -> list[Wanting]:
    """`content`: of a version, as stored. Empty where every template is there."""
    named = [
        Wanting(pointer(("papers", place, "templates", number)), blank["name"], blank["sha256"])
        for place, paper in enumerate(content["papers"])
        for number, blank in enumerate(paper.get("templates") or [])
    ]
    if not named:
        return []
    wanted = {blank.sha256 for blank in named}
    there = set(await session.scalars(select(col(Template.sha256)).where(col(Template.sha256).in_(wanted))))
    return [blank for blank in named if blank.sha256 not in there]
