"""Logging in and out, tokens for apps, who am I."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import Caller, MaybeCaller, TokenMissing
from kit.db import Database, Session
from kit.text import Line
from kit.vault import mask
from services.gateway import queries
from services.gateway.commands import accounts, sessions
from services.gateway.commands.accounts import Identity
from services.gateway.edge.entrance import Login, TheEntrance
from services.gateway.errors import CsrfMissing, GrantRefused, GrantUnknown, LoginRefused
from services.gateway.models import Account, RefreshToken
from services.gateway.schemas import Me, Paper, Tokens

router = APIRouter(prefix="/v1", tags=["identity"])

Realm = Literal["citizen", "staff"]
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def _identity(realm: str, claims: dict[str, Any]) -> Identity:
    return accounts.of_staff(claims) if realm == "staff" else accounts.of_portal(claims)


@router.get("/auth/login")
async def login(
    entrance: TheEntrance,
    return_to: Annotated[Line, Query(max_length=500)] = "/",
    realm: Realm = "citizen",
) -> RedirectResponse:
    """To the national portal (citizens, organisations) or the staff provider, and back to `return_to`."""
    under_way = Login(
        realm=realm,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        return_to=entrance.checked_return(return_to),
    )
    issuer = entrance.issuers[realm]
    url = await issuer.login_url(under_way.state, under_way.nonce, under_way.verifier)
    response = RedirectResponse(url, status_code=302, headers={"Cache-Control": "no-store"})
    entrance.keep_login(response, under_way)
    return response


@router.get("/auth/callback")
async def callback(
    request: Request,
    entrance: TheEntrance,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str | None, Query(max_length=2000)] = None,
    error: Annotated[Line | None, Query(max_length=200)] = None,
) -> RedirectResponse:
    """Back from the issuer: the account is found or made, the browser gets its session."""
    under_way = entrance.kept_login(request, state)
    if code is None:
        raise LoginRefused(reason=error or "no code")
    issuer = entrance.issuers[under_way.realm]
    claims = await issuer.claims_of_code(code, under_way.nonce, under_way.verifier)
    identity = _identity(under_way.realm, claims)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        account = await accounts.remember(session, entrance.clock, entrance.vault, identity)
        hours = entrance.settings.session_hours
        secret = await sessions.open_session(session, entrance.clock, account, hours)
    response = RedirectResponse(under_way.return_to, status_code=302, headers={"Cache-Control": "no-store"})
    entrance.keep_session(response, secret)
    return response


@router.post("/auth/token")
async def token(
    request: Request,
    response: Response,
    entrance: TheEntrance,
    grant_type: Annotated[str, Form(max_length=100)],
    subject_token: Annotated[str | None, Form(max_length=4000)] = None,
    subject_issuer: Annotated[Literal["portal", "staff"], Form()] = "portal",
    refresh_token: Annotated[str | None, Form(max_length=200)] = None,
) -> Tokens:
    """Tokens for apps: RFC 8693 exchange of an issuer's access token, or refresh (each used once)."""
    database: Database = request.app.state.database
    response.headers["Cache-Control"] = "no-store"
    if grant_type == _EXCHANGE and subject_token:
        realm = "staff" if subject_issuer == "staff" else "citizen"
        claims = await entrance.issuers[realm].claims_of_token(subject_token)
        async with database.transaction() as session:
            identity = _identity(realm, claims)
            account = await accounts.remember(session, entrance.clock, entrance.vault, identity)
            return await _tokens(session, entrance, account, None)
    if grant_type == "refresh_token" and refresh_token:
        async with database.transaction() as session:
            used = await sessions.use_refresh(session, entrance.clock, refresh_token)
            if used is not None:
                account = await queries.account(session, str(used.account_id))
                return await _tokens(session, entrance, account, used)
        raise GrantRefused
    if grant_type in (_EXCHANGE, "refresh_token"):
        raise GrantRefused
    raise GrantUnknown


async def _tokens(
    session: Session, entrance: TheEntrance, account: Account, after: RefreshToken | None
) -> Tokens:
    days, family = entrance.settings.refresh_days, after.family if after else None
    refresh = await sessions.open_refresh(session, entrance.clock, account.id, days, family)
    seconds = int(entrance.tokens.life.total_seconds())
    return Tokens(access_token=entrance.token(account), expires_in=seconds, refresh_token=refresh)


@router.post("/auth/logout", status_code=204)
async def logout(request: Request, response: Response, session: Session, entrance: TheEntrance) -> None:
    """End the browser's session. Without one, nothing happens."""
    secret = entrance.session_secret(request.cookies)
    if secret is not None:
        if not entrance.csrf_holds(secret, request.headers.get("x-csrf-token", "")):
            raise CsrfMissing
        await sessions.close_session(session, entrance.clock, secret)
        entrance.forget_token(secret)
    entrance.forget_session(response)


@router.get("/me")
async def me(
    request: Request, response: Response, session: Session, entrance: TheEntrance, caller: MaybeCaller
) -> Me:
    """Who is logged in, by token or by session."""
    secret = entrance.session_secret(request.cookies) if caller is None else None
    account = await _account(session, entrance, caller, secret)
    profile = entrance.profile(account)
    response.headers["Cache-Control"] = "no-store"
    return Me(
        sub=str(account.id),
        kind=account.kind,
        name=profile["name"],
        roles=account.roles,
        agency=account.agency,
        papers=[Paper(type=paper["type"], number=mask(paper["number"])) for paper in profile["papers"]],
        phone=profile["phone"],
        email=profile["email"],
        csrf=entrance.csrf(secret) if secret else None,
    )


async def _account(
    session: Session, entrance: TheEntrance, caller: Caller | None, secret: str | None
) -> Account:
    if caller is not None:
        return await queries.account(session, caller.sub)
    account = await sessions.session_account(session, entrance.clock, secret) if secret else None
    if account is None:
        raise TokenMissing
    return account
