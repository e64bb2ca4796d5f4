"""A client, as leaders register it and see it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from kit.text import Incoming, Line

ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9\-]{2,39}$")]


class NewClient(Incoming):
    """`id` is in the address of its references, and stays."""

    id: ClientId
    name: Annotated[Line, StringConstraints(min_length=1, max_length=200)]
    agency: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{2,40}$")]


class ClientView(BaseModel):
    id: str
    name: str
    agency: str
    registered_by: str
    registered_at: datetime
    revoked_at: datetime | None


class ClientSecret(BaseModel):
    """`client_secret` is shown this once."""

    client_id: str
    client_secret: str


class Clients(BaseModel):
    items: list[ClientView]
