"""Whose account it is: name, papers and contact, as the gateway knows them from the portal."""

from __future__ import annotations

from pydantic import BaseModel

from kit.http import Neighbour, NeighbourRefused
from services.dossier.errors import AccountUnknown


class Paper(BaseModel):
    type: str
    number: str


class Account(BaseModel):
    sub: str
    kind: str
    name: str
    papers: list[Paper] = []
    phone: str | None = None
    email: str | None = None
    tech_id: str | None = None


class Colleague(BaseModel):
    sub: str
    name: str
    roles: list[str] = []


class Colleagues(BaseModel):
    items: list[Colleague]


class Accounts:
    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def account(self, sub: str) -> Account:
        """Raises AccountUnknown, NeighbourDown."""
        try:
            return await self._neighbour.get(f"/internal/accounts/{sub}", Account)
        except NeighbourRefused:
            raise AccountUnknown from None

    async def officers(self, agency: str) -> list[Colleague]:
        """Officers and leaders of a body, as they last logged in. Raises NeighbourDown."""
        found = await self._neighbour.get("/internal/accounts", Colleagues, params={"agency": agency})
        return [person for person in found.items if {"officer", "leader"} & set(person.roles)]
