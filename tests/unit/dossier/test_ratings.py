"""Rating once after the return, by the owner or by the slip; tracking that shows more to who knows more."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.dossier.conftest import World
from tests.unit.dossier.test_life import brought_to, seen_by

pytestmark = pytest.mark.anyio


async def test_the_owner_rates_once_after_the_return(world: World) -> None:
    early = await brought_to(world, "completed")
    path = f"/v1/dossiers/{early['id']}/rating"
    good = {"points": 3, "comment": "Cán bộ nhiệt tình"}
    refused = await world.client.post(path, json=good, headers=world.citizen())
    assert (refused.status_code, refused.json()["code"]) == (409, "not-rateable")
    dossier = await brought_to(world, "returned")
    path = f"/v1/dossiers/{dossier['id']}/rating"
    assert (await world.client.post(path, json={"points": 4}, headers=world.citizen())).status_code == 422
    assert (await world.client.post(path, json=good, headers=world.citizen("stranger"))).status_code == 404
    assert (await world.client.post(path, json=good, headers=world.citizen())).status_code == 201
    again = await world.client.post(path, json=good, headers=world.citizen())
    assert (again.status_code, again.json()["code"]) == (409, "rated-already")


async def test_the_slip_rates_with_the_last_four_digits(world: World) -> None:
    dossier = await brought_to(world, "returned")
    path = f"/v1/track/{dossier['code']}/rating"
    wrong = await world.client.post(path, json={"points": 2, "check": "9999"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "check-wrong")
    assert (await world.client.post(path, json={"points": 2, "check": "0001"})).status_code == 201


async def test_tracking_shows_more_to_who_knows_the_digits_five_tries_an_hour(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    path = f"/v1/track/{dossier['code']}"
    assert (await world.client.get(path)).json()["steps"] is None
    more = (await world.client.get(path, params={"check": "0001"})).json()
    assert [step["action"] for step in more["steps"]] == ["submit", "accept", "start"]
    assert more["what_next"] == (await seen_by(world, dossier, "owner"))["what_next"]
    for _ in range(7):  # right ones are no tries
        assert (await world.client.get(path, params={"check": "0001"})).status_code == 200
    for _ in range(5):
        assert (await world.client.get(path, params={"check": "1234"})).status_code == 403
    shut = await world.client.get(path, params={"check": "0001"})
    assert (shut.status_code, shut.json()["code"]) == (429, "too-many-tries")
    world.clock.forward(hours=1)
    assert (await world.client.get(path, params={"check": "0001"})).status_code == 200
    guesses = (world.client.get(path, params={"check": f"{number:04d}"}) for number in range(2, 22))
    codes = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert sorted(codes) == [403] * 5 + [429] * 15
