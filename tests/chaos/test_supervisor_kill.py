"""kill -9 of the supervisor at a random moment of 50 submissions, again and again, on the same data.

Within 5 s none of its processes lives. After the restart every submission that was answered 201 is there
once, and none by half: what was not answered is there whole or not at all, and sending it again with its
Idempotency-Key makes it exactly one.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.people import Citizen
from tests.processes import System, living

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "20"))
SUBMISSIONS = 50
SENDERS = 4


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_was_answered_201_is_there_once_and_nothing_by_half(system: System, seed: int) -> None:
    keys = [str(uuid4()) for _ in range(SUBMISSIONS)]
    fall = random.Random(seed).randrange(SUBMISSIONS)
    with Citizen(system.gateway) as citizen:
        before = citizen.dossiers()
        family = system.family()
        answered = _submit_until_killed(citizen, keys, fall, system)
        assert not living(family, 5)
    began = time.monotonic()
    system.start()
    sys.stdout.write(f"round {seed}: {len(answered)} answered, back in {time.monotonic() - began:.1f} s\n")
    with Citizen(system.gateway) as citizen:
        after = citizen.dossiers()
        found = after.keys() - before.keys()
        assert set(answered.values()) <= found
        assert len(found) <= SUBMISSIONS
        for dossier in found:  # none by half
            assert after[dossier]["status"] == "submitted"
            assert citizen.history(dossier) == ["submit"]
        again = {key: citizen.submit(key)["id"] for key in keys}
        assert {key: again[key] for key in answered} == answered
        assert len(set(again.values())) == SUBMISSIONS
        every = citizen.dossiers()
        assert every.keys() - before.keys() == set(again.values())
        serials = sorted(int(item["code"].rsplit("-", 1)[1]) for item in every.values())
        assert serials == list(range(1, len(every) + 1))  # codes without a gap or a double


def _submit_until_killed(citizen: Citizen, keys: list[str], fall: int, system: System) -> dict[str, str]:
    """Key → dossier of those that were answered 201; the supervisor falls with the `fall`-th on its way."""
    answered: dict[str, str] = {}
    killed = threading.Event()

    def send(position: int) -> None:
        if position == fall:
            os.kill(system.pid, signal.SIGKILL)
            killed.set()
        try:
            answered[keys[position]] = citizen.submit(keys[position])["id"]
        except (httpx.TransportError, httpx.HTTPStatusError):
            assert killed.is_set()  # before that, each is answered

    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(send, range(SUBMISSIONS)))
    system.end(signal.SIGKILL)
    return answered
