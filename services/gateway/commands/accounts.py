"""Whose account a login is: matched by TechID, then by identity number, else made (section 6.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from kit.clock import Clock
from kit.problem import Busy
from kit.text import clean
from kit.vault import Vault
from services.gateway.errors import IdentityIncomplete
from services.gateway.models import Account

_KINDS = {"1": "citizen", "2": "business", "3": "organisation"}
_STAFF_ROLES = {"officer", "leader", "editor", "cashier", "auditor"}


@dataclass(frozen=True)
class Identity:
    """What an issuer says of somebody, in our words."""

    issuer: str
    subject: str
    kind: str
    name: str
    papers: list[dict[str, str]] = field(default_factory=list)
    phone: str | None = None
    email: str | None = None
    roles: tuple[str, ...] = ("citizen",)
    agency: str | None = None

    def profile(self) -> dict[str, Any]:
        return {"name": self.name, "papers": self.papers, "phone": self.phone, "email": self.email}


def of_portal(claims: dict[str, Any]) -> Identity:
    """From the portal's claims (section 6.1). Raises IdentityIncomplete."""

    def said(name: str) -> str | None:
        value = clean(str(claims.get(name) or "")).strip()
        return value or None

    kind, tech_id = _KINDS.get(str(claims.get("LoaiTaiKhoan")), "citizen"), said("TechID")
    numbers = {
        "citizen": [("personal_number", said("SoDinhDanh")), ("old_card", said("SoCMND")),
                    ("passport", said("HoChieu"))],
        "business": [("tax_code", said("MaSoThue") or said("MaSoDoanhNghiep"))],
        "organisation": [],
    }[kind]  # fmt: skip
    papers = [{"type": paper, "number": number} for paper, number in numbers if number]
    name = said("TenDoanhNghiep") if kind != "citizen" else said("HoVaTen")
    if tech_id is None or (kind != "organisation" and not papers):
        raise IdentityIncomplete
    return Identity(
        issuer="portal",
        subject=tech_id,
        kind=kind,
        name=name or said("HoVaTen") or "",
        papers=papers,
        phone=said("SoDienThoai"),
        email=said("ThuDienTu"),
    )


def of_staff(claims: dict[str, Any]) -> Identity:
    """From the staff provider's claims; roles that we do not know are dropped. Raises IdentityIncomplete."""
    roles = tuple(sorted(_STAFF_ROLES.intersection(map(str, claims.get("roles") or []))))
    if not claims.get("sub") or not roles or not claims.get("agency"):
        raise IdentityIncomplete
    return Identity(
        issuer="staff",
        subject=str(claims["sub"]),
        kind="staff",
        name=clean(str(claims.get("name") or claims["sub"])),
        email=claims.get("email"),
        roles=roles,
        agency=str(claims["agency"]),
    )


async def remember(session: AsyncSession, clock: Clock, vault: Vault, identity: Identity) -> Account:
    """The account, up to date with what the issuer says. Two first logins at once make one account."""
    index = vault.index(identity.papers[0]["number"]) if identity.papers else None
    values = {
        "kind": identity.kind,
        "profile": vault.seal(identity.profile()),
        "paper_index": index,
        "roles": list(identity.roles),
        "agency": identity.agency,
        "seen_at": clock.now(),
    }
    await session.execute(
        insert(Account)
        .values(id=uuid7(), version=1, issuer=identity.issuer, subject=identity.subject, **values)
        .on_conflict_do_nothing()
    )
    same = (col(Account.issuer) == identity.issuer) & (col(Account.subject) == identity.subject)
    found = await session.scalars(
        select(Account)
        .where(or_(same, col(Account.paper_index) == index) if index else same)
        .order_by(same.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    account: Account | None = found.first()
    if account is None:  # removed between the two statements: the login may simply be repeated
        raise Busy
    if account.subject != identity.subject and index is None:
        raise IdentityIncomplete
    for name, value in values.items():
        setattr(account, name, value)
    account.subject = identity.subject
    session.add(account)
    await session.flush()
    return account
