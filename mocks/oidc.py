"""An OpenID Connect provider with sample people to click on: authorization code, PKCE, userinfo.

Used by the portal's mock and by the staff's. Paths as WSO2 Identity Server has them (portal facts,
section 6). `prompt=none&login_hint=an-nguyen` signs that person in without the page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import BaseModel

from mocks.clock import Now
from mocks.expiring import Expiring
from mocks.html import says, templates

_LOGIN_SECONDS, _CODE_SECONDS, _TOKEN_SECONDS = 600, 60, 3600
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Registration:
    """The client that may use this provider."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]

    def is_meant_by(self, client_id: str, client_secret: str) -> bool:
        given, known = f"{client_id}:{client_secret}", f"{self.client_id}:{self.client_secret}"
        return hmac.compare_digest(given.encode(), known.encode())


@dataclass(frozen=True)
class Asked:
    """An authorisation request that waits for somebody to log in."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str

    def back(self, **said: str) -> RedirectResponse:
        """To the client's own address with the answer; `state` comes back as it was sent."""
        told = {**said, "state": self.state} if self.state else said
        joint = "&" if "?" in self.redirect_uri else "?"
        return RedirectResponse(f"{self.redirect_uri}{joint}{urlencode(told)}", 303)


@dataclass
class Provider:
    """`url`: the issuer, where services ask; `browser_url`: where people log in and out.
    `people`: dicts with `username`, `name`, `note`, and under `claims` what userinfo gives."""

    title: str
    url: str
    browser_url: str
    people: list[dict[str, Any]]
    client: Registration
    now: Now
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)}))

    def __post_init__(self) -> None:
        self.asked: Expiring[Asked] = Expiring(self.now, _LOGIN_SECONDS)
        self.codes: Expiring[tuple[dict[str, Any], Asked]] = Expiring(self.now, _CODE_SECONDS)
        self.tokens: Expiring[dict[str, Any]] = Expiring(self.now, _TOKEN_SECONDS)

    def person(self, username: str) -> dict[str, Any] | None:
        return next((person for person in self.people if person["username"] == username), None)

    def id_token(self, person: dict[str, Any], nonce: str) -> str:
        now = int(self.now().timestamp())
        claims = {
            "iss": self.url,
            "sub": person["claims"]["sub"],
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            **({"nonce": nonce} if nonce else {}),
        }
        return jwt.encode({"alg": "RS256", "kid": str(self.key.kid)}, claims, self.key)


class Authorize(BaseModel):
    """OpenID Connect Core 1.0 §3.1.2.1, and PKCE."""

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    scope: str = "openid"
    state: str = ""
    nonce: str = ""
    prompt: str = ""
    login_hint: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


class Redeem(BaseModel):
    """RFC 6749 §4.1.3, and PKCE. The client may also say who it is by HTTP Basic."""

    grant_type: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    client_id: str = ""
    client_secret: str = ""


class AboutToken(BaseModel):
    """RFC 7662 and RFC 7009."""

    token: str = ""
    client_id: str = ""
    client_secret: str = ""


def read_people(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text("utf-8")))


def router(provider: Provider) -> APIRouter:
    routes = APIRouter(tags=["oidc"])
    _metadata(routes, provider)
    _login(routes, provider)
    _token(routes, provider)
    _about_tokens(routes, provider)
    _logout(routes, provider)
    return routes


