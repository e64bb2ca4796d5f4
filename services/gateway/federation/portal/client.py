"""Client of the adapter of the national exchange axis (protocol facts, section 1).

Two styles of one protocol: an envelope with a session, and a bare array with everything else in the
query. Each call ends in one of three named outcomes; nothing is raised for what the portal does.
"""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import structlog

from kit.tls import trusted
from services.gateway.federation.settings import FederationSettings

log = structlog.get_logger()

#: Nothing of the request can have arrived when one of these is raised.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_ALREADY_THERE = "đã tồn tại"
#: The portal's own trouble, told with an error_code like a refusal: asked about again, not given up.
_TROUBLE = ("lỗi hệ thống", "hệ thống bận", "system error")
_SHARED = frozenset({"LayDanhSachTTHC", "TraCuuTechID"})


@dataclass(frozen=True)
class Done:
    """`result` is what a reading service gave; empty for the others."""

    result: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""


@dataclass(frozen=True)
class Refused:
    """The portal answered and did not do it."""

    code: int
    message: str

    @property
    def already_there(self) -> bool:
        """A create met an existing dossier: 0, 3 or -3 with these words (facts 1.4)."""
        return self.code in (0, 3, -3) and _ALREADY_THERE in self.message.lower()

    @property
    def bad_session(self) -> bool:
        """401, or -1 with words about the session: the facts give no code of their own (1.2)."""
        words = self.message.lower()
        return self.code in (401, -401) or (self.code == -1 and ("session" in words or "phiên" in words))


@dataclass(frozen=True)
class Unknown:
    """No usable answer. `sent` False: it certainly did not arrive; True: it may have been done."""

    reason: str
    sent: bool = True


Outcome = Done | Refused | Unknown


class Link(Protocol):
    """What is remembered of the connection between calls and processes."""

    async def session(self) -> str | None: ...

    async def keep_session(self, session: str) -> None: ...

    async def note_reachable(self, reachable: bool, reason: str) -> None: ...


