"""Whom this machine trusts, read once."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """For `verify=` of every client: httpx would read the list of authorities anew for each, at 45 ms, most
    of what a service took to be put together."""
    return httpx.create_ssl_context()
