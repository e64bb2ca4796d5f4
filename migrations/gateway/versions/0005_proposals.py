"""A sync of procedures may propose a change, or a closing, instead of making it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OUTCOME = "sync_row_outcome_check"
_BEFORE = "outcome IN ('taken_in', 'repaired', 'refused', 'other_level', 'level_missing')"
_AFTER = "outcome IN ('taken_in', 'repaired', 'proposed', 'refused', 'other_level', 'level_missing')"


def upgrade() -> None:
    op.drop_constraint(op.f(_OUTCOME), "sync_row")
    op.create_check_constraint(op.f(_OUTCOME), "sync_row", _AFTER)
    text = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column("sync_run", sa.Column("closing_proposed", text, nullable=True))


def downgrade() -> None:
    op.drop_column("sync_run", "closing_proposed")
    op.execute("UPDATE sync_row SET outcome = 'taken_in' WHERE outcome = 'proposed'")
    op.drop_constraint(op.f(_OUTCOME), "sync_row")
    op.create_check_constraint(op.f(_OUTCOME), "sync_row", _BEFORE)