def _metadata(routes: APIRouter, provider: Provider) -> None:
    @routes.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        base = provider.url
        return {
            "issuer": base,
            "authorization_endpoint": f"{provider.browser_url}/oauth2/authorize",
            "token_endpoint": f"{base}/oauth2/token",
            "userinfo_endpoint": f"{base}/oauth2/userinfo",
            "jwks_uri": f"{base}/oauth2/jwks",
            "introspection_endpoint": f"{base}/oauth2/introspect",
            "revocation_endpoint": f"{base}/oauth2/revoke",
            "end_session_endpoint": f"{provider.browser_url}/oidc/logout",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    @routes.get("/oauth2/jwks")
    async def jwks() -> dict[str, Any]:
        public = provider.key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": "RS256"}]}


def _login(routes: APIRouter, provider: Provider) -> None:
    def granted(person: dict[str, Any], asked: Asked) -> Response:
        return asked.back(code=provider.codes.keep((person, asked)))

    @routes.get("/oauth2/authorize")
    async def authorize(request: Request, query: Annotated[Authorize, Query()]) -> Response:
        client = provider.client
        if query.client_id != client.client_id or query.redirect_uri not in client.redirect_uris:
            text = "Ứng dụng hoặc địa chỉ quay về chưa được đăng ký."
            return says(request, "Không đăng nhập được", text, 400)
        asked = Asked(query.redirect_uri, query.state, query.nonce, query.code_challenge)
        if query.response_type != "code":
            return asked.back(error="unsupported_response_type")
        if "openid" not in query.scope.split():
            return asked.back(error="invalid_scope")
        if query.code_challenge and query.code_challenge_method != "S256":
            return asked.back(error="invalid_request")
        if query.prompt == "none":
            person = provider.person(query.login_hint)
            return granted(person, asked) if person else asked.back(error="login_required")
        context = {"title": provider.title, "request_id": provider.asked.keep(asked)}
        return templates.TemplateResponse(request, "login.html", {**context, "people": provider.people})

    @routes.post("/oauth2/login")
    async def login(
        request: Request,
        person: Annotated[str, Form()] = "",
        request_id: Annotated[str, Form(alias="request")] = "",
    ) -> Response:
        chosen = provider.person(person)
        asked = provider.asked.take(request_id) if chosen else None
        if asked is None or chosen is None:
            text = "Phiên đăng nhập đã hết hạn hoặc không có người này, hãy bắt đầu lại."
            return says(request, "Không đăng nhập được", text, 400)
        return granted(chosen, asked)


def _token(routes: APIRouter, provider: Provider) -> None:
    @routes.post("/oauth2/token")
    async def token(request: Request, form: Annotated[Redeem, Form()]) -> Response:
        if not _is_client(provider, request, form.client_id, form.client_secret):
            return _error("invalid_client", 401)
        if form.grant_type != "authorization_code":
            return _error("unsupported_grant_type")
        granted = provider.codes.take(form.code)  # a code that was tried is used up
        if granted is None:
            return _error("invalid_grant")
        person, asked = granted
        proven = not asked.challenge or asked.challenge == _challenge(form.code_verifier)
        if not proven or asked.redirect_uri != form.redirect_uri:
            return _error("invalid_grant")
        answer = {
            "access_token": provider.tokens.keep(person),
            "id_token": provider.id_token(person, asked.nonce),
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS,
            "scope": "openid",
        }
        return JSONResponse(answer, headers=_NO_STORE)


def _about_tokens(routes: APIRouter, provider: Provider) -> None:
    @routes.api_route("/oauth2/userinfo", methods=["GET", "POST"])
    async def userinfo(request: Request) -> Response:
        found = provider.tokens.get(_authorization(request, "bearer"))
        if found is None:
            return _error("invalid_token", 401)
        return JSONResponse(found[0]["claims"], headers=_NO_STORE)

    @routes.post("/oauth2/introspect")
    async def introspect(request: Request, form: Annotated[AboutToken, Form()]) -> Response:
        # OpenCPS asks with the token itself as bearer, others as the client.
        bearer = provider.tokens.get(_authorization(request, "bearer"))
        if bearer is None and not _is_client(provider, request, form.client_id, form.client_secret):
            return _error("invalid_client", 401)
        found = provider.tokens.get(form.token)
        if found is None:
            return JSONResponse({"active": False})
        person, expires = found
        about = {"client_id": provider.client.client_id, "sub": person["claims"]["sub"], "exp": expires}
        return JSONResponse({"active": True, "token_type": "Bearer", **about})

    @routes.post("/oauth2/revoke")
    async def revoke(request: Request, form: Annotated[AboutToken, Form()]) -> Response:
        if not _is_client(provider, request, form.client_id, form.client_secret):
            return _error("invalid_client", 401)
        provider.tokens.take(form.token)
        return JSONResponse({})


def _logout(routes: APIRouter, provider: Provider) -> None:
    """Nothing is kept between logins, so there is nothing to end; only the way back matters."""
    homes = {_origin(uri) for uri in provider.client.redirect_uris}

    @routes.get("/oidc/logout")
    async def logout(request: Request, post_logout_redirect_uri: str = "") -> Response:
        if post_logout_redirect_uri and _origin(post_logout_redirect_uri) in homes:
            return RedirectResponse(post_logout_redirect_uri, 303)
        return says(request, "Đã đăng xuất", "Phiên đăng nhập đã kết thúc.")


def _is_client(provider: Provider, request: Request, client_id: str, client_secret: str) -> bool:
    encoded = _authorization(request, "basic")
    if encoded:
        try:
            client_id, _, client_secret = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return False
    return provider.client.is_meant_by(client_id, client_secret)


def _authorization(request: Request, wanted: str) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == wanted else ""


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _error(code: str, status: int = 400) -> JSONResponse:
    scheme = "Bearer" if code == "invalid_token" else "Basic"
    asking = {"WWW-Authenticate": f'{scheme} error="{code}"'} if status == 401 else {}
    return JSONResponse({"error": code}, status, _NO_STORE | asking)
