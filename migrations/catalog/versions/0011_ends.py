"""No offering outlasts its body; a plan may be applied again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "DELETE FROM offering USING agency"
        " WHERE agency.code = offering.agency AND lower(offering.valid) > agency.valid_to"
    )
    op.execute(
        "UPDATE offering SET valid = valid * daterange(NULL, agency.valid_to + 1) FROM agency"
        " WHERE agency.code = offering.agency AND NOT valid <@ daterange(NULL, agency.valid_to + 1)"
    )
    op.add_column("reorganisation", sa.Column("run", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("reorganisation", "run", server_default=None)
    _key("digest", "run")


def downgrade() -> None:
    """What was cut stays so: nobody missed those days. Of a plan that was applied again the first run stays."""
    op.execute("DELETE FROM reorganisation WHERE run > 1")
    _key("digest")
    op.drop_column("reorganisation", "run")


def _key(*columns: str) -> None:
    name = op.f("reorganisation_pkey")
    op.drop_constraint(name, "reorganisation", type_="primary")
    op.create_primary_key(name, "reorganisation", list(columns))
