"""Whom staff and systems of an ended body act for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "successor",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("old", "new")),
        sa.CheckConstraint("old <> new", name=op.f("successor_itself_check")),
        sa.PrimaryKeyConstraint("old", name=op.f("successor_pkey")),
    )
    op.create_index(op.f("successor_new_idx"), "successor", ["new"])


def downgrade() -> None:
    op.drop_table("successor")
