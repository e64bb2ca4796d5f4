"""Indexes by which the audit is searched."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("event_actor_id_idx", "event", ["actor", "id"])
    op.create_index("event_time_idx", "event", ["time"])
    op.create_index(op.f("access_log_actor_id_idx"), "access_log", ["actor", "id"])
    op.create_index(op.f("access_log_at_idx"), "access_log", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("access_log_at_idx"), table_name="access_log")
    op.drop_index(op.f("access_log_actor_id_idx"), table_name="access_log")
    op.drop_index("event_time_idx", table_name="event")
    op.drop_index("event_actor_id_idx", table_name="event")
