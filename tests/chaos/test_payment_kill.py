"""kill -9 of the payment service amid opening, call-backs and refunds: money is taken and given back once,
each payment has one receipt, the books are the provider's."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx
import pytest

from deploy.demo.people import Page, Person
from tests.people import Citizen, Silent
from tests.processes import System, service_pid

PAYMENTS, KILLS = 8, 3
#: A refund that fell between its intent and its sending is told again two minutes later, when "never heard of
#: it" has become a proof.
SECONDS = 300
#: Of the sample: 8,000 đồng, refundable, no papers.
PROCEDURE, DISTRICT = "9.000048", "000.00.33.H28"


@pytest.fixture
def citizen(system: System) -> Iterator[Citizen]:
    with Citizen(system.gateway, procedure=(PROCEDURE, DISTRICT)) as citizen:
        yield citizen


@pytest.fixture
def officer(system: System) -> Iterator[Person]:
    person = Person(Silent(), system.gateway)
    person.log_in("son.nguyen", "staff")
    yield person
    person.client.close()


@pytest.mark.timeout(900)
def test_money_is_taken_and_given_back_once(system: System, citizen: Citizen, officer: Person) -> None:
    dossiers = [citizen.submit(str(uuid4())) for _ in range(PAYMENTS)]
    with killing(system):
        payments = [_paid(system, citizen, dossier["id"]) for dossier in dossiers]
    _until(lambda: {_of(citizen, each)["status"] for each in payments} == {"succeeded"}, "all succeeded")
    _until(lambda: all(len(_receipts(citizen, each)) == 1 for each in payments), "one receipt each")

    for dossier in dossiers:
        assert citizen.person.act(f"/v1/dossiers/{dossier['id']}", "withdraw", {}).is_success
    _until(lambda: len(_proposals(officer)) == PAYMENTS, "a proposal each")
    with killing(system):
        for refund in _proposals(officer):
            _take_up(officer, refund["id"])
    _until(lambda: _books(system).count("refund") == PAYMENTS, "the provider gave all back")
    _until(lambda: _balance(officer) == (8000 * PAYMENTS, 8000 * PAYMENTS), "the books say so")

    assert _books(system).count("pay") == PAYMENTS
    assert _balanced(system)
    assert all(len(_receipts(citizen, each)) == 1 for each in payments)


@contextmanager
def killing(system: System) -> Iterator[None]:
    """Every now and then, until the block ends."""
    over = threading.Event()
    chance = random.Random(20201026)

    def kill() -> None:
        for _ in range(KILLS):  # the supervisor waits longer each time before it starts it again
            if over.wait(chance.uniform(0.2, 1.5)):
                return
            os.kill(service_pid(system, "payment"), signal.SIGKILL)
            while not _answers(system):
                over.wait(0.2)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(30)


def _answers(system: System) -> bool:
    url = f"http://127.0.0.1:{system.ports['PAYMENT_PORT']}/health/ready"
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _paid(system: System, citizen: Citizen, dossier: str) -> str:
    """The id of a payment, whose payer has pressed the button; begun anew where the first attempt fell."""
    for _ in range(150):
        order = {"dossier_id": dossier, "purpose": "submission", "provider": "vnpay"}
        order["return_url"] = f"{system.gateway}/v1/me"
        payment = _begun(citizen, order)
        if payment.get("next_url"):
            page = httpx.get(payment["next_url"], trust_env=False)
            action = urljoin(payment["next_url"], Page(page.text).action)
            httpx.post(action, data={"outcome": "paid", "bank": "BIDV"}, timeout=30, trust_env=False)
            return str(payment["id"])
        time.sleep(1)
    raise AssertionError("no page to pay on")


def _begun(citizen: Citizen, order: dict[str, Any]) -> dict[str, Any]:
    """One that is under way already is gone on with."""
    key = str(uuid4())
    for _ in range(600):
        answer = citizen.person.post_once("/v1/payments", key, order)
        found: dict[str, Any] = answer.json()
        if answer.status_code == 201:
            return found
        if found.get("code") == "payment-under-way":
            return {"id": found["payment_id"], "next_url": found.get("next_url")}
        assert answer.status_code in (409, 502, 503, 504), answer.text
        time.sleep(0.1)
    raise AssertionError(f"the payment service did not come back: {found}")


def _of(citizen: Citizen, payment: str) -> dict[str, Any]:
    return _asked(citizen.person, f"/v1/payments/{payment}")


def _receipts(citizen: Citizen, payment: str) -> list[Any]:
    return list(_asked(citizen.person, f"/v1/receipts?payment={payment}")["items"])


def _proposals(officer: Person) -> list[dict[str, Any]]:
    return list(_asked(officer, "/v1/refunds?status=proposed&limit=100")["items"])


def _take_up(officer: Person, refund: str) -> None:
    """Until it is done; a repetition is told that it was."""
    path = f"/v1/refunds/{refund}"
    for _ in range(600):
        seen = officer.client.get(path)
        if seen.is_success and seen.json()["status"] != "proposed":
            return
        if seen.is_success:
            officer.send("POST", f"{path}/actions/request", version=seen, json={})
        time.sleep(0.1)
    raise AssertionError("the proposal was not taken up")


def _balance(officer: Person) -> tuple[int, int]:
    period = "from=2020-01-01&to=2020-12-31&provider=vnpay"
    total = _asked(officer, f"/v1/ledger/balances?{period}")["total"]
    return total["captured"], total["refunded"]


def _balanced(system: System) -> bool:
    auditor = Person(Silent(), system.gateway)
    with auditor.client:
        auditor.log_in("kiem.ha", "staff")
        return bool(_asked(auditor, "/v1/ledger/proof")["balanced"])


def _asked(person: Person, path: str) -> dict[str, Any]:
    for _ in range(600):
        answer = person.client.get(path)
        if answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
        time.sleep(0.1)
    raise AssertionError(answer.text)


def _books(system: System) -> list[str]:
    """The kinds of what VNPAY has done."""
    url = f"http://127.0.0.1:{system.ports['VNPAY_PORT']}/_mock/books"
    return [each["kind"] for each in httpx.get(url, trust_env=False).json() if each["state"] == "done"]


def _until(held: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not held():
        assert time.monotonic() < deadline, what
        time.sleep(0.3)
