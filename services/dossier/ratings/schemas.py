"""A rating, as callers send and see it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kit.clock import Local
from kit.text import Incoming, Text

Digits = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{4}$")]


class NewRating(Incoming):
    """3 content, 2 so so, 1 not content."""

    points: int = Field(ge=1, le=3)
    comment: Annotated[Text, StringConstraints(max_length=2000)] = ""


class SlipRating(NewRating):
    """By the code on the slip; `check`: last four of the applicant's phone or paper number."""

    check: Digits


class RatingView(BaseModel):
    points: int
    at: Local
