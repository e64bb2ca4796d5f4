"""The facts of a request (case, copies, exemptions) and how its fees came about, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Null of what was received before, and of what older code takes in while this runs: nothing was said.
    op.add_column("dossier", sa.Column("facts", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("dossier", "facts")
