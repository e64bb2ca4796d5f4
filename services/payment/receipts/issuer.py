"""The port to who signs receipts: a tax authority's or a provider's service for electronic receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from kit.tls import trusted

#: Answers that say "not now", not "no".
_LATER = {408, 425, 429}


@dataclass(frozen=True)
class Signed:
    """`code`: the issuer's own, by which it knows the receipt."""

    code: str
    at: datetime


@dataclass(frozen=True)
class Cancelled:
    """The issuer knows that it is cancelled."""


@dataclass(frozen=True)
class Refused:
    """The issuer said no; asking again is of no use."""

    reason: str


@dataclass(frozen=True)
class InDoubt:
    """No answer, or none that can be read: it may have been done. To be asked again under the same id."""

    error: str


class Issuer(Protocol):
    async def sign(self, receipt_id: UUID, paper: dict[str, Any]) -> Signed | Refused | InDoubt:
        """`paper`: what stands on the receipt, plain JSON. Keyed by our id: a second time never makes a
        second one."""

    async def cancel(self, receipt_id: UUID, reason: str) -> Cancelled | Refused | InDoubt:
        """Also of one that it was perhaps never asked to sign, and then never will."""


class _Signature(BaseModel):
    code: str = Field(min_length=1, max_length=200)
    signed_at: AwareDatetime


class HttpIssuer:
    """POSTs `{id, …}` to `/receipts` and `{id, reason}` to `/cancel`, with a bearer token if there is one."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = 10,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(
            verify=trusted(),
            base_url=url,
            headers=headers,
            timeout=timeout,
            transport=transport,
            trust_env=False,
        )

    async def sign(self, receipt_id: UUID, paper: dict[str, Any]) -> Signed | Refused | InDoubt:
        answer = await self._post("/receipts", {**paper, "id": str(receipt_id)})
        if not isinstance(answer, httpx.Response):
            return answer
        try:
            signature = _Signature.model_validate_json(answer.content)
        except ValidationError:
            return InDoubt("unreadable answer")
        return Signed(signature.code, signature.signed_at)

    async def cancel(self, receipt_id: UUID, reason: str) -> Cancelled | Refused | InDoubt:
        answer = await self._post("/cancel", {"id": str(receipt_id), "reason": reason})
        return Cancelled() if isinstance(answer, httpx.Response) else answer

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response | Refused | InDoubt:
        try:
            answer = await self._client.post(path, json=body)
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)
        if answer.is_success:
            return answer
        said = f"HTTP {answer.status_code} {answer.text[:200]}"
        refused = answer.is_client_error and answer.status_code not in _LATER
        return Refused(said) if refused else InDoubt(said)

    async def close(self) -> None:
        await self._client.aclose()
