"""The page's own files: addresses, caching, compression, and what a browser may do with them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import httpx
import pytest

from services.gateway.edge.dashboard.assets import Assets
from tests import system

pytestmark = pytest.mark.anyio
PLAIN = {"Accept-Encoding": "identity"}
#: Of `chart.umd.min.js` in the package chart.js 4.6.1 (ADR 12).
CHART = "87364cc2b2a76a6684929e7d6b80b18a897794db38400caff1fcf1791c6925d2"


async def _base(gateway: httpx.AsyncClient) -> str:
    """Where the page says that its files are."""
    page = (await gateway.get("/dashboard")).text
    found = re.search(r'src="(/dashboard/[0-9a-f]{16})/main.js"', page)
    assert found, page
    return found[1]


async def test_anybody_gets_the_page_and_it_runs_nothing_but_our_files(gateway: httpx.AsyncClient) -> None:
    page = await gateway.get("/dashboard")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["x-content-type-options"] == "nosniff"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "http" not in page.text.replace('http-equiv="', "")
    assert not re.search(r"<style| style=|<script>| on\w+=", page.text)


async def test_it_knows_the_systems_day_and_who_looks(
    gateway: httpx.AsyncClient, clock: system.StoppedClock
) -> None:
    anybody = await gateway.get("/dashboard")
    staff = await gateway.get("/dashboard", headers=system.headers(clock, "long", "staff"))
    assert '<html lang="vi" data-today="2020-10-26" data-caller="">' in anybody.text
    assert 'data-caller="staff"' in staff.text
    assert anybody.headers["etag"] != staff.headers["etag"]
    assert "private" in staff.headers["cache-control"]


async def test_every_file_is_there_and_may_be_kept_for_ever(gateway: httpx.AsyncClient) -> None:
    base = await _base(gateway)
    names = set(Assets.read().files) - {"page.html"}
    assert {"main.js", "style.css", "words/vi.json", "words/en.json", "vendor/chart.LICENSE.md"} <= names
    for name in names:
        file = await gateway.get(f"{base}/{name}")
        assert file.status_code == 200, name
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["x-content-type-options"] == "nosniff"
    script = await gateway.get(f"{base}/main.js")
    assert script.headers["content-type"].startswith("text/javascript")


async def test_files_come_compressed_to_those_who_take_it(gateway: httpx.AsyncClient) -> None:
    url = f"{await _base(gateway)}/vendor/chart-4.6.1.umd.min.js"
    plain = await gateway.get(url, headers=PLAIN)
    assert "content-encoding" not in plain.headers
    assert hashlib.sha256(plain.content).hexdigest() == CHART
    async with gateway.stream("GET", url, headers={"Accept-Encoding": "br, gzip"}) as zipped:
        raw = b"".join([piece async for piece in zipped.aiter_raw()])
    assert zipped.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in zipped.headers["vary"]
    assert len(raw) < len(plain.content) / 2
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize("path", ["/dashboard", "main.js"])
async def test_who_has_it_already_is_told_so(gateway: httpx.AsyncClient, path: str) -> None:
    url = path if path.startswith("/") else f"{await _base(gateway)}/{path}"
    first = await gateway.get(url)
    again = await gateway.get(url, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    other = await gateway.get(url, headers={"If-None-Match": '"other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/dashboard", "main.js"])
async def test_head_says_the_same_without_the_body(gateway: httpx.AsyncClient, path: str) -> None:
    url = path if path.startswith("/") else f"{await _base(gateway)}/{path}"
    whole, head = await gateway.get(url, headers=PLAIN), await gateway.head(url, headers=PLAIN)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "page.html",
        "../routes.py",
        "..%2froutes.py",
        "%2e%2e/routes.py",
        "words/../../assets.py",
        "/etc/passwd",
        "",
    ],
)
async def test_what_is_no_file_of_the_page_is_not_found(gateway: httpx.AsyncClient, name: str) -> None:
    answer = await gateway.get(f"{await _base(gateway)}/{name}", follow_redirects=True)
    assert answer.status_code == 404


async def test_another_releases_address_has_no_file(gateway: httpx.AsyncClient) -> None:
    assert (await gateway.get("/dashboard/0123456789abcdef/main.js")).status_code == 404
    assert (await gateway.post("/dashboard")).status_code == 405


def _words(language: str) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = json.loads(Assets.read().files[f"words/{language}.json"].content)
    return found


def test_both_languages_say_the_same_things() -> None:
    vi, en = _words("vi"), _words("en")
    assert vi.keys() == en.keys()
    # A month has a number in Vietnamese and a name in English.
    for key in vi.keys() - {"period.month_n", "period.of_month"}:
        told = [set(re.findall(r"\{(\w+)\}", str(words[key]))) for words in (vi, en)]
        assert told[0] == told[1], key


def test_the_page_says_nothing_that_has_no_words() -> None:
    files = Assets.read().files
    code = [file.content.decode() for name, file in files.items() if name.endswith(".js")]
    named = {key for text in code for key in re.findall(r'\bt\(\s*"([\w.\-]+)"', text)}
    assert len(named) > 100
    assert named <= _words("vi").keys()
