"""The catalogue's tables; published versions cannot be changed, events only appended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("government_level", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("receives_for", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reception_hours", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("sample_identifier", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("agency_pkey")),
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
        "procedure",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("abolished_reason", sa.Text(), nullable=True),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("field_name", sa.Text(), nullable=False),
        sa.Column("government_levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("audiences", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("source IN ('local', 'national')", name=op.f("procedure_source_check")),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'abolished')", name=op.f("procedure_status_check")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("procedure_pkey")),
    )
    op.create_index(op.f("procedure_field_code_idx"), "procedure", ["field_code"], unique=False)
    op.create_index(
        "procedure_search_idx",
        "procedure",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index(op.f("procedure_sort_key_code_idx"), "procedure", ["sort_key", "code"], unique=False)
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.Text(), nullable=True),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("unit_pkey")),
    )
    op.create_index(op.f("unit_parent_code_idx"), "unit", ["parent_code"], unique=False)
    op.create_table(
        "offering",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("online_level", sa.SmallInteger(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("mandated", sa.Boolean(), nullable=False),
        sa.Column("pay_online_from", sa.Date(), nullable=True),
        sa.Column("pilot", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("agency"), "="),
            (sa.column("procedure_code"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="offering_one_a_day",
        ),
        sa.CheckConstraint("online_level BETWEEN 1 AND 4", name=op.f("offering_online_level_check")),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name=op.f("offering_agency_fkey")),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("offering_procedure_code_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("offering_pkey")),
    )
    op.create_index(op.f("offering_procedure_code_idx"), "offering", ["procedure_code"], unique=False)
    op.create_table(
        "procedure_version",
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gaps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("procedure_code"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="procedure_version_one_a_day",
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (valid IS NULL)", name=op.f("procedure_version_valid_once_published_check")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'superseded')", name=op.f("procedure_version_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("procedure_version_procedure_code_fkey")
        ),
        sa.PrimaryKeyConstraint("procedure_code", "number", name=op.f("procedure_version_pkey")),
    )
    op.create_index(
        "procedure_version_one_draft_key",
        "procedure_version",
        ["procedure_code"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )

    op.execute("INSERT INTO feed (id, epoch) VALUES (1, substr(md5(random()::text), 1, 8))")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON event, feed FROM catalog_app")
    op.execute(
        """
        CREATE FUNCTION procedure_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR NEW.content IS DISTINCT FROM OLD.content
                OR NEW.gaps IS DISTINCT FROM OLD.gaps OR NEW.state = 'draft') THEN
                RAISE EXCEPTION 'a published version is immutable' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN COALESCE(NEW, OLD);
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER procedure_version_immutable BEFORE UPDATE OR DELETE ON procedure_version"
        " FOR EACH ROW EXECUTE FUNCTION procedure_version_immutable()"
    )


def downgrade() -> None:
    op.drop_index(
        "procedure_version_one_draft_key",
        table_name="procedure_version",
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_table("procedure_version")
    op.drop_index(op.f("offering_procedure_code_idx"), table_name="offering")
    op.drop_table("offering")
    op.drop_index(op.f("unit_parent_code_idx"), table_name="unit")
    op.drop_table("unit")
    op.drop_index(op.f("procedure_sort_key_code_idx"), table_name="procedure")
    op.drop_index(
        "procedure_search_idx",
        table_name="procedure",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.drop_index(op.f("procedure_field_code_idx"), table_name="procedure")
    op.drop_table("procedure")
    op.drop_table("idempotency")
    op.drop_table("feed")
    op.drop_table("event")
    op.drop_table("cursor")
    op.drop_table("agency")
    op.execute("DROP FUNCTION procedure_version_immutable()")
