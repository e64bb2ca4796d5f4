"""`python -m services.catalog.sample`: load the places of Hòa Bình 2020 and the sample catalogue.

Safe to run again, and quick: where the same files were loaded before, one question to the database
is all. `--places-only` loads units and agencies without procedures.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from pathlib import Path

import asyncpg

DATA = Path(__file__).parent.parent.parent / "data"


def digest(*, places_only: bool) -> str:
    """Of the files that would be loaded."""
    folders = ["hoa-binh-2020"] if places_only else ["hoa-binh-2020", "sample-catalogue"]
    hashed = hashlib.sha256()
    for path in sorted(path for folder in folders for path in (DATA / folder).rglob("*") if path.is_file()):
        hashed.update(path.name.encode() + path.read_bytes())
    return hashed.hexdigest()


async def loaded(dsn: str, wanted: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        last = await connection.fetchval(
            "SELECT data->>'digest' FROM event WHERE subject = 'sample' ORDER BY seq DESC LIMIT 1"
        )
    finally:
        await connection.close()
    return bool(last == wanted)


def _database_url() -> str:
    """As `Settings` would find it, without importing it."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    return str(json.loads(Path(os.environ["MOTCUA_SECRETS"]).read_text())["database_url"])


def main(*, places_only: bool) -> str:
    wanted = digest(places_only=places_only)
    if asyncio.run(loaded(_database_url(), wanted)):
        return "đã nạp từ trước"
    # Imported only now: the tables and the forms cost a second and more, at every start of the system.
    from services.catalog.loading import load  # noqa: PLC0415
    from services.catalog.settings import Settings  # noqa: PLC0415

    settings = Settings()
    return asyncio.run(load(settings, settings.clock(), places_only=places_only, digest=wanted))


if __name__ == "__main__":
    print(main(places_only="--places-only" in sys.argv))  # noqa: T201
