"""Which service answers which path: the table of the public API. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

#: First match wins: exact reports of the catalogue come before the rest of the reports.
TABLE: tuple[tuple[str, str], ...] = (
    ("/v1/procedures", "catalog"),
    ("/v1/agencies", "catalog"),
    ("/v1/units", "catalog"),
    ("/v1/fields", "catalog"),
    ("/v1/code-lists", "catalog"),
    ("/v1/reports/provision", "catalog"),
    ("/v1/reports/services-without-dossiers", "catalog"),
    ("/v1/reports/online-candidates", "catalog"),
    ("/v1/dossiers", "dossier"),
    ("/v1/track", "dossier"),
    ("/v1/results", "dossier"),
    ("/v1/calendar", "dossier"),
    ("/v1/notices", "dossier"),
    ("/v1/intake-counts", "dossier"),
    ("/v1/intake-totals", "dossier"),
    ("/v1/targets", "dossier"),
    ("/v1/reports", "dossier"),
    ("/v1/audit", "dossier"),
    ("/v1/payments", "payment"),
    ("/v1/refunds", "payment"),
    ("/v1/receipts", "payment"),
    ("/v1/reconciliations", "payment"),
    ("/v1/ledger", "payment"),
    ("/v1/cash-shifts", "payment"),
)

_ENCODED_SEPARATOR = re.compile(rb"%(25)*(2f|5c)", re.IGNORECASE)


def under(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/")


def straight(path: str, raw: bytes) -> bool:
    """Whether the path means the same to everybody who reads it: no dot segments, no separators in
    disguise, however often encoded. What is passed on cannot climb out of its prefix then."""
    if _ENCODED_SEPARATOR.search(raw) or "\\" in path or not path.isprintable():
        return False
    while (plain := unquote(path)) != path:
        path = plain
    return not {".", ".."}.intersection(path.split("/"))
