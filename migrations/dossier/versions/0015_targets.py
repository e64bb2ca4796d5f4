"""Targets and measures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = ("year", "indicator", "agency")


def _key() -> list[sa.Column]:
    return [
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "target",
        *_key(),
        sa.Column("value", sa.Numeric(7, 6), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("measures", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "indicator IN ('online-share', 'on-time', 'paid-online')", name=op.f("target_indicator_check")
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2099", name=op.f("target_year_check")),
        sa.CheckConstraint("value > 0 AND value <= 1", name=op.f("target_value_check")),
        sa.CheckConstraint(
            "num_nonnulls(value, decision, decided_on, effective_from) IN (0, 4)",
            name=op.f("target_decided_check"),
        ),
        sa.CheckConstraint("version >= 0", name=op.f("target_version_check")),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("target_pkey")),
    )
    op.create_table(
        "target_version",
        *_key(),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            _KEY, [f"target.{name}" for name in _KEY], name=op.f("target_version_year_indicator_agency_fkey")
        ),
        sa.PrimaryKeyConstraint(*_KEY, "version", name=op.f("target_version_pkey")),
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON target_version FROM dossier_app")


def downgrade() -> None:
    op.drop_table("target_version")
    op.drop_table("target")
