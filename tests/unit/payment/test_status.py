"""The table of states, every pair of it, and the checksums on the vectors of the protocol document."""

from __future__ import annotations

import pytest

from services.payment.providers.payment_platform import plain
from services.payment.providers.platform_checksum import FIELDS, holds, sign
from services.payment.status import ENDED_UNPAID, LABEL, LIVE, OPEN, TRANSITIONS, Signal, Status, possible

ALLOWED = {
    ("created", "opened"), ("created", "lost"), ("created", "paid"), ("created", "refused"),
    ("pending", "paid"), ("pending", "refused"), ("pending", "lapsed"), ("pending", "cancel"),
    ("unknown", "paid"), ("unknown", "refused"), ("unknown", "cancel"),
    ("succeeded", "overpaid"),
    ("failed", "paid"), ("failed", "overpaid"),
    ("expired", "paid"), ("expired", "overpaid"),
    ("cancelled", "paid"), ("cancelled", "overpaid"),
}  # fmt: skip


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("signal", Signal)
def test_every_pair_of_state_and_signal(status: Status, signal: Signal) -> None:
    assert possible(status, signal) == ((status.value, signal.value) in ALLOWED)


def test_every_edge_names_its_event_and_every_state_is_reached() -> None:
    assert len({t.event for t in TRANSITIONS.values()}) == len(TRANSITIONS)
    assert {t.to for t in TRANSITIONS.values()} - {None} == set(Status) - {Status.CREATED}
    assert set(LIVE) | set(ENDED_UNPAID) == set(Status) == set(LABEL)
    assert set(OPEN) == set(LIVE) - {Status.SUCCEEDED}


SECRET = "MOCK-SECRET-0001"
REFERENCE = "dvc0000013H28261123000120261123101500"
TEXT = "THANH TOAN HO SO 000.00.13.H28-261123-0001"
VECTORS = {
    "INIT": (
        f"INIT|1.0.6|MOCKHB|{REFERENCE}|150000|PAY|1|1|vi-VN|VND|PAYMENT|{TEXT}|20261123101500|10.0.0.5",
        "8def37af9b0827ddf3f296596a2ec9466105fff3630e8e97c2f2393a63f491a7",
    ),
    "CONFIRM": (
        f"CONFIRM|00|MOCKHB|{REFERENCE}|150000|VND|MOCKTXN20261123000001|VCB|20261123101742|{TEXT}",
        "665ab1587bb4673e7e8ee9e377b6c79461d235fed9d63628fd7590b902f6ac3e",
    ),
    "QUERY": (
        f"QUERY|1.0.6|MOCKHB|{REFERENCE}|20261123101500",
        "f53a04dd748fe2aa99551a196b860a9d8ba232f8a44f7ed3f11acf7699bf5961",
    ),
    "GET_BILL": (
        f"GET_BILL|1.0.6|MOCKHB|{REFERENCE}|20261123101742",
        "84d8ea7a2722e8f32cd465cc9b4fc31c47a8e97aacaf98b6591df7d4a5e9d746",
    ),
}


@pytest.mark.parametrize("kind", VECTORS)
def test_checksum_vectors_of_the_document(kind: str) -> None:
    line, expected = VECTORS[kind]
    message = dict(zip(FIELDS[kind], line.split("|"), strict=True))
    assert sign(kind, message, SECRET) == expected
    assert holds(kind, message, expected, ["NEWER", SECRET])
    assert not holds(kind, message, expected, ["NEWER"])
    assert not holds(kind, message, "không phải", [SECRET])


def test_fields_that_run_into_each_other_are_refused() -> None:
    line, _ = VECTORS["QUERY"]
    message = dict(zip(FIELDS["QUERY"], line.split("|"), strict=True))
    message |= {"MaDoiTac": "MOCKHB|x"}
    assert not holds("QUERY", message, sign("QUERY", message, SECRET), [SECRET])


def test_description_is_plain_ascii() -> None:
    assert plain("Đề nghị|đóng phí") == "De nghi dong phi"
