"""`python -m tests.containers.endurance STOP`: citizens submit until the file STOP exists, whatever restarts
meanwhile. At the end each submission that was answered 201 is there once, nothing else is, codes have no gap
and no double, and the portal knows each dossier once. Status 0 only if all of that holds."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx

from deploy.settings import read
from tests.people import Citizen

#: How long one submission may take with everything restarting, and the portal to catch up: seconds.
PATIENCE, CATCH_UP = 180, 240
#: They come to one body, so that its serials are all ours.
PEOPLE = ("an-nguyen", "binh-quach")


def submitted(citizen: Citizen, stop: Path) -> dict[str, str]:
    """Key → dossier, one after the other, each as often as it takes."""
    found = {}
    while not stop.exists():
        key = str(uuid4())
        found[key] = _once(citizen, key)
    return found


def _once(citizen: Citizen, key: str) -> str:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            answer = citizen.person.post_once("/v1/dossiers", key, citizen.new)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 201:
            return str(answer.json()["id"])
        if answer is not None and answer.status_code not in (409, 429, 502, 503, 504):
            raise SystemExit(f"✗ {answer.status_code}: {answer.text[:300]}")
        if time.monotonic() > end:
            raise SystemExit(f"✗ chưa được nhận sau {PATIENCE} s | not taken in: {key}")
        time.sleep(0.3)


def known_to_the_portal(portal: str, codes: set[str]) -> dict[str, list[str]]:
    """The steps that the portal has of each, once it has all or the time is over."""
    end = time.monotonic() + CATCH_UP
    while True:
        held = {item["MaHoSo"]: item for item in httpx.get(f"{portal}_mock/dossiers", trust_env=False).json()}
        if codes <= held.keys() or time.monotonic() > end:
            return {
                code: [json.dumps(step) for step in held[code]["DanhSachTienDo"]]
                for code in codes & held.keys()
            }
        time.sleep(1)


def main(stop: Path) -> int:
    url = read().public_url
    citizens = [Citizen(url, name) for name in PEOPLE]
    before = [citizen.dossiers() for citizen in citizens]
    with ThreadPoolExecutor() as pool:
        answered = list(pool.map(lambda citizen: submitted(citizen, stop), citizens))
    faults, codes = [], set()
    for citizen, keys, earlier in zip(citizens, answered, before, strict=True):
        now = citizen.dossiers()
        new = now.keys() - earlier.keys()
        if set(keys.values()) != new:
            faults.append(f"mất hoặc thừa | lost or doubled: {set(keys.values()) ^ new}")
        if len(set(keys.values())) != len(keys):
            faults.append("hai khóa, một hồ sơ | two keys, one dossier")
        codes |= {now[dossier]["code"] for dossier in new}
    serials = sorted(int(code.rsplit("-", 1)[1]) for code in codes)
    if serials and serials != list(range(serials[0], serials[0] + len(serials))):
        faults.append(f"số thiếu hoặc trùng | gaps or doubles: {serials}")
    known = known_to_the_portal(citizens[0].person.portal, codes)
    faults += [f"cổng không có {code} | not at the portal" for code in sorted(codes - known.keys())]
    faults += [
        f"cổng có bước trùng của {code} | a step twice: {steps}"
        for code, steps in known.items()
        if not steps or len(set(steps)) != len(steps)
    ]
    for fault in faults:
        print(f"✗ {fault}")
    total = sum(len(keys) for keys in answered)
    print(
        f"{'✗' if faults or not total else '✓'} {total} hồ sơ | dossiers submitted, each once, each federated"
    )
    return 1 if faults or not total else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
