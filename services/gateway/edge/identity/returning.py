"""Where a login may return to. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from services.gateway.edge.identity.errors import ReturnRefused


def checked(return_to: str, public_url: str, origins: tuple[str, ...]) -> str:
    """`return_to`, if it is a path of ours or an address of a registered frontend. Raises ReturnRefused.

    Browsers read `//host`, `/\\host` and, after dropping tabs and line ends, `/ /host` as another site.
    """
    if "\\" in return_to or not return_to.isprintable() or " " in return_to:
        raise ReturnRefused()
    if return_to.startswith("/") and not return_to.startswith("//"):
        return return_to
    try:
        parts = urlsplit(return_to)
    except ValueError:
        raise ReturnRefused() from None
    if parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" in (public_url, *origins):
        return return_to
    raise ReturnRefused()
