"""The tables of a service, without starting it."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

ROOT = Path(__file__).parent.parent


def tables_of(service: str) -> MetaData:
    """Of every `models.py` of the service; they share one metadata."""
    found: list[MetaData] = [
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)).Base.metadata
        for path in (ROOT / "services" / service).rglob("models.py")
    ]
    return found[0]
