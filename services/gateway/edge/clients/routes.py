"""Systems that call us: a leader registers them for their own body or one below it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from kit.auth import Caller, require
from kit.clock import Clock
from kit.db import Session
from services.gateway.edge.clients import commands, queries
from services.gateway.edge.clients.bodies import Bodies
from services.gateway.edge.clients.errors import AgencyNotYours
from services.gateway.edge.clients.models import Client
from services.gateway.edge.clients.schemas import ClientId, Clients, ClientSecret, ClientView, NewClient

router = APIRouter(prefix="/v1/clients", tags=["clients"])

Leader = Annotated[Caller, Depends(require("leader"))]


async def _ours(request: Request, caller: Leader) -> set[str]:
    bodies: Bodies = request.app.state.bodies
    return await bodies.of(str(caller.agency))


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


Ours = Annotated[set[str], Depends(_ours)]
TheClock = Annotated[Clock, Depends(_clock)]


def _view(client: Client) -> ClientView:
    return ClientView.model_validate(client, from_attributes=True)


@router.get("")
async def list_clients(caller: Leader, ours: Ours, session: Session) -> Clients:
    return Clients(items=[_view(client) for client in await queries.clients(session, ours)])


@router.post("", status_code=status.HTTP_201_CREATED)
async def register_client(
    new: NewClient, caller: Leader, ours: Ours, session: Session, clock: TheClock, response: Response
) -> ClientSecret:
    """Its secret is shown this once; with it, the system asks `/v1/auth/token` for tokens."""
    if new.agency not in ours:
        raise AgencyNotYours
    response.headers["Cache-Control"] = "no-store"
    return await commands.register(session, clock, caller, new)


@router.post("/{client_id}/secret")
async def change_secret(
    client_id: ClientId, caller: Leader, ours: Ours, session: Session, clock: TheClock, response: Response
) -> ClientSecret:
    """A new secret; the one until now stays good until the next change."""
    response.headers["Cache-Control"] = "no-store"
    client = await queries.lock(session, client_id, ours)
    return await commands.change_secret(session, clock, caller, client)


@router.post("/{client_id}/revoke")
async def revoke_client(
    client_id: ClientId, caller: Leader, ours: Ours, session: Session, clock: TheClock
) -> ClientView:
    """No token for it from now on."""
    return _view(await commands.revoke(session, clock, caller, await queries.lock(session, client_id, ours)))
