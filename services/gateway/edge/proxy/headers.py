"""Which headers pass the gateway, in either direction. Pure."""

from __future__ import annotations

from collections.abc import Iterable

Raw = Iterable[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"trailers",
        b"transfer-encoding",
        b"upgrade",
    )
)
#: Ours to say, or (cookies) not for services to see.
_NOT_IN = _HOP_BY_HOP | frozenset(
    (
        b"host",
        b"cookie",
        b"expect",
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-request-id",
        b"x-csrf-token",
        b"traceparent",
    )
)
#: Set again here, or (cookies) not for services to set.
_NOT_OUT = _HOP_BY_HOP | frozenset(
    (b"set-cookie", b"date", b"server", b"x-request-id", b"x-content-type-options")
)


def inward(headers: Raw, forwarded: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of a request, for a service. `forwarded`: what the gateway says about it."""
    kept = _passing(headers, _NOT_IN)
    return [*((n.decode("latin-1"), v.decode("latin-1")) for n, v in kept), *forwarded]


def outward(headers: Raw) -> list[tuple[bytes, bytes]]:
    """Of a service's answer, for the caller."""
    return _passing(((name.lower(), value) for name, value in headers), _NOT_OUT)


def _passing(headers: Raw, stopped: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    pairs = list(headers)
    named = {
        word.strip().lower() for name, value in pairs if name == b"connection" for word in value.split(b",")
    }
    return [(name, value) for name, value in pairs if name not in stopped and name not in named]
