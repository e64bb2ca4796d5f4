"""What callers of the identity send and see."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from kit.auth import Caller
from kit.vault import Vault, mask
from services.gateway.edge.identity.claims import Realm
from services.gateway.edge.identity.models import Account

LoginRealm = Literal["citizen", "staff"]
PaperType = Literal["personal_number", "old_card", "passport", "tax_code"]
Subject = Annotated[str, Path(max_length=64)]

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105


class Paper(BaseModel):
    type: PaperType
    number: str


class Me(BaseModel):
    """Who is calling. Numbers are masked but for their last four. `csrf` is sent back as X-CSRF-Token
    with every change that a browser makes with its session; null without a session."""

    sub: str
    kind: str
    name: str
    roles: list[str]
    agency: str | None
    verified: bool
    phone: str | None = None
    email: str | None = None
    papers: list[Paper] = []
    csrf: str | None = None


def me(caller: Caller, account: Account | None, vault: Vault, csrf: str | None) -> Me:
    profile = vault.open(account.profile) if account else {"phone": None, "email": None, "papers": []}
    return Me(
        sub=caller.sub,
        kind=caller.kind,
        name=caller.name,
        roles=sorted(caller.roles),
        agency=caller.agency,
        verified=caller.verified,
        phone=profile["phone"],
        email=profile["email"],
        papers=[Paper(type=p["type"], number=mask(p["number"])) for p in profile["papers"]],
        csrf=csrf,
    )


class AccountCard(BaseModel):
    """An account as other services of the province need it, numbers in full."""

    sub: str
    kind: Literal["citizen", "business", "organisation", "staff"]
    name: str
    papers: list[Paper]
    phone: str | None
    email: str | None
    tech_id: str | None


def account_card(account: Account, vault: Vault) -> AccountCard:
    tech_id = account.subject if account.issuer == "portal" else None
    return AccountCard(sub=str(account.id), kind=account.kind, tech_id=tech_id, **vault.open(account.profile))


class Colleague(BaseModel):
    sub: str
    name: str
    roles: list[str]


class Colleagues(BaseModel):
    items: list[Colleague]


def colleague(account: Account, vault: Vault) -> Colleague:
    return Colleague(sub=str(account.id), name=vault.open(account.profile)["name"], roles=account.roles)


class TokenRequest(BaseModel):
    """Form of RFC 8693 (token-exchange) or RFC 6749 §6 (refresh_token), §4.4 (client_credentials, with the
    credentials here or in a Basic header). `subject_issuer` says whose token `subject_token` is. Unknown
    members are ignored, as OAuth wants."""

    grant_type: Annotated[str, Field(max_length=200)]
    subject_token: Annotated[str, Field(max_length=8000)] = ""
    subject_token_type: Annotated[str, Field(max_length=200)] = ACCESS_TOKEN
    subject_issuer: Realm = "portal"
    refresh_token: Annotated[str, Field(max_length=200)] = ""
    client_id: Annotated[str, Field(max_length=200)] = ""
    client_secret: Annotated[str, Field(max_length=200)] = ""


class TokenResponse(BaseModel):
    """`expires_in` in seconds. A system gets no refresh token: it asks again."""

    access_token: str
    issued_token_type: str = ACCESS_TOKEN
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    refresh_token: str | None = None


class LogoutRequest(BaseModel):
    """An app sends its refresh token; a browser sends nothing."""

    refresh_token: Annotated[str, Field(max_length=200)] = ""


class LoggedOut(BaseModel):
    """`provider_logout_url`: where to send a browser to log out at the portal or the staff's provider
    as well, so that on a shared computer the next person is not logged in; null when there is none."""

    provider_logout_url: str | None
