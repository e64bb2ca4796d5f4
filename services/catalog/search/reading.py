"""From what was typed to what is looked for: words that nobody knows are taken for slips."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Text, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.text import fold
from services.catalog.search import words
from services.catalog.search.ranking import Looked, dated


@dataclass(frozen=True)
class Reading:
    """`meant`: for each word that stands nowhere, those it may be a slip of."""

    typed: str
    looked: Looked
    meant: dict[str, list[str]]

    def hint(self, name: str) -> str | None:
        """What was typed with its slips mended, in the spelling of `name`; None when nothing was."""
        spelled = {fold(word): word for word in re.findall(r"\w+", name.lower())}
        pieces = [self._mended(piece, spelled) for piece in self.typed.split()]
        mended = " ".join(pieces)
        return None if mended == " ".join(self.typed.split()) else mended

    def _mended(self, piece: str, spelled: dict[str, str]) -> str:
        slips = [slip for word in words.split(piece) for slip in self.meant.get(word, [])]
        return next((spelled[slip] for slip in slips if slip in spelled), piece)


async def read(session: AsyncSession, typed: str, on: date, *, unfinished: bool = False) -> Reading:
    """`unfinished`: the last word is still being typed."""
    split = words.split(typed)
    terms = words.terms(split, unfinished=unfinished)
    asked = {"terms": list(terms.values()), "phrases": words.phrases(split)}
    strange, bodies = (await session.execute(dated(_KNOWN, on, terms=Text, phrases=Text), asked)).one()
    meant = {}
    if strange:
        # 20 ms, for the few queries that have such a word.
        known = set(await session.scalars(_VOCABULARY = text("SELECT word FROM ts_stat('SELECT search FROM procedure_version WHERE valid IS NOT NULL')")
