"""Where a payer's browser may be sent back to: an open redirect would lend the province's name."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import AnyHttpUrl

from kit.problem import FieldFault
from services.payment.errors import ReturnNotAllowed

_WORDS = {
    "vi": "Phải là địa chỉ http(s) thuộc một trong: {allowed}.",
    "en": "Must be an http(s) address of one of: {allowed}.",
}


def check_return(url: str, allowed: Sequence[str]) -> None:
    """Raises ReturnNotAllowed unless scheme, host and port are those of an allowed origin."""
    if _origin(url) not in map(_origin, allowed):
        raise ReturnNotAllowed(
            errors=[FieldFault("return-url", _WORDS, pointer="/return_url", allowed=", ".join(allowed))]
        )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parsed = AnyHttpUrl(url)
    return parsed.scheme, parsed.host, parsed.port
