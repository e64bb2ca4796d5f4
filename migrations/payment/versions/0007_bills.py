"""A provider's own time of a payment, which its bill is asked for with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("provider_time", sa.Text()))


def downgrade() -> None:
    op.drop_column("payment", "provider_time")
