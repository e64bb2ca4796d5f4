"""The metadata, base and common columns of this service's tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Text, Uuid
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from kit import idempotency, tables

metadata = tables.begin()
idempotency.table(metadata)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """This service's own registry: SQLModel's default one is global."""

    metadata = metadata


def words(*, nullable: bool = False, primary_key: bool = False, unique: bool = False) -> Column[str]:
    return Column(Text, nullable=nullable, primary_key=primary_key, unique=unique or None)


def moment(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


def of_payment(*, nullable: bool = False) -> Column[UUID]:
    return Column(Uuid, ForeignKey("payment.id"), nullable=nullable)