class PortalClient:
    """`call` for every service of facts 1.5. Safe to use from many tasks at once."""

    def __init__(
        self, settings: FederationSettings, link: Link, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings, self._link = settings, link
        self._client = httpx.AsyncClient(
            verify=trusted(),
            base_url=settings.adapter_url,
            transport=transport,
            timeout=settings.adapter_timeout,
            headers={"Accept": "application/json", "Charset": "utf-8", "dstcode": settings.adapter_dstcode},
            trust_env=False,
        )
        self._logging_in = asyncio.Lock()
        self._session: str | None = None

    async def close(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        service: str,
        data: Sequence[Mapping[str, Any]] | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> Outcome:
        """One call of a service; `keys` are what stands beside `data`: isUpdating, maTTHC, mahoso."""
        try:
            async with asyncio.timeout(self._settings.adapter_timeout):
                if self._settings.adapter_style == "array":
                    outcome = await self._call_array(service, data, keys or {})
                else:
                    outcome = await self._call_session(service, data, keys or {})
        except TimeoutError:
            outcome = Unknown("time-out")
        await self._link.note_reachable(
            not isinstance(outcome, Unknown), outcome.reason if isinstance(outcome, Unknown) else ""
        )
        return outcome

    async def _call_array(
        self, service: str, data: Sequence[Mapping[str, Any]] | None, keys: Mapping[str, str]
    ) -> Outcome:
        settings = self._settings
        query = {"MaDinhDanhDV": settings.adapter_unit, **keys}
        if data is None:
            path = settings.adapter_array_read_path.replace("{service}", service)
            outcome = _outcome(await self._exchange("GET", path, params=query))
        else:
            path = settings.adapter_array_path.replace("{service}", service)
            outcome = _outcome(await self._exchange("POST", path, params=query, json=list(data)))
        if isinstance(outcome, Refused) and outcome.bad_session:  # the adapter's own, not ours to renew
            return Unknown(f"{outcome.code} {outcome.message}", sent=False)
        return outcome

    async def _call_session(
        self, service: str, data: Sequence[Mapping[str, Any]] | None, keys: Mapping[str, str]
    ) -> Outcome:
        """With the stored session; a bad one is renewed once and the call repeated."""
        settings = self._settings
        path = settings.adapter_share_path if service in _SHARED else settings.adapter_service_path
        refused: str | None = None
        for _ in range(2):
            session = await self._session_other_than(refused)
            if not isinstance(session, str):
                return session
            body: dict[str, Any] = {"session": session, "madonvi": settings.adapter_unit, "service": service}
            body |= keys
            if data is not None:
                body["data"] = list(data)
            outcome = _outcome(await self._exchange("POST", path, json=body))
            if not (isinstance(outcome, Refused) and outcome.bad_session):
                return outcome
            refused = session
        return Unknown("session refused twice", sent=False)

    async def _session_other_than(self, refused: str | None) -> str | Unknown:
        """The session in use, unless it is the one just refused: then a new one, fetched by one of us."""
        if self._session is not None and self._session != refused:
            return self._session
        async with self._logging_in:
            if self._session is None:
                self._session = await self._link.session()
            if self._session is not None and self._session != refused:
                return self._session
            return await self._log_in()

    async def _log_in(self) -> str | Unknown:
        account = {
            "username": self._settings.adapter_username,
            "password": self._settings.adapter_password.get_secret_value(),
        }
        answer = await self._exchange("POST", self._settings.adapter_login_path, json=account)
        if isinstance(answer, Unknown):
            return Unknown(f"login: {answer.reason}", sent=False)
        session, code = answer.get("session"), _code(answer)
        if not isinstance(session, str) or not session or code != 0:
            return Unknown(f"login refused ({code}): {_words(answer)}", sent=False)
        self._session = session
        await self._link.keep_session(session)
        log.info("portal-logged-in")
        return session

    async def _exchange(self, method: str, path: str, **content: Any) -> dict[str, Any] | Unknown:
        """The JSON object of the answer, or why there is none."""
        try:
            answer = await self._client.request(method, path, **content)
        except _NOT_SENT as error:
            return Unknown(type(error).__name__, sent=False)
        except httpx.TransportError as error:
            return Unknown(type(error).__name__)
        if answer.status_code >= 500:
            return Unknown(f"HTTP {answer.status_code}")
        try:
            body = answer.json()
        except ValueError:
            body = None
        if isinstance(body, dict) and _code(body) is not None:
            return body
        # A 4xx without the protocol's words comes from the adapter (path, rate, size): not a refusal
        # of what was sent, and nothing was done with it.
        return Unknown(f"HTTP {answer.status_code}, unreadable", sent=answer.status_code < 400)


def _outcome(answer: dict[str, Any] | Unknown) -> Outcome:
    return answer if isinstance(answer, Unknown) else outcome_of(answer)


def outcome_of(answer: Mapping[str, Any]) -> Outcome:
    """Reads `{error_code, message, result}`, also when an adapter has wrapped it: then the outer
    `message` is a text that holds the JSON of the portal's own answer (facts 1.1)."""
    code = _code(answer)
    inner = _wrapped(answer.get("message"))
    if code == 0 and inner is not None:
        return outcome_of(inner)
    words = _words(answer)
    if code is None:
        return Unknown("answer without error_code")
    if code != 0 and any(trouble in words.lower() for trouble in _TROUBLE):
        return Unknown(f"{code} {words}")
    if code != 0 or _ALREADY_THERE in words.lower():
        return Refused(code, words)
    result = answer.get("result")
    if isinstance(result, dict):
        result = result.get("data", [result])
    return Done([item for item in result or [] if isinstance(item, dict)], words)


def _wrapped(message: Any) -> dict[str, Any] | None:
    """The portal's answer inside an adapter's message; an inner object may leave out `error_code`."""
    if isinstance(message, str) and message.lstrip().startswith("{"):
        try:
            message = json.loads(message)
        except ValueError:
            return None
    if isinstance(message, dict) and ("result" in message or "error_code" in message):
        return {"error_code": 0, **message}
    return None


def _code(answer: Mapping[str, Any]) -> int | None:
    """`error_code` as an integer: 0, "0" and "00" are the same (facts 1.4)."""
    code = answer.get("error_code")
    if isinstance(code, bool) or not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", str(code)):
        return None
    return int(str(code))


def _words(answer: Mapping[str, Any]) -> str:
    message = answer.get("message")
    return unicodedata.normalize("NFC", message if isinstance(message, str) else "").strip()[:1000]
