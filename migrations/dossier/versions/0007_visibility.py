"""Which bodies see a dossier, kept by the database; searches that cost the same among many."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Bodies concerned and all above them, and those that it was opened to.
_SEEN_BY = """
    SELECT dossier.id, seen.agency, dossier.status, dossier.procedure_code, dossier.submitted_at
    FROM dossier, LATERAL (
      SELECT unnest(coalesce(body.ancestors, ARRAY[concerned.code])) AS agency
      FROM unnest(ARRAY[dossier.receiving_agency, dossier.resolving_agency, dossier.holder_agency])
        AS concerned (code) LEFT JOIN body ON body.code = concerned.code
      UNION SELECT agency FROM dossier_access WHERE dossier_access.dossier_id = dossier.id
    ) AS seen
    WHERE dossier.status <> 'draft'
"""
_FUNCTIONS = (
    f"""CREATE FUNCTION dossier_visibility_of(one uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM dossier_visibility WHERE dossier_id = one;
  INSERT INTO dossier_visibility (dossier_id, agency, status, procedure_code, submitted_at)
  {_SEEN_BY} AND dossier.id = one;
$$""",
    """CREATE FUNCTION dossier_visibility_follows_dossier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status <> 'draft' AND NEW.status <> 'draft'
     AND (OLD.receiving_agency, OLD.resolving_agency, OLD.holder_agency, OLD.procedure_code, OLD.submitted_at)
       = (NEW.receiving_agency, NEW.resolving_agency, NEW.holder_agency, NEW.procedure_code, NEW.submitted_at)
  THEN
    UPDATE dossier_visibility SET status = NEW.status WHERE dossier_id = NEW.id;
  ELSE
    -- A body that moves in the tree meanwhile waits for this, or this for it.
    PERFORM FROM body WHERE code IN (NEW.receiving_agency, NEW.resolving_agency, NEW.holder_agency)
      ORDER BY code FOR SHARE;
    PERFORM dossier_visibility_of(NEW.id);
  END IF;
  RETURN NULL;
END $$""",
    """CREATE FUNCTION dossier_visibility_follows_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM dossier_visibility_of(coalesce(NEW.dossier_id, OLD.dossier_id));
  RETURN NULL;
END $$""",
    """CREATE FUNCTION dossier_visibility_follows_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM dossier_visibility_of(dossier_id) FROM dossier_visibility WHERE agency = NEW.code;
  RETURN NULL;
END $$""",
)
_TRIGGERS = (
    """CREATE TRIGGER dossier_visibility_on_insert AFTER INSERT ON dossier
  FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION dossier_visibility_follows_dossier()""",
    """CREATE TRIGGER dossier_visibility_on_update
  AFTER UPDATE OF status, receiving_agency, resolving_agency, holder_agency, procedure_code, submitted_at
  ON dossier FOR EACH ROW WHEN ((OLD.status, OLD.receiving_agency, OLD.resolving_agency, OLD.holder_agency,
      OLD.procedure_code, OLD.submitted_at) IS DISTINCT FROM
    (NEW.status, NEW.receiving_agency, NEW.resolving_agency, NEW.holder_agency,
      NEW.procedure_code, NEW.submitted_at))
  EXECUTE FUNCTION dossier_visibility_follows_dossier()""",
    """CREATE TRIGGER dossier_visibility_on_access AFTER INSERT OR DELETE ON dossier_access
  FOR EACH ROW EXECUTE FUNCTION dossier_visibility_follows_access()""",
    """CREATE TRIGGER dossier_visibility_on_body AFTER UPDATE OF ancestors ON body
  FOR EACH ROW WHEN (OLD.ancestors IS DISTINCT FROM NEW.ancestors)
  EXECUTE FUNCTION dossier_visibility_follows_body()""",
    """CREATE TRIGGER dossier_visibility_on_new_body AFTER INSERT ON body
  FOR EACH ROW EXECUTE FUNCTION dossier_visibility_follows_body()""",
)
_OPEN = "status NOT IN ('completed', 'refused', 'returned', 'stopped', 'withdrawn')"


def upgrade() -> None:
    op.create_table(
        "dossier_visibility",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "agency", name=op.f("dossier_visibility_pkey")),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("dossier_visibility_dossier_id_fkey"),
            ondelete="CASCADE",
        ),
    )
    newest = sa.text("dossier_id DESC")
    for name, columns in (
        ("newest", ["agency", newest]),
        ("status", ["agency", "status", newest]),
        ("procedure", ["agency", "procedure_code", newest]),
        ("submitted", ["agency", sa.text("submitted_at DESC"), newest]),
    ):
        op.create_index(f"dossier_visibility_{name}_idx", "dossier_visibility", columns)
    op.execute(
        "INSERT INTO dossier_visibility (dossier_id, agency, status, procedure_code, submitted_at)" + _SEEN_BY
    )
    for statement in (*_FUNCTIONS, *_TRIGGERS):
        op.execute(statement)
    for body in ("receiving", "resolving", "holder"):
        op.drop_index(op.f(f"dossier_{body}_agency_status_idx"), table_name="dossier")
    op.create_index("dossier_submitted_idx", "dossier", [sa.text("submitted_at DESC"), sa.text("id DESC")])
    op.create_index(
        "dossier_assignee_idx",
        "dossier",
        ["assignee", sa.text("id DESC")],
        postgresql_where=sa.text("assignee IS NOT NULL"),
    )
    op.create_index("dossier_open_promise_idx", "dossier", ["promised_at"], postgresql_where=sa.text(_OPEN))


def downgrade() -> None:
    for name in ("dossier_open_promise_idx", "dossier_assignee_idx", "dossier_submitted_idx"):
        op.drop_index(name, table_name="dossier")
    for body in ("receiving", "resolving", "holder"):
        op.create_index(
            op.f(f"dossier_{body}_agency_status_idx"),
            "dossier",
            [f"{body}_agency", "status", sa.literal_column("id DESC")],
        )
    for trigger, table in (
        ("insert", "dossier"),
        ("update", "dossier"),
        ("access", "dossier_access"),
        ("body", "body"),
        ("new_body", "body"),
    ):
        op.execute(f"DROP TRIGGER dossier_visibility_on_{trigger} ON {table}")
    for function in ("follows_dossier()", "follows_access()", "follows_body()", "of(uuid)"):
        op.execute(f"DROP FUNCTION dossier_visibility_{function}")
    op.drop_table("dossier_visibility")
