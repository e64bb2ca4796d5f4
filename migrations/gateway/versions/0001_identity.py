"""Accounts, browser sessions, refresh tokens; events are only appended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.Column("paper_index", sa.LargeBinary(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("issuer IN ('portal', 'staff')", name=op.f("account_issuer_check")),
        sa.CheckConstraint(
            "kind IN ('citizen', 'business', 'organisation', 'staff')", name=op.f("account_kind_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("account_issuer_subject_key")),
    )
    op.create_index(
        "account_paper_index_key",
        "account",
        ["paper_index"],
        unique=True,
        postgresql_where=sa.text("paper_index IS NOT NULL"),
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("cursor_pkey")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("data_digest", sa.LargeBinary(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("event_pkey")),
        sa.UniqueConstraint("subject", "seq", name="event_subject_seq_key"),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("feed_pkey")),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("idempotency_pkey")),
    )
    op.create_table(
        "browser_session",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("browser_session_account_id_fkey")),
        sa.PrimaryKeyConstraint("key", name=op.f("browser_session_pkey")),
    )
    op.create_index(op.f("browser_session_account_id_idx"), "browser_session", ["account_id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("refresh_token_account_id_fkey")),
        sa.PrimaryKeyConstraint("key", name=op.f("refresh_token_pkey")),
    )
    op.create_index(op.f("refresh_token_family_idx"), "refresh_token", ["family"], unique=False)

    op.execute("INSERT INTO feed (id, epoch) VALUES (1, substr(md5(random()::text), 1, 8))")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON event, feed FROM gateway_app")


def downgrade() -> None:
    op.drop_index(op.f("refresh_token_family_idx"), table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index(op.f("browser_session_account_id_idx"), table_name="browser_session")
    op.drop_table("browser_session")
    op.drop_table("idempotency")
    op.drop_table("feed")
    op.drop_table("event")
    op.drop_table("cursor")
    op.drop_index(
        "account_paper_index_key", table_name="account", postgresql_where=sa.text("paper_index IS NOT NULL")
    )
    op.drop_table("account")
