"""The main job on the sample catalogue, and what a stranger gets wrong, through the real gateway."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.demo.pdf import pdf
from tests.people import Citizen
from tests.processes import System

LIMIT = 25 * 1024 * 1024


@pytest.fixture(scope="module")
def system(start: Callable[..., System]) -> System:
    return start()


@pytest.fixture(scope="module")
def an(system: System) -> Iterator[Citizen]:
    with Citizen(system.gateway) as citizen:
        yield citizen


@pytest.fixture(scope="module")
def binh(system: System) -> Iterator[Citizen]:
    with Citizen(system.gateway, "binh-quach") as citizen:
        yield citizen


@pytest.mark.parametrize("which", [[], [], ["catalog"]])
def test_the_demo_holds(system: System, which: list[str]) -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "deploy.demo", *which],
        env=system.environment,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout.decode()[-3000:]
    assert "Mọi bước đều đạt" in demo.stdout.decode()


def test_the_demo_of_the_figures_says_that_it_needs_the_year(system: System) -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "deploy.demo", "reports"],
        env=system.environment,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert demo.returncode == 1
    assert "make seed-2020" in demo.stdout.decode().splitlines()[-1]


def _register(system: System, *, agency: str, client: str = "luong-son") -> subprocess.CompletedProcess[str]:
    """As whoever sits at the console."""
    command = ["new-client", client, "--name", "Hệ thống huyện Lương Sơn", "--agency", agency]
    return subprocess.run(
        [sys.executable, "-m", "deploy", *command],
        env=system.environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_districts_system_is_registered_at_the_console(system: System) -> None:
    nowhere = _register(system, agency="000.00.99.H28")
    assert (nowhere.returncode, nowhere.stdout) == (1, "")
    assert "000.00.99.H28" in nowhere.stderr
    shouted = _register(system, agency="000.00.33.H28", client="LUONG SON")
    assert (shouted.returncode, shouted.stderr.count("\n")) == (1, 1)
    told = dict(line.split("=", 1) for line in _register(system, agency="000.00.33.H28").stdout.splitlines())
    asked = {"grant_type": "client_credentials", **told}
    token = httpx.post(f"{system.gateway}/v1/auth/token", data=asked, trust_env=False).json()["access_token"]
    me = httpx.get(f"{system.gateway}/v1/me", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    assert me.json()["agency"] == "000.00.33.H28"
    again = _register(system, agency="000.00.33.H28")
    assert (again.returncode, "luong-son" in again.stderr) == (1, True)


def test_another_citizens_dossier_does_not_exist(an: Citizen, binh: Citizen) -> None:
    dossier = an.submit(str(uuid4()))["id"]
    for path in ("", "/history", "/deadline"):
        answer = binh.person.client.get(f"/v1/dossiers/{dossier}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "dossier-not-found")


def test_tokens_that_are_not_good(system: System) -> None:
    url = f"{system.gateway}/v1/dossiers"
    expired = (
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJ4IiwiZXhwIjoxfQ."
        "c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl"
    )
    answers = [
        httpx.get(url, headers=headers, trust_env=False)
        for headers in ({}, {"Authorization": f"Bearer {expired}"}, {"Authorization": "Basic x"})
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (401, "token-missing"),
        (401, "token-invalid"),
        (401, "token-invalid"),
    ]
    assert answers[0].json()["title"] == "Cần đăng nhập"


def test_bodies_that_cannot_be_read(an: Citizen) -> None:
    headers = {**an.person.unsafe_headers(str(uuid4())), "Content-Type": "application/json"}
    body = json.dumps(an.new, ensure_ascii=False).encode()
    invalid = an.person.client.post("/v1/dossiers", content=body[:-1] + b',"x":"\xff"}', headers=headers)
    assert (invalid.status_code, invalid.json()["code"]) == (400, "malformed-body")


def test_decomposed_text_is_stored_composed(an: Citizen) -> None:
    name = "Nguyễn Thị Ẩn"
    form = {**an.new["form"], "contact_name": unicodedata.normalize("NFD", name)}
    made = an.person.post_once("/v1/dossiers", str(uuid4()), {**an.new, "form": form})
    assert made.json()["form"]["contact_name"] == name


def test_one_byte_too_many(an: Citizen) -> None:
    draft = an.person.post_once("/v1/dossiers", str(uuid4()), _building()).json()
    path = f"/v1/dossiers/{draft['id']}/documents"
    for size, status in ((LIMIT + 1, 413), (LIMIT + 3_000_000, 413)):
        content = pdf("x") + b" " * (size - len(pdf("x")))
        answer = an.person.send("POST", path, data={"paper": "GT-01"}, files={"file": ("a.pdf", content)})
        assert answer.status_code == status
        assert answer.json()["code"] in ("document-too-large", "too-large")
    wrong = an.person.send("POST", path, data={"paper": "GT-01"}, files={"file": ("a.pdf", b"MZ\x90")})
    assert (wrong.status_code, wrong.json()["code"]) == (415, "document-type-refused")


def _building() -> dict[str, Any]:
    return {"procedure": "9.000001", "agency": "000.00.09.H28", "form": {}}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"procedure": "9.999999"}, 422, "procedure-unknown"),
        ({"agency": "000.00.33.H28"}, 409, "not-offered-online"),
        ({"form": {}}, 422, "dossier-incomplete"),
        ({"surprise": 1}, 422, "invalid-input"),
    ],
)
def test_submissions_that_are_refused(an: Citizen, changes: dict[str, Any], status: int, code: str) -> None:
    before = an.dossiers().keys()
    answer = an.person.post_once("/v1/dossiers", str(uuid4()), {**an.new, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert an.dossiers().keys() == before


def test_the_same_key_with_another_body_and_two_at_once(an: Citizen) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(2) as two:
        made = list(two.map(lambda _: an.submit(key), range(2)))
    assert made[0]["id"] == made[1]["id"]
    other = an.person.post_once("/v1/dossiers", key, {**an.new, "submit": False})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_forged_call_back_is_refused(system: System) -> None:
    message = {
        "LoaiBanTin": "CONFIRM",
        "MaLoi": "00",
        "MaDoiTac": "HOABINH",
        "MaThamChieu": "dvc0",
        "SoTien": "1",
        "MaTienTe": "VND",
        "MaGiaoDich": "1",
        "MaNganHang": "VCB",
        "ThoiGianGD": "20201026080000",
        "ThongTinGiaoDich": "",
        "MaXacThuc": "0" * 64,
    }
    url = f"{system.gateway}/v1/payments/callbacks/payment-platform"
    answer = httpx.post(url, json=message, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (403, "callback-signature")


def test_a_session_without_its_csrf_token_changes_nothing(an: Citizen) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    answer = an.person.client.post("/v1/dossiers", json=an.new, headers=headers)
    assert answer.status_code == 403


def test_what_is_inside_stays_inside(system: System) -> None:
    for path in ("/internal/events", "/internal/bodies", "/metrics", "/v1/dossiers/../../internal/events"):
        assert httpx.get(f"{system.gateway}{path}", trust_env=False).status_code == 404


def test_one_description_and_its_page_without_other_hosts(system: System) -> None:
    document = httpx.get(f"{system.gateway}/openapi.json", trust_env=False).json()
    assert document["openapi"].startswith("3.1")
    assert {"/v1/procedures", "/v1/dossiers", "/v1/payments", "/v1/me"} <= document["paths"].keys()
    assert not [path for path in document["paths"] if path.startswith("/internal")]
    page = httpx.get(f"{system.gateway}/docs", trust_env=False).text
    assert "http://" not in page
    assert "https://" not in page
