"""Figures that a source states, beside the computed ones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sa.Text()
    op.create_table(
        "stated_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("indicator", "dimension", "unit")),
        sa.Column("value", sa.Numeric(12, 2), nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("source_date", sa.Date(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("note", "reason", "entered_by")),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('procedures', 'percent')", name=op.f("stated_figure_unit_check")),
        sa.CheckConstraint("value >= 0", name=op.f("stated_figure_value_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("stated_figure_pkey")),
        sa.UniqueConstraint(
            "indicator", "dimension", "unit", "source_date", name="stated_figure_one_a_day_and_unit_key"
        ),
    )


def downgrade() -> None:
    op.drop_table("stated_figure")
