"""What the commands share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import asyncpg
import typer
from sqlalchemy.exc import DBAPIError

from deploy.errors import StartError


class Service(StrEnum):
    CATALOG = "catalog"
    DOSSIER = "dossier"
    PAYMENT = "payment"
    GATEWAY = "gateway"


@contextmanager
def one_line() -> Iterator[None]:
    """A StartError, or a database that went away, ends the command with its one line and status 1."""
    try:
        yield
    except StartError as error:
        print(f"✗ {error}", file=sys.stderr)
    except (PermissionError, FileNotFoundError) as error:
        print(
            f"✗ Không đọc, ghi được | cannot read or write {error.filename}: {error.strerror}",
            file=sys.stderr,
        )
    except (DBAPIError, asyncpg.PostgresError, OSError) as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        print(f"✗ Cơ sở dữ liệu không trả lời | the database does not answer: {cause}", file=sys.stderr)
    else:
        return
    raise typer.Exit(1)
