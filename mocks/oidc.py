"""An OpenID Connect provider with sample people to click on: authorization code, PKCE, userinfo.

Used by the portal's mock and by the staff's. Paths as WSO2 Identity Server has them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from joserfc import jwt
from joserfc.jwk import RSAKey

from mocks.clock import Now

_CODE_SECONDS = 60
_TOKEN_SECONDS = 3600
templates = Jinja2Templates(Path(__file__).parent / "templates")


@dataclass(frozen=True)
class Registration:
    """The client that may use this provider."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]


@dataclass
class Asked:
    """An authorisation request that waits for somebody to log in."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str


@dataclass
class Granted:
    person: dict[str, Any]
    asked: Asked
    expires: float


@dataclass
class Provider:
    """`people`: dicts with `username` and the claims that userinfo gives under `claims`."""

    title: str
    url: str
    people: list[dict[str, Any]]
    client: Registration
    now: Now
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)}))
    asked: dict[str, Asked] = field(default_factory=dict)
    codes: dict[str, Granted] = field(default_factory=dict)
    tokens: dict[str, tuple[dict[str, Any], float]] = field(default_factory=dict)

    def person(self, username: str) -> dict[str, Any] | None:
        return next((person for person in self.people if person["username"] == username), None)

    def grant(self, person: dict[str, Any], asked: Asked) -> str:
        """The address to go back to, with a code."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = Granted(person, asked, self.now().timestamp() + _CODE_SECONDS)
        return f"{asked.redirect_uri}?{urlencode({'code': code, 'state': asked.state})}"

    def access_token(self, person: dict[str, Any]) -> str:
        token = secrets.token_urlsafe(32)
        self.tokens[token] = (person, self.now().timestamp() + _TOKEN_SECONDS)
        return token

    def holder(self, token: str) -> dict[str, Any] | None:
        person, expires = self.tokens.get(token, ({}, 0.0))
        return person if expires > self.now().timestamp() else None

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


def read_people(path: Path) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return people


def _error(code: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": code}, status)


def router(provider: Provider) -> APIRouter:
    routes = APIRouter(tags=["oidc"])

    @routes.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        base = provider.url
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth2/authorize",
            "token_endpoint": f"{base}/oauth2/token",
            "userinfo_endpoint": f"{base}/oauth2/userinfo",
            "jwks_uri": f"{base}/oauth2/jwks",
            "introspection_endpoint": f"{base}/oauth2/introspect",
            "revocation_endpoint": f"{base}/oauth2/revoke",
            "end_session_endpoint": f"{base}/oidc/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    @routes.get("/oauth2/jwks")
    async def jwks() -> dict[str, Any]:
        public = provider.key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": "RS256"}]}

    @routes.get("/oauth2/authorize")
    async def authorize(
        request: Request,
        client_id: str,
        redirect_uri: str,
        response_type: str = "code",
        state: str = "",
        nonce: str = "",
        code_challenge: str = "",
        code_challenge_method: str = "",
        login_hint: str = "",
        prompt: str = "",
    ) -> Response:
        client = provider.client
        if client_id != client.client_id or redirect_uri not in client.redirect_uris:
            return HTMLResponse("Ứng dụng hoặc địa chỉ quay về chưa được đăng ký.", 400)
        if response_type != "code" or (code_challenge and code_challenge_method != "S256"):
            return RedirectResponse(
                f"{redirect_uri}?{urlencode({'error': 'invalid_request', 'state': state})}"
            )
        asked = Asked(redirect_uri, state, nonce, code_challenge)
        person = provider.person(login_hint) if prompt == "none" else None
        if person is not None:
            return RedirectResponse(provider.grant(person, asked), 302)
        if prompt == "none":
            return RedirectResponse(
                f"{redirect_uri}?{urlencode({'error': 'login_required', 'state': state})}"
            )
        key = secrets.token_urlsafe(16)
        provider.asked[key] = asked
        context = {"title": provider.title, "request_id": key, "people": provider.people}
        return templates.TemplateResponse(request, "login.html", context)

    @routes.post("/oauth2/login")
    async def login(
        request: Request, person: Annotated[str, Form()], request_id: Annotated[str, Form(alias="request")]
    ) -> Response:
        asked, chosen = provider.asked.pop(request_id, None), provider.person(person)
        if asked is None or chosen is None:
            return HTMLResponse("Phiên đăng nhập đã hết hạn, hãy bắt đầu lại.", 400)
        return RedirectResponse(provider.grant(chosen, asked), 302)

    @routes.post("/oauth2/token")
    async def token(
        request: Request,
        grant_type: Annotated[str, Form()],
        code: Annotated[str, Form()] = "",
        redirect_uri: Annotated[str, Form()] = "",
        client_id: Annotated[str, Form()] = "",
        client_secret: Annotated[str, Form()] = "",
        code_verifier: Annotated[str, Form()] = "",
    ) -> Response:
        given = _basic(request) or (client_id, client_secret)
        if given != (provider.client.client_id, provider.client.client_secret):
            return _error("invalid_client", 401)
        granted = provider.codes.pop(code, None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
        )
        if (
            grant_type != "authorization_code"
            or granted is None
            or granted.expires < provider.now().timestamp()
            or granted.asked.redirect_uri != redirect_uri
            or (granted.asked.challenge and granted.asked.challenge != challenge)
        ):
            return _error("invalid_grant")
        return JSONResponse(
            {
                "access_token": provider.access_token(granted.person),
                "id_token": provider.id_token(granted.person, granted.asked.nonce),
                "token_type": "Bearer",
                "expires_in": _TOKEN_SECONDS,
                "scope": "openid",
            },
            headers={"Cache-Control": "no-store"},
        )

    @routes.api_route("/oauth2/userinfo", methods=["GET", "POST"])
    async def userinfo(request: Request) -> Response:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        person = provider.holder(bearer) if scheme.lower() == "bearer" else None
        return JSONResponse(person["claims"]) if person else _error("invalid_token", 401)

    @routes.post("/oauth2/introspect")
    async def introspect(token: Annotated[str, Form()]) -> dict[str, Any]:
        person, expires = provider.tokens.get(token, ({}, 0.0))
        if expires <= provider.now().timestamp():
            return {"active": False}
        return {
            "active": True,
            "client_id": provider.client.client_id,
            "sub": person["claims"]["sub"],
            "exp": int(expires),
        }

    @routes.post("/oauth2/revoke")
    async def revoke(token: Annotated[str, Form()]) -> dict[str, Any]:
        provider.tokens.pop(token, None)
        return {}

    @routes.get("/oidc/logout")
    async def logout(
        post_logout_redirect_uri: Annotated[str, Query()] = "/", id_token_hint: str = ""
    ) -> Response:
        allowed = {uri.split("/v1/")[0] for uri in provider.client.redirect_uris}
        target = post_logout_redirect_uri
        if target != "/" and not any(target.startswith(f"{base}/") for base in allowed):
            target = "/"
        return RedirectResponse(target, 302)

    return routes


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except ValueError:
        return None
    return user, password
