"""Folders and buckets, through obstore."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from obstore.store import ObjectStore, from_url


def store(url: str, **options: Any) -> ObjectStore:
    """`url`: file:///folder, which is made, or s3://bucket/prefix with obstore's options of S3."""
    if not url.startswith("file://"):
        return from_url(url, **options)
    Path(urlsplit(url).path).mkdir(parents=True, exist_ok=True)
    return from_url(url)
