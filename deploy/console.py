"""What the commands share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import asyncpg
import typer
from sqlalchemy.exc import DBAPIError

from deploy.errors import StartError

DATABASE = "Cơ sở dữ liệu không trả lời | the database does not answer"


class Service(StrEnum):
    CATALOG = "catalog"
    DOSSIER = "dossier"
    PAYMENT = "payment"
    GATEWAY = "gateway"


class Mock(StrEnum):
    """The parties outside, played."""

    NATIONAL_PORTAL = "national_portal"
    STAFF_IDENTITY = "staff_identity"
    MESSAGES = "messages"
    VNPAY = "vnpay"
    RECEIPT_ISSUER = "receipt_issuer"


@contextmanager
def one_line() -> Iterator[None]:
    """A StartError, or a file or database out of reach, ends the command with its one line and status 1."""
    try:
        yield
    except StartError as error:
        print(f"✗ {error}", file=sys.stderr)
    except (DBAPIError, asyncpg.PostgresError, OSError) as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        file = getattr(error, "filename", None)  # a connection has none
        what = "Không đọc, ghi được | cannot read or write" if file else DATABASE
        print(f"✗ {what}: {cause}", file=sys.stderr)
    else:
        return
    raise typer.Exit(1)
