"""Days and moments as callers send them: written out, never seconds since 1970."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kit.clock import Day, Moment
from kit.problem import validation_faults

NUMBERS = [1603670400, 1603670400.0, "1603670400", "1603670400.0", "-5", " 2020 ", "1e9", True]


@pytest.mark.parametrize("given", NUMBERS)
@pytest.mark.parametrize(("kind", "words"), [(Day, "YYYY-MM-DD"), (Moment, "ISO 8601")])
def test_a_number_is_no_day_and_no_moment(kind: Any, words: str, given: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(given)
    (fault,) = validation_faults(refused.value.errors())
    assert words in fault.in_words("vi").detail


def test_a_day_is_read_as_it_is_written() -> None:
    adapter: TypeAdapter[date] = TypeAdapter(Day)
    assert adapter.validate_python("2020-10-26") == adapter.validate_python(date(2020, 10, 26))
    assert adapter.validate_json('"2020-10-26"') == date(2020, 10, 26)
