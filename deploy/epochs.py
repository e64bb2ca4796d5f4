"""After a restore the log may lack events that readers have seen: it begins a new epoch, and whoever comes
with a cursor of the old one is told to read again from the start (410)."""

import secrets

import asyncpg


async def begin(owner_url: str) -> str:
    """The new epoch of one service's log."""
    epoch = secrets.token_hex(4)
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("UPDATE feed SET epoch = $1", epoch)
    finally:
        await connection.close()
    return epoch
