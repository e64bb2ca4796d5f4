"""HTTP of the identity: logging in and out of a browser, and who is calling."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from kit.auth import AnyCaller, ServiceCaller
from kit.db import Database, Session
from kit.problem import NotFound
from services.gateway.edge.identity import commands, queries, returning, schemas
from services.gateway.edge.identity.claims import Realm
from services.gateway.edge.identity.cookies import LOGIN_LIFETIME, SessionCookie
from services.gateway.edge.identity.errors import LoginInvalid, LoginRefused
from services.gateway.edge.identity.provider import Attempt
from services.gateway.edge.identity.sessions import SESSION, Sessions
from services.gateway.edge.identity.wiring import Identities

router = APIRouter(tags=["identity"])

REALMS: dict[schemas.LoginRealm, Realm] = {"citizen": "portal", "staff": "staff"}
_PRIVATE = {"Cache-Control": "no-store"}


@router.get("/v1/auth/login", status_code=302, response_class=RedirectResponse)
async def log_in(
    request: Request,
    return_to: Annotated[str, Query(max_length=2000)] = "/",
    realm: schemas.LoginRealm = "citizen",
    login_hint: Annotated[str | None, Query(max_length=200)] = None,
    prompt: Annotated[str | None, Query(pattern="^(none|login)$")] = None,
) -> Response:
    """Go to the issuer's login page: the national portal for citizens and organisations, the staff's
    provider for staff. `prompt=none` asks only whether somebody is logged in there already."""
    identities: Identities = request.app.state.identities
    back = returning.checked(return_to, identities.public_url, identities.origins)
    attempt = Attempt.begin(REALMS[realm], back)
    provider = identities.providers[attempt.realm]
    answer = RedirectResponse(await provider.login_url(attempt, login_hint, prompt), 302, _PRIVATE)
    cookies = identities.cookies
    answer.set_cookie(
        cookies.login_name(attempt.state),
        cookies.seal_login(attempt),
        max_age=int(LOGIN_LIFETIME.total_seconds()),
        **cookies.login_attributes(),
    )
    return answer


@router.get("/v1/auth/callback", status_code=303, response_class=RedirectResponse)
async def finish_login(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Where the issuer sends the browser back to; opens the session."""
    identities: Identities = request.app.state.identities
    database: Database = request.app.state.database
    cookies = identities.cookies
    attempt = cookies.open_login(request.cookies.get(cookies.login_name(state)), state)
    if attempt is None:
        raise LoginInvalid()
    if error:
        raise LoginRefused(reason=error)
    identity = await identities.providers[attempt.realm].redeem(code, attempt)
    async with database.transaction() as session:
        opened = await commands.open_session(
            session, request.app.state.clock, identities.vault, identity, identities.session_lifetime
        )
    answer = RedirectResponse(attempt.return_to, 303, _PRIVATE)
    answer.set_cookie(
        cookies.session_name,
        cookies.seal_session(opened.id),
        max_age=int(identities.session_lifetime.total_seconds()),
        **cookies.attributes(),
    )
    answer.delete_cookie(cookies.login_name(state), **cookies.login_attributes())
    return answer


@router.post("/v1/auth/logout")
async def log_out(
    request: Request, response: Response, form: Annotated[schemas.LogoutRequest, Form()]
) -> schemas.LoggedOut:
    """End the browser's session, or the refresh token that an app sends. Logging out twice is no fault."""
    identities: Identities = request.app.state.identities
    database: Database = request.app.state.database
    cookie: SessionCookie | None = request.scope.get(SESSION)
    account = None
    async with database.transaction() as session:
        if form.refresh_token:
            await commands.end_family(session, request.app.state.clock, form.refresh_token)
        if cookie is not None:
            account = await commands.close_session(session, request.app.state.clock, cookie.id)
    if cookie is not None:
        sessions: Sessions = request.app.state.sessions
        sessions.forget(cookie.id)
    response.headers.update(_PRIVATE)
    response.delete_cookie(identities.cookies.session_name, **identities.cookies.attributes())
    if account is None:
        return schemas.LoggedOut(provider_logout_url=None)
    realm: Realm = "staff" if account.issuer == "staff" else "portal"
    url = await identities.providers[realm].logout_url(f"{identities.public_url}/")
    return schemas.LoggedOut(provider_logout_url=url)


@router.get("/v1/me")
async def who_am_i(request: Request, response: Response, caller: AnyCaller, session: Session) -> schemas.Me:
    """The caller: account, roles, body, papers (masked), and the browser's CSRF token."""
    identities: Identities = request.app.state.identities
    cookie: SessionCookie | None = request.scope.get(SESSION)
    account = await queries.account_of(session, caller.sub)
    response.headers.update(_PRIVATE)
    return schemas.me(caller, account, identities.vault, cookie.csrf if cookie else None)


@router.get("/.well-known/jwks.json", include_in_schema=False)
async def published_keys(request: Request) -> JSONResponse:
    identities: Identities = request.app.state.identities
    keys: dict[str, Any] = await identities.issuer.published()
    return JSONResponse(keys, headers={"Cache-Control": "public, max-age=300"})


@router.get("/internal/accounts")
async def internal_colleagues(
    caller: ServiceCaller,
    request: Request,
    session: Session,
    agency: Annotated[str, Query(max_length=40)],
) -> schemas.Colleagues:
    """The staff of a body, as they last logged in."""
    identities: Identities = request.app.state.identities
    staff = await queries.staff_of(session, agency)
    return schemas.Colleagues(items=[schemas.colleague(account, identities.vault) for account in staff])


@router.get("/internal/accounts/{sub}")
async def internal_account(
    request: Request, sub: UUID, caller: ServiceCaller, session: Session
) -> schemas.AccountCard:
    """An account for a neighbour, numbers in full."""
    identities: Identities = request.app.state.identities
    account = await queries.account(session, sub)
    if account is None:
        raise NotFound()
    return schemas.account_card(account, identities.vault)
