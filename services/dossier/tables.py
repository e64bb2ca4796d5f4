"""The metadata, base and common columns of this service's tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Uuid
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from kit import idempotency, tables

metadata = tables.begin()
idempotency.table(metadata)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """This service's own registry: SQLModel's default one is global."""

    metadata = metadata


def moment(*, nullable: bool = True, primary_key: bool = False) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable, primary_key=primary_key)


def of_dossier(*, primary_key: bool = False) -> Column[UUID]:
    return Column(Uuid, ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)
