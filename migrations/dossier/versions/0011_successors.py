"""Bodies know their successors, and what has to follow them is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "body",
        sa.Column("successors", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.create_table(
        "succession_work",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("old", "new")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("dossiers", "drafts", "openings", "opinions")
        ),
        sa.Column("next_look", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("old <> new", name=op.f("succession_work_itself_check")),
        sa.PrimaryKeyConstraint("old", name=op.f("succession_work_pkey")),
    )


def downgrade() -> None:
    op.drop_table("succession_work")
    op.drop_column("body", "successors")
