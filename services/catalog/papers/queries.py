"""Reads of the templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
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
