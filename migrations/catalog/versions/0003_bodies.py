"""Successors of bodies, and the plans of reorganisation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT = sa.Text()
#: The new one is there on the day when the old one no longer is: so there is no circle, either.
_HOLDS = """CREATE FUNCTION succession_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM succession JOIN agency AS gone ON gone.code = succession.old
      JOIN agency AS heir ON heir.code = succession.new
    WHERE gone.valid_to IS DISTINCT FROM succession.starts - 1
      OR heir.valid_from > succession.starts OR heir.valid_to < succession.starts
  ) THEN
    RAISE EXCEPTION 'a successor begins when the old body has ended'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'succession_days';
  END IF;
  RETURN NULL;
END $$"""
_TRIGGERS = (
    ("succession", "INSERT OR UPDATE ON succession"),
    ("agency", "UPDATE OF valid_from, valid_to ON agency"),
)


def upgrade() -> None:
    op.create_table(
        "succession",
        *(sa.Column(name, _TEXT, nullable=False) for name in ("old", "new")),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("decision", _TEXT, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("old <> new", name=op.f("succession_itself_check")),
        *(
            sa.ForeignKeyConstraint([name], ["agency.code"], name=op.f(f"succession_{name}_fkey"))
            for name in ("old", "new")
        ),
        sa.PrimaryKeyConstraint("old", "new", name=op.f("succession_pkey")),
    )
    op.create_index(
        "succession_one_main_key", "succession", ["old"], unique=True, postgresql_where=sa.text("main")
    )
    op.create_index(op.f("succession_new_idx"), "succession", ["new"])
    op.create_table(
        "reorganisation",
        sa.Column("digest", _TEXT, nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=_TEXT), nullable=False),
        sa.Column("applied_by", _TEXT, nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("reorganisation_pkey")),
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON reorganisation FROM catalog_app")
    op.execute(_HOLDS)
    for name, when in _TRIGGERS:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER succession_days_of_{name} AFTER {when} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION succession_holds()"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER succession_days_of_agency ON agency")
    op.drop_table("succession")
    op.execute("DROP FUNCTION succession_holds()")
    op.drop_table("reorganisation")
