"""Personal data under the newest key, in one service's database."""

import sys

from deploy.tables import tables_of
from kit import rotation
from kit.db import Database
from kit.vault import Vault


async def rotate(url: str, service: str, vault: Vault) -> int:
    """How many values were sealed anew; progress to stderr."""
    metadata = tables_of(service)
    database = Database(url, pool=1)

    def say(table: str, read: int, done: int) -> None:
        print(f"  {table}: {read} dòng | rows, {done} mã hóa lại | sealed anew", file=sys.stderr)

    try:
        return await rotation.rotate(database, metadata, vault, say)
    finally:
        await database.close()
