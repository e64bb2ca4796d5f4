"""The ports to those who carry messages: a text message gateway, a mail gateway, each an HTTP address."""

from __future__ import annotations

from typing import Protocol

import httpx

from kit.tls import trusted


class Refused(Exception):
    """The carrier said no: nothing was sent."""


class Silent(Exception):
    """The carrier did not answer: whether it was sent is unknown."""


class Carrier(Protocol):
    async def send(self, reference: str, to: str, text: str) -> None:
        """`reference` names the message: sent again under it, it is not sent twice.
        Raises Refused, Silent."""


class HttpCarrier:
    """POSTs `{reference, to, text}`; 2xx is sent."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._client = httpx.AsyncClient(verify=trusted(), timeout=10, transport=transport, trust_env=False)

    async def send(self, reference: str, to: str, text: str) -> None:
        body = {"reference": reference, "to": to, "text": text}
        try:
            answer = await self._client.post(self._url, json=body)
        except httpx.ConnectError as error:
            raise Refused(type(error).__name__) from None
        except httpx.TransportError as error:
            raise Silent(type(error).__name__) from None
        if not answer.is_success:
            raise Refused(f"HTTP {answer.status_code}")

    async def close(self) -> None:
        await self._client.aclose()
