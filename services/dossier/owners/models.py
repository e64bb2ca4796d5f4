"""Which account has which identity number."""

from __future__ import annotations

from sqlalchemy import Column, Text
from sqlmodel import Field

from services.dossier.tables import Base


class AccountPaper(Base, table=True):
    """`key`: "paper:" and the keyed hash of a number, as it owns what came on paper."""

    __tablename__ = "account_paper"
    key: str = Field(sa_column=Column(Text, primary_key=True))
    sub: str = Field(sa_column=Column(Text, nullable=False, index=True))
