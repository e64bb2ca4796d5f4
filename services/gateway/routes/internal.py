"""For the neighbours: the keys by which they verify tokens, and whose account a subject is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from kit.auth import ServiceCaller
from kit.db import Session
from services.gateway import queries
from services.gateway.edge.entrance import TheEntrance
from services.gateway.schemas import AccountView

router = APIRouter(tags=["internal"])


@router.get("/.well-known/jwks.json")
async def jwks(entrance: TheEntrance, response: Response) -> dict[str, Any]:
    response.headers["Cache-Control"] = "public, max-age=300"
    return await entrance.tokens.published()


@router.get("/internal/accounts/{sub}")
async def account_of(
    sub: Annotated[str, Path(max_length=60)], caller: ServiceCaller, session: Session, entrance: TheEntrance
) -> AccountView:
    account = await queries.account(session, sub)
    profile = entrance.profile(account)
    tech_id = account.subject if account.issuer == "portal" else None
    return AccountView(sub=sub, kind=account.kind, tech_id=tech_id, **profile)
