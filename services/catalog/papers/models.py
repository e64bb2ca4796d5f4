"""Blanks to fill in, as files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, LargeBinary, Text
from sqlmodel import Field

from services.catalog.models import Base

#: Bytes that a template may have.
MOST = 5 * 1024 * 1024


class Template(Base, table=True):
    """A file under its SHA-256 (hex). It is never changed or deleted: published versions name it."""

    __table_args__ = (
        CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="sha256"),
        CheckConstraint(f"size = octet_length(content) AND size BETWEEN 1 AND {MOST}", name="size"),
    )

    sha256: str = Field(sa_column=Column(Text, primary_key=True))
    filename: str = Field(sa_column=Column(Text, nullable=False))
    media_type: str = Field(sa_column=Column(Text, nullable=False))
    size: int = Field(sa_column=Column(Integer, nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    uploaded_by: str = Field(sa_column=Column(Text, nullable=False))
    uploaded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
