"""A copy of the administrative units, for the addresses in forms."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("code", "name", "level")),
        *(sa.Column(name, sa.Text()) for name in ("parent_code", "successor_code")),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("code", name=op.f("unit_pkey")),
    )
    # The catalogue's feed is read again from its start, so that the units come: bodies are copied whole, the
    # same twice.
    op.execute("DELETE FROM cursor WHERE name = 'dossier-catalog'")


def downgrade() -> None:
    op.drop_table("unit")
