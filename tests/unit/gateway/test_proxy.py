"""Passing calls on, over real sockets: each trap of the proxy once."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from kit.clock import elapsed
from services.gateway.edge.identity.claims import Identity
from services.gateway.edge.identity.commands import open_session
from services.gateway.edge.proxy.routing import TABLE, straight
from tests.unit.gateway.upstream import Upstream

pytestmark = pytest.mark.anyio
SAMPLE = "/v1/procedures"


def named(told: dict[str, Any], name: str) -> list[str]:
    return [value for n, value in told["headers"] if n == name]


async def test_call_arrives_as_it_was_made(gateway: httpx.AsyncClient) -> None:
    path = f"{SAMPLE}/9.000001/form%20x?q=gi%E1%BA%A5y+ph%C3%A9p&q=%2F&empty="
    answer = await gateway.post(path, content=b'{"a":1}', headers={"Content-Type": "application/json"})
    told = answer.json()
    assert told["path"] == f"{SAMPLE}/9.000001/form%20x"
    assert told["query"] == "q=gi%E1%BA%A5y+ph%C3%A9p&q=%2F&empty="
    assert (told["method"], told["body"]) == ("POST", '{"a":1}')
    assert named(told, "content-type") == ["application/json"]
    assert named(told, "content-length") == ["7"]


async def test_bearer_token_passes_and_cookies_do_not(gateway: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer theirs", "Cookie": "motcua_session=x; other=y"}
    told = (await gateway.get(SAMPLE, headers=headers)).json()
    assert named(told, "authorization") == ["Bearer theirs"]
    assert named(told, "cookie") == []


async def test_services_set_no_cookies_and_hop_by_hop_headers_stay(gateway: httpx.AsyncClient) -> None:
    first = await gateway.get(f"{SAMPLE}/cookies")
    assert {"set-cookie", "x-secret", "keep-alive"} & set(first.headers) == set()
    assert first.headers["etag"] == '"7"'
    told = (await gateway.get(SAMPLE)).json()
    assert named(told, "cookie") == []  # no jar remembers what the service set


async def test_hop_by_hop_headers_of_the_caller_stay(gateway: httpx.AsyncClient) -> None:
    headers = {
        "Connection": "keep-alive, X-Mine",
        "X-Mine": "1",
        "TE": "trailers",
        "Proxy-Authorization": "x",
    }
    told = (await gateway.get(SAMPLE, headers=headers)).json()
    assert not {"x-mine", "te", "proxy-authorization"} & {name for name, _ in told["headers"]}


async def test_who_calls_and_for_which_host_is_said_by_us(gateway: httpx.AsyncClient) -> None:
    forged = {"X-Forwarded-For": "9.9.9.9", "Forwarded": "for=9.9.9.9", "X-Forwarded-Host": "evil.test"}
    told = (await gateway.get(SAMPLE, headers={**forged, "X-Forwarded-Proto": "https"})).json()
    assert named(told, "x-forwarded-for") == ["127.0.0.1"]
    assert named(told, "x-forwarded-host") == [gateway.base_url.netloc.decode()]
    assert named(told, "x-forwarded-proto") == ["http"]
    assert named(told, "forwarded") == []
    assert named(told, "host") != named(told, "x-forwarded-host")


async def test_request_id_and_trace_go_along_and_come_back_once(gateway: httpx.AsyncClient) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    answer = await gateway.get(SAMPLE, headers={"X-Request-Id": "request-0001", "traceparent": trace})
    assert named(answer.json(), "x-request-id") == ["request-0001"]
    assert named(answer.json(), "traceparent") == [trace]
    assert answer.headers.get_list("x-request-id") == ["request-0001"]
    assert len(answer.headers.get_list("date")) == 1


async def test_nothing_is_said_that_the_caller_did_not_say(gateway: httpx.AsyncClient) -> None:
    reader, writer = await _connect(gateway)
    writer.write(f"GET {SAMPLE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    told = (await reader.read()).decode()
    writer.close()
    for name in ("accept-encoding", "user-agent", '"accept"', "content-type\\"):
        assert name not in told.lower()


async def test_compressed_answers_stay_as_they_are(gateway: httpx.AsyncClient) -> None:
    async with gateway.stream("GET", f"{SAMPLE}/zipped") as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == b"plain"


async def test_redirects_are_the_callers_business(gateway: httpx.AsyncClient) -> None:
    answer = await gateway.get(f"{SAMPLE}/elsewhere")
    assert (answer.status_code, answer.headers["location"]) == (303, "http://elsewhere.test/x?a=%2F")


async def test_refusals_pass_unchanged(gateway: httpx.AsyncClient) -> None:
    answer = await gateway.get(f"{SAMPLE}/refused")
    assert (answer.status_code, answer.json()) == (404, {"code": "procedure-not-found"})


async def test_head_has_no_body_but_its_length(gateway: httpx.AsyncClient) -> None:
    answer = await gateway.head(f"{SAMPLE}/zipped")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


async def test_answer_streams(gateway: httpx.AsyncClient) -> None:
    began = elapsed()
    async with gateway.stream("GET", f"{SAMPLE}/drip") as answer:
        await anext(answer.aiter_raw())
        first = elapsed() - began
    assert first < 0.5  # the whole takes a second


async def test_upload_streams(gateway: httpx.AsyncClient, upstream: Upstream) -> None:
    seen_underway: list[int] = []

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 100_000
            await asyncio.sleep(0.05)
            seen_underway.append(upstream.received)

    answer = await gateway.post(f"{SAMPLE}/upload", content=pieces())
    assert answer.text == "500000"
    assert seen_underway[1] > 0


async def test_caller_who_hangs_up_leaves_nothing_behind(
    gateway: httpx.AsyncClient, upstream: Upstream
) -> None:
    _, writer = await _connect(gateway)
    head = f"POST {SAMPLE}/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode() + b"x" * 10)
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await asyncio.sleep(0.2)
    assert (await gateway.get(SAMPLE)).status_code == 200  # nor does it count as the service's failure


async def test_body_beyond_the_limit(gateway: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 1024 * 1024

    answer = await gateway.post(f"{SAMPLE}/upload", content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    answer = await gateway.post("/v1/procedures/imports", content=pieces())  # a file of procedures may be
    assert answer.status_code != 413


async def test_answer_that_breaks_off_is_seen_to_be_broken(gateway: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await gateway.get(f"{SAMPLE}/break-off")


@pytest.mark.parametrize("path", ["/v1/dossiers", "/v1/payments/x"])
async def test_service_that_is_away(gateway: httpx.AsyncClient, path: str) -> None:
    began = elapsed()
    answers = [await gateway.get(path) for _ in range(8)]
    assert elapsed() - began < 3
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "neighbour-unavailable")
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
    assert (await gateway.get(SAMPLE)).status_code == 200  # the others go on


@pytest.mark.parametrize("options", [{"proxy_timeout": 0.3}])
async def test_service_that_hangs(gateway: httpx.AsyncClient) -> None:
    answer = await gateway.get(f"{SAMPLE}/slow")
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour-unavailable")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/procedures/../../internal/events",
        "/v1/procedures/%2e%2e/%2e%2e/internal/events",
        "/v1/procedures/%2E%2E%2f%2e%2e%2finternal/events",
        "/v1/procedures/%252e%252e/%252e%252e/internal/events",
        "/v1/procedures/..%5c..%5cinternal",
        "/v1/procedures/..\\..\\internal",
        "/v1/procedures/./x",
        "/v1/procedures/a%00b",
        "/v1/procedures/%0d%0aX:1",
        "/v1/../internal/events",
        "//internal/events",
        "/internal/events",
        "/internal",
        "/internal/accounts/01930000-0000-7000-8000-000000000001",
        "/metrics",
        "/metrics/",
        "/v1/proceduresx",
        "/v1/unknown",
        "/V1/procedures",
        "/nothing",
    ],
)
async def test_no_way_around(gateway: httpx.AsyncClient, upstream: Upstream, path: str) -> None:
    reader, writer = await _connect(gateway)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 404"), answer
    assert "application/problem+json" in answer
    assert upstream.seen == []


def test_accents_in_a_path_are_straight() -> None:
    assert straight("/v1/procedures/giấy phép", b"/v1/procedures/gi%E1%BA%A5y%20ph%C3%A9p")
    assert straight("/v1/procedures/1..2", b"/v1/procedures/1..2")


def test_every_report_but_the_catalogues_goes_to_dossier() -> None:
    prefixes = [prefix for prefix, _ in TABLE]
    assert prefixes.index("/v1/reports") > max(
        prefixes.index(prefix) for prefix in prefixes if prefix.startswith("/v1/reports/")
    )


async def _connect(gateway: httpx.AsyncClient) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(gateway.base_url.host, gateway.base_url.port, family=socket.AF_INET)


async def test_session_reaches_the_service_as_a_fresh_token(
    gateway: httpx.AsyncClient, application: FastAPI, upstream: Upstream
) -> None:
    identities, clock = application.state.identities, application.state.clock
    person = Identity("staff", "tham.le", "staff", {"name": "Lê Thị Thẩm"}, (), ("officer",), "000.00.09.H28")
    async with application.state.database.transaction() as session:
        opened = await open_session(session, clock, identities.vault, person, timedelta(hours=1))
    sealed = identities.cookies.seal_session(opened.id)
    headers = {"Cookie": f"a=b; motcua_session={sealed}"}
    told = (await gateway.get(SAMPLE, headers=headers)).json()
    caller = await application.state.verifier.caller(named(told, "authorization")[0].split()[1])
    assert (caller.name, caller.roles, caller.agency) == ("Lê Thị Thẩm", {"officer"}, "000.00.09.H28")
    assert named(told, "cookie") == []

    refused = await gateway.post(SAMPLE, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf-missing")
    assert len(upstream.seen) == 1
    csrf = identities.cookies.open_session(sealed).csrf
    passed = await gateway.post(SAMPLE, headers={**headers, "X-CSRF-Token": csrf})
    assert (passed.status_code, named(passed.json(), "x-csrf-token")) == (200, [])
