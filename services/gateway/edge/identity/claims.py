"""What an issuer says about a person, in our words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kit.text import clean
from services.gateway.edge.identity.errors import IdentityInsufficient

Realm = Literal["portal", "staff"]

#: LoaiTaiKhoan (national-portal §6.1).
_KINDS = {"1": "citizen", "2": "business", "3": "organisation"}
_PAPERS = {
    "SoDinhDanh": "personal_number",
    "SoCMND": "old_card",
    "HoChieu": "passport",
    "MaSoThue": "tax_code",
    "MaSoDoanhNghiep": "tax_code",
}
#: By which numbers an account is found again (§6.2); nothing else of a person's papers counts.
_MATCHING = {"citizen": ("SoDinhDanh", "SoCMND"), "business": ("MaSoThue", "MaSoDoanhNghiep")}
_STAFF_ROLES = ("officer", "leader", "editor", "cashier", "auditor")


@dataclass(frozen=True)
class Identity:
    """`numbers`: what the account is matched by after (issuer, subject), each marked with whose kind
    of number it is; `profile` as `Account.profile` keeps it."""

    issuer: Realm
    subject: str
    kind: str
    profile: dict[str, Any]
    numbers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    agency: str | None = None


def of_portal(claims: Mapping[str, Any]) -> Identity:
    """Raises IdentityInsufficient: no TechID, an unknown kind, or a citizen without any number."""
    said = {name: _text(value) for name, value in claims.items() if isinstance(value, str | int)}
    kind, tech_id = _KINDS.get(said.get("LoaiTaiKhoan", "")), said.get("TechID", "")
    if kind is None or not tech_id:
        raise IdentityInsufficient()
    matching = [said[name] for name in _MATCHING.get(kind, ()) if said.get(name)]
    if kind == "citizen" and not matching:
        raise IdentityInsufficient()
    papers = [{"type": type_, "number": said[name]} for name, type_ in _PAPERS.items() if said.get(name)]
    own_name = said.get("HoVaTen", "")
    profile: dict[str, Any] = {
        "name": own_name if kind == "citizen" else said.get("TenDoanhNghiep") or own_name,
        "phone": said.get("SoDienThoai") or None,
        "email": said.get("ThuDienTu") or None,
        "papers": [paper for i, paper in enumerate(papers) if paper not in papers[:i]],
    }
    numbers = tuple(dict.fromkeys(f"{kind}:{number}" for number in matching))
    return Identity("portal", tech_id, kind, profile, numbers, ("citizen",))


def of_staff(claims: Mapping[str, Any]) -> Identity:
    """Raises IdentityInsufficient: no role that we know, or no body."""
    subject, agency = _text(claims.get("sub")), _text(claims.get("agency"))
    given = claims.get("roles")
    roles = tuple(role for role in _STAFF_ROLES if isinstance(given, list) and role in given)
    if not subject or not agency or not roles:
        raise IdentityInsufficient()
    email = _text(claims.get("email")) or None
    profile: dict[str, Any] = {"name": _text(claims.get("name")), "phone": None, "email": email, "papers": []}
    return Identity("staff", subject, "staff", profile, (), roles, agency)


def identity(realm: Realm, claims: Mapping[str, Any]) -> Identity:
    return of_portal(claims) if realm == "portal" else of_staff(claims)


def _text(value: Any) -> str:
    """Trimmed and NFC; what no column can hold is as good as nothing."""
    try:
        return clean(str(value)).strip()[:500] if isinstance(value, str | int) else ""
    except ValueError:
        return ""
