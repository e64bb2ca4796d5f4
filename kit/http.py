"""Calling a neighbour: service token, time-outs, retries of safe calls, a breaker, named outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import stamina
import structlog
from pydantic import BaseModel, TypeAdapter

from kit.auth import ServiceKey
from kit.clock import elapsed
from kit.metrics import NEIGHBOUR_FAILURES
from kit.problem import Problem
from kit.tls import trusted

T = TypeVar("T")
log = structlog.get_logger()


class NeighbourDown(Problem):
    """The neighbour did not answer: whether a write arrived is unknown."""

    status, code = 503, "neighbour-unavailable"
    title = {"vi": "Một dịch vụ liên quan tạm thời không sẵn sàng", "en": "A neighbour is unavailable"}
    detail = {"vi": "Dịch vụ {neighbour} chưa trả lời; hãy thử lại.", "en": "{neighbour} did not answer."}


class NeighbourRefused(Exception):
    """The neighbour answered with a problem: nothing was done there."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')}")
        self.status, self.body = status, body
        self.code = str(body.get("code", ""))


class Breaker:
    """Opens after 5 failures in a row and lets one call try again after `rest` seconds."""

    def __init__(self, rest: float = 2.0) -> None:
        self._rest, self._failures, self._opened = rest, 0, 0.0

    def closed(self) -> bool:
        if self._failures < 5:
            return True
        if elapsed() - self._opened >= self._rest:
            self._opened = elapsed()
            return True
        return False

    def note(self, well: bool) -> None:
        self._failures = 0 if well else self._failures + 1
        if self._failures == 5:
            self._opened = elapsed()


class Neighbour:
    """One neighbour over an injected transport. Raises NeighbourDown, NeighbourRefused."""

    def __init__(
        self,
        name: str,
        base_url: str,
        key: ServiceKey,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 5.0,
    ) -> None:
        self.name = name
        self._key, self._timeout, self._breaker = key, timeout, Breaker()
        self._client = httpx.AsyncClient(
            base_url=base_url, transport=transport, timeout=timeout, verify=trusted()
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(
        self,
        path: str,
        model: type[T],
        *,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> T:
        """A safe call, tried up to three times."""
        return await self._safe("GET", path, model, params=params, timeout=timeout)

    async def ask(
        self, path: str, model: type[T], body: Mapping[str, Any], *, params: Mapping[str, Any] | None = None
    ) -> T:
        """A safe call that says what must not stand in an address, nor so in logs on its way."""
        return await self._safe("POST", path, model, params=params, json=body)

    async def _safe(self, method: str, path: str, model: type[T], **kwargs: Any) -> T:
        async for attempt in stamina.retry_context(
            on=NeighbourDown, attempts=3, timeout=10, wait_initial=0.05, wait_jitter=0.1
        ):
            with attempt:
                answer = await self._send(method, path, **kwargs)
        return TypeAdapter(model).validate_json(answer.content)

    async def post(
        self, path: str, model: type[T], body: BaseModel | Mapping[str, Any], *, timeout: float | None = None
    ) -> T:
        """One try only: a write is not repeated blindly."""
        json = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
        answer = await self._send("POST", path, json=json, timeout=timeout)
        return TypeAdapter(model).validate_json(answer.content)

    async def _send(
        self, method: str, path: str, *, timeout: float | None = None, **kwargs: Any
    ) -> httpx.Response:
        if not self._breaker.closed():
            raise NeighbourDown(neighbour=self.name)
        headers = {"Authorization": f"Bearer {self._key.token()}", "Accept-Language": "vi"}
        bound = structlog.contextvars.get_contextvars()
        if trace := bound.get("trace"):
            headers["traceparent"] = str(trace)
        try:
            answer = await self._client.request(
                method, path, headers=headers, timeout=timeout or self._timeout, **kwargs
            )
        except httpx.TransportError as error:
            self._fail(repr(error))
            raise NeighbourDown(neighbour=self.name) from None
        if answer.status_code >= 500:
            self._fail(f"status {answer.status_code}")
            raise NeighbourDown(neighbour=self.name)
        self._breaker.note(well=True)
        if answer.status_code >= 400:
            try:
                body = answer.json()
            except ValueError:
                body = {}
            raise NeighbourRefused(answer.status_code, body)
        return answer

    def _fail(self, what: str) -> None:
        self._breaker.note(well=False)
        NEIGHBOUR_FAILURES.labels(self.name).inc()
        log.warning("neighbour-failed", neighbour=self.name, what=what)
