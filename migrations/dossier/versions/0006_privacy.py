"""How long personal data is kept, and that it went."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("purged_at", sa.DateTime(timezone=True)))
    op.create_table(
        "retention_rule",
        sa.Column("procedure", sa.Text(), primary_key=True, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("retention_rule_months_check")),
    )


def downgrade() -> None:
    op.drop_table("retention_rule")
    op.drop_column("dossier", "purged_at")
