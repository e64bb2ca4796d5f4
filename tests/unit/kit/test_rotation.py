"""A new key comes first, everything is sealed anew, the old key goes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import text

from deploy.databases import ServiceDatabase
from deploy.tables import tables_of
from kit.db import Database
from kit.rotation import rotate, sealed
from kit.vault import Vault

pytestmark = pytest.mark.anyio
INDEX = b64encode(b"i" * 32).decode()
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("gateway")


async def test_everything_is_sealed_under_the_newest_key(database: ServiceDatabase) -> None:
    old, both, new = (Vault(keys, INDEX) for keys in (OLD, f"{NEW},{OLD}", NEW))
    owner = Database(database.owner_url, pool=2)
    insert = text(
        "INSERT INTO account (id, version, kind, issuer, subject, profile, roles, created_at, logged_in_at)"
        " VALUES (gen_random_uuid(), 1, 'citizen', 'portal', :n, :profile, '{}', now(), now())"
    )
    async with owner.transaction() as session:
        rows = [{"n": str(n), "profile": old.seal({"name": n})} for n in range(1203)]
        await session.execute(insert, rows)
        await session.execute(insert, {"n": "fresh", "profile": both.seal({"name": "fresh"})})
    said: list[tuple[Any, ...]] = []
    metadata = tables_of("gateway")
    try:
        assert await rotate(owner, metadata, both, lambda *progress: said.append(progress)) == 1203
        assert said[-1] == ("account", 1204, 1203)
        assert await rotate(owner, metadata, both, lambda *_: None) == 0
        async with owner.transaction() as session:
            profiles = list(await session.scalars(text("SELECT profile FROM account")))
    finally:
        await owner.close()
    names = {new.open(profile)["name"] for profile in profiles}
    assert names == {*range(1203), "fresh"}
    with pytest.raises(InvalidToken):
        old.open(profiles[0])


def test_all_that_a_vault_seals_is_found() -> None:
    found = {
        f"{table.name}.{column.name}"
        for service in ("dossier", "gateway")
        for table, columns in sealed(tables_of(service)).items()
        for column in columns
    }
    assert found == {
        "dossier.form", "dossier.facts", "dossier.applicant", "delivery.address", "rating.comment",
        "account.profile", "portal_link.session",
    }  # fmt: skip
