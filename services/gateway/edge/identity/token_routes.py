"""HTTP of tokens for apps: exchange of an issuer's token (RFC 8693), refresh (RFC 6749 §6)."""

from __future__ import annotations

import base64
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Request, Response

from kit.clock import Clock
from kit.db import Database
from services.gateway.edge.clients import queries as clients
from services.gateway.edge.clients.commands import knows
from services.gateway.edge.identity import commands
from services.gateway.edge.identity.commands import Granted
from services.gateway.edge.identity.errors import ClientInvalid, GrantInvalid, GrantUnsupported
from services.gateway.edge.identity.schemas import ACCESS_TOKEN, EXCHANGE, TokenRequest, TokenResponse
from services.gateway.edge.identity.wiring import Identities
from services.gateway.edge.successors import queries as successors

router = APIRouter(tags=["identity"])


@router.post("/v1/auth/token")
async def issue_token(
    request: Request, response: Response, form: Annotated[TokenRequest, Form()]
) -> TokenResponse:
    """A token of the province for an app: for an access token of the portal or of the staff's provider,
    or for a refresh token, which is good once; for a system: for its own credentials."""
    identities: Identities = request.app.state.identities
    response.headers["Cache-Control"] = "no-store"
    if form.grant_type == "client_credentials":
        return await _system(request, form, identities)
    if form.grant_type == EXCHANGE:
        granted = await _exchange(request, form, identities)
    elif form.grant_type == "refresh_token":
        granted = await _refresh(request, form, identities)
    else:
        raise GrantUnsupported(error="unsupported_grant_type")
    name = identities.vault.open(granted.account.profile)["name"]
    agency = await _acting(request, granted.account.agency)
    return TokenResponse(
        access_token=identities.issuer.token(granted.account, name, agency),
        expires_in=int(identities.issuer.lifetime.total_seconds()),
        refresh_token=granted.refresh_token,
    )


async def _system(request: Request, form: TokenRequest, identities: Identities) -> TokenResponse:
    """RFC 6749 §4.4; the credentials in the form or in a Basic header."""
    client_id, secret = _basic(request) or (form.client_id, form.client_secret)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        client = await clients.client(session, client_id)
        agency = str(await successors.acting(session, client.agency)) if client else ""
    if client is None or not knows(client, secret):
        raise ClientInvalid(error="invalid_client", headers={"WWW-Authenticate": "Basic"})
    return TokenResponse(
        access_token=identities.issuer.system_token(client.id, client.name, agency),
        expires_in=int(identities.issuer.lifetime.total_seconds()),
    )


async def _acting(request: Request, agency: str | None) -> str | None:
    if agency is None:
        return None
    database: Database = request.app.state.database
    async with database.transaction() as session:
        return await successors.acting(session, agency)


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        raise ClientInvalid(error="invalid_client", headers={"WWW-Authenticate": "Basic"}) from None
    return unquote_plus(name), unquote_plus(secret)


async def _exchange(request: Request, form: TokenRequest, identities: Identities) -> Granted:
    clock: Clock = request.app.state.clock
    database: Database = request.app.state.database
    if form.subject_token_type != ACCESS_TOKEN or not form.subject_token:
        raise GrantInvalid(error="invalid_request")
    identity = await identities.providers[form.subject_issuer].holder(form.subject_token)
    async with database.transaction() as session:
        return await commands.open_family(
            session, clock, identities.vault, identity, identities.refresh_lifetime
        )


async def _refresh(request: Request, form: TokenRequest, identities: Identities) -> Granted:
    """In a transaction of its own: a token used twice ends its family, and that must stay although the
    call is refused."""
    clock: Clock = request.app.state.clock
    database: Database = request.app.state.database
    async with database.transaction() as session:
        granted = await commands.rotate(session, clock, form.refresh_token, identities.refresh_lifetime)
    if granted is None:
        raise GrantInvalid(error="invalid_grant")
    return granted
