"""Bodies know their successors, and what has to follow them is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "body",
        sa.Column("successors", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column("body", sa.Column("succeeded_on", sa.Date(), nullable=True))
    op.create_table(
        "succession_work",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("old", "new")),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("old <> new", name=op.f("succession_work_itself_check")),
        sa.PrimaryKeyConstraint("old", name=op.f("succession_work_pkey")),
    )


def downgrade() -> None:
    op.drop_table("succession_work")
    op.drop_column("body", "succeeded_on")
    op.drop_column("body", "successors")
