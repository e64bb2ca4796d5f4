"""What a report of this room looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.problem import Language
from services.dossier.figures import queries as figures
from services.dossier.figures.indicator import Indicator
from services.dossier.figures.period import Span
from services.dossier.figures.queries import Asked, Counts
from services.dossier.models import Body
from services.dossier.settings import Settings
from services.dossier.targets import standing, words


@dataclass(frozen=True)
class Scene:
    """What a report is of: the body, all below it by code, and the days."""

    session: AsyncSession
    settings: Settings
    language: Language
    agency: str
    bodies: Sequence[Body]
    span: Span
    as_of: datetime
    period: str | None

    @property
    def body(self) -> Body:
        return next(body for body in self.bodies if body.code == self.agency)

    async def counts(self, indicator: Indicator, span: Span | None = None) -> dict[str, Counts]:
        """By body; of another span as of its end."""
        if span is None or span == self.span:
            return await standing.counts(self.session, indicator, self.agency, self.span, self.as_of)
        as_of = min(self.as_of, span.end())
        return await standing.counts(self.session, indicator, self.agency, span, as_of)

    async def frame(self, indicator: Indicator, **parts: str) -> dict[str, Any]:
        """What every answer begins with."""
        asked = Asked(self.agency, "below", self.span, indicator.by, "agency")
        said = words.definition(
            indicator,
            self.language,
            default=words.percent(float(self.settings.default_target), self.language),
            decision=self.settings.default_target_decision,
            **parts,
        )
        return {
            "indicator": indicator.id,
            "version": indicator.version,
            "definition": said,
            "period": self.period,
            "first": self.span.first,
            "last": self.span.last,
            "as_of": self.as_of,
            "agency": self.agency,
            "synthetic": await figures.synthetic(self.session, asked),
        }
