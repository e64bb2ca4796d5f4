"""Which account has which identity number, as a keyed hash."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_paper",
        sa.Column("key", sa.Text(), primary_key=True, nullable=False),
        sa.Column("sub", sa.Text(), nullable=False),
    )
    op.create_index(op.f("account_paper_sub_idx"), "account_paper", ["sub"])


def downgrade() -> None:
    op.drop_table("account_paper")
