"""The dossier's tables; the application may append events, never change them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("access_log_pkey")),
    )
    op.create_index(op.f("access_log_dossier_id_idx"), "access_log", ["dossier_id"], unique=False)
    op.create_table(
        "body",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("government_level", sa.Text(), nullable=False),
        sa.Column("ancestors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("body_pkey")),
    )
    op.create_table(
        "code_counter",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "day", name=op.f("code_counter_pkey")),
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("cursor_pkey")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("came_from", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("procedure", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("online_level", sa.Integer(), nullable=False),
        sa.Column("receiving_agency", sa.Text(), nullable=False),
        sa.Column("resolving_agency", sa.Text(), nullable=False),
        sa.Column("holder_agency", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("assignee_name", sa.Text(), nullable=True),
        sa.Column("form", sa.LargeBinary(), nullable=False),
        sa.Column("applicant", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promise_reason", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_method", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'draft') = (code IS NULL)", name=op.f("dossier_code_from_submission_check")
        ),
        sa.CheckConstraint("channel IN ('online', 'counter', 'post')", name=op.f("dossier_channel_check")),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'accepted', 'refused', 'in_progress', 'supplement_requested', 'withdrawn', 'completed', 'returned')",
            name=op.f("dossier_status_check"),
        ),
        sa.CheckConstraint("version >= 0", name=op.f("dossier_version_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("dossier_pkey")),
        sa.UniqueConstraint("code", name=op.f("dossier_code_key")),
    )
    op.create_index(
        op.f("dossier_holder_agency_status_idx"),
        "dossier",
        ["holder_agency", "status", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        op.f("dossier_owner_idx"), "dossier", ["owner", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        op.f("dossier_receiving_agency_status_idx"),
        "dossier",
        ["receiving_agency", "status", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        op.f("dossier_resolving_agency_status_idx"),
        "dossier",
        ["resolving_agency", "status", sa.literal_column("id DESC")],
        unique=False,
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
        "intake_fact",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("online_level", sa.Integer(), nullable=False),
        sa.Column("receiving_agency", sa.Text(), nullable=False),
        sa.Column("resolving_agency", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("intake_fact_pkey")),
    )
    op.create_index(op.f("intake_fact_received_on_idx"), "intake_fact", ["received_on"], unique=False)
    op.create_index(
        op.f("intake_fact_receiving_agency_received_on_idx"),
        "intake_fact",
        ["receiving_agency", "received_on"],
        unique=False,
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("paper_code", sa.Text(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('paper', 'result')", name=op.f("document_kind_check")),
        sa.CheckConstraint("size > 0", name=op.f("document_size_check")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("document_dossier_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("document_pkey")),
        sa.UniqueConstraint("storage_key", name=op.f("document_storage_key_key")),
    )
    op.create_index(op.f("document_dossier_id_idx"), "document", ["dossier_id"], unique=False)
    op.create_table(
        "dossier_access",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("dossier_access_dossier_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "agency", name=op.f("dossier_access_pkey")),
    )
    op.create_table(
        "fee_due",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("fee_due_amount_check")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fee_due_dossier_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "purpose", name=op.f("fee_due_pkey")),
    )
    op.create_table(
        "step",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("step_dossier_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name=op.f("step_pkey")),
    )
    op.create_table(
        "supplement",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", sa.Boolean(), nullable=False),
        sa.Column("old_promise", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_promise", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("supplement_dossier_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("supplement_pkey")),
    )
    op.create_index(
        "supplement_one_open_key",
        "supplement",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
    )
    op.create_table(
        "result",
        sa.Column("verification_code", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("result_code", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("result_document_id_fkey")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("result_dossier_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("verification_code", name=op.f("result_pkey")),
        sa.UniqueConstraint("document_id", name=op.f("result_document_id_key")),
    )

    op.execute("INSERT INTO feed (id, epoch) VALUES (1, substr(md5(random()::text), 1, 8))")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON event, feed FROM dossier_app")


def downgrade() -> None:
    op.drop_table("result")
    op.drop_index(
        "supplement_one_open_key",
        table_name="supplement",
        postgresql_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
    )
    op.drop_table("supplement")
    op.drop_table("step")
    op.drop_table("fee_due")
    op.drop_table("dossier_access")
    op.drop_index(op.f("document_dossier_id_idx"), table_name="document")
    op.drop_table("document")
    op.drop_index(op.f("intake_fact_receiving_agency_received_on_idx"), table_name="intake_fact")
    op.drop_index(op.f("intake_fact_received_on_idx"), table_name="intake_fact")
    op.drop_table("intake_fact")
    op.drop_table("idempotency")
    op.drop_table("feed")
    op.drop_table("event")
    op.drop_index(op.f("dossier_resolving_agency_status_idx"), table_name="dossier")
    op.drop_index(op.f("dossier_receiving_agency_status_idx"), table_name="dossier")
    op.drop_index(op.f("dossier_owner_idx"), table_name="dossier")
    op.drop_index(op.f("dossier_holder_agency_status_idx"), table_name="dossier")
    op.drop_table("dossier")
    op.drop_table("cursor")
    op.drop_table("code_counter")
    op.drop_table("body")
    op.drop_index(op.f("access_log_dossier_id_idx"), table_name="access_log")
    op.drop_table("access_log")
