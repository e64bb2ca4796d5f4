"""Facts follow their dossiers, sums by month follow the facts: kept by the database, so that they agree at any
moment (ADR 11)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: What the figures count of a dossier, from its submission on. Recounts read the same view. Not EXISTS: once planned
#: for a batch, a session would hash all results for each single dossier.
_FACT_OF_DOSSIER = """
CREATE VIEW fact_of_dossier AS
SELECT d.id, CASE d.origin WHEN 'seed' THEN 'seed' ELSE 'dossier' END AS origin, 1 AS quantity, d.code,
  d.procedure_code, coalesce(d.procedure -> 'field' ->> 'code', '') AS field_code, d.channel, d.online_level,
  d.receiving_agency, d.resolving_agency,
  (d.submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS submitted_on,
  (d.accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS received_on,
  d.status = 'refused' AND d.accepted_at IS NULL AS refused,
  d.scored_at,
  CASE WHEN d.accepted_at IS NOT NULL THEN d.finished_at END AS finished_at,
  CASE WHEN d.finished_at IS NULL OR d.accepted_at IS NULL THEN NULL WHEN d.outcome IS NOT NULL THEN d.outcome
    WHEN d.status IN ('withdrawn', 'stopped') THEN d.status END AS outcome,
  CASE WHEN d.accepted_at IS NOT NULL AND d.finished_at IS NOT NULL THEN greatest(0,
    extract(epoch FROM d.finished_at - d.accepted_at) - coalesce((
      SELECT sum(extract(epoch FROM least(p.ended_at, d.finished_at) - p.started_at)) FROM pause p
      WHERE p.dossier_id = d.id AND p.started_at < d.finished_at AND p.ended_at IS NOT NULL), 0)
    )::bigint / 60 END AS worked_minutes,
  d.rounds, coalesce(fee.amount, 0)::bigint AS fee_amount, coalesce(fee.online, false) AS fee_online,
  coalesce((SELECT true FROM result r WHERE r.dossier_id = d.id AND r.revoked_at IS NULL LIMIT 1), false) AS result_file,
  (SELECT points FROM rating WHERE rating.dossier_id = d.id) AS points,
  d.voided_at, false AS replaced
FROM dossier d LEFT JOIN LATERAL (
  SELECT sum(amount) AS amount, bool_and(channel = 'online') FILTER (WHERE settled_at IS NOT NULL) AS online
  FROM fee_due WHERE fee_due.dossier_id = d.id
) AS fee ON true
WHERE d.status <> 'draft' AND d.code IS NOT NULL
"""
_COLUMNS = (
    "origin, quantity, code, procedure_code, field_code, channel, online_level, receiving_agency, resolving_agency,"
    " submitted_on, received_on, refused, scored_at, finished_at, outcome, worked_minutes, rounds, fee_amount,"
    " fee_online, result_file, points, voided_at, replaced"
)
_NEW = ", ".join(f"excluded.{name.strip()}" for name in _COLUMNS.split(","))
_OLD = ", ".join(f"intake_fact.{name.strip()}" for name in _COLUMNS.split(","))
_FOLLOW = f"""
  INSERT INTO intake_fact (id, {_COLUMNS})
  SELECT id, {_COLUMNS} FROM fact_of_dossier WHERE id IN ({{changed}}) ORDER BY id
  ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ({_NEW})
  WHERE ({_OLD}) IS DISTINCT FROM ({_NEW});
"""
#: Names change with their dossiers; who comes last has the word.
_LABEL = """
  INSERT INTO fact_label (kind, code, name)
  SELECT DISTINCT ON (kind, code) kind, code, name FROM ({changed}) AS d (procedure_code, content),
    LATERAL (VALUES ('field', content -> 'field' ->> 'code', content -> 'field' ->> 'name'),
      ('procedure', procedure_code, content ->> 'name')) AS label (kind, code, name)
  WHERE code IS NOT NULL AND name IS NOT NULL ORDER BY kind, code
  ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name WHERE fact_label.name <> excluded.name;
"""
_KEY = "receiving_agency, resolving_agency, procedure_code, field_code, channel, online_level"
_ROW = (
    "month date, receiving_agency text, resolving_agency text, procedure_code text, field_code text, channel text,"
    " online_level int"
)
_COUNTED = {
    "received_month": ("received", "counted", "fee_dossiers", "fee_online", "supplemented", "rounds"),
    "finished_month": ("ended", "early", "on_time", "late", "unscored"),
}
#: What one fact is in each sum. The views serve the triggers and the recount.
_SUMMED = (
    f"""CREATE FUNCTION received_in_month(f intake_fact) RETURNS TABLE (
  {_ROW}, received bigint, counted bigint, fee_dossiers bigint, fee_online bigint, supplemented bigint, rounds bigint) LANGUAGE sql STABLE AS $$
  SELECT date_trunc('month', f.received_on)::date, f.receiving_agency, f.resolving_agency, f.procedure_code,
    f.field_code, f.channel, f.online_level, f.quantity::bigint,
    CASE f.origin WHEN 'count' THEN f.quantity ELSE 0 END::bigint, (f.fee_amount > 0)::int::bigint,
    (f.fee_amount > 0 AND f.fee_online)::int::bigint, (f.rounds > 0)::int::bigint, f.rounds::bigint
  WHERE f.counts
$$""",
    f"""CREATE FUNCTION finished_in_month(f intake_fact) RETURNS TABLE (
  {_ROW}, ended bigint, early bigint, on_time bigint, late bigint, unscored bigint) LANGUAGE sql STABLE AS $$
  SELECT date_trunc('month', d.finished)::date, f.receiving_agency, f.resolving_agency, f.procedure_code,
    f.field_code, f.channel, f.online_level, 1::bigint,
    (d.decided AND d.finished < d.scored)::int::bigint,
    (d.decided AND d.finished >= d.scored AND coalesce(f.finished_at <= f.scored_at, false))::int::bigint,
    (d.decided AND coalesce(f.finished_at > f.scored_at, false))::int::bigint,
    (d.decided AND f.scored_at IS NULL)::int::bigint
  FROM (SELECT (f.finished_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS finished,
    coalesce((f.scored_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, '-infinity'::date) AS scored,
    coalesce(f.outcome IN ('granted', 'rejected'), false) AS decided) AS d
  WHERE f.counts AND f.finished_at IS NOT NULL
$$""",
)


def _add(table: str) -> str:
    """A row of what changed, never an update: nobody waits for another's sum, nor in a circle."""
    function = table.replace("_month", "_in_month")
    names = _COUNTED[table]
    sums = ", ".join(f"sum(sign * s.{name})" for name in names)
    some = " OR ".join(f"sum(sign * s.{name}) <> 0" for name in names)
    return f"""
  INSERT INTO {table} (month, {_KEY}, {", ".join(names)})
  SELECT s.month, s.receiving_agency, s.resolving_agency, s.procedure_code, s.field_code, s.channel,
    s.online_level, {sums}
  FROM ({{changed}}) AS c (fact, sign), LATERAL {function}(c.fact) AS s
  GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING {some};
"""


_OLD_ROWS = "SELECT o::intake_fact, -1 FROM old_facts o"
_NEW_ROWS = "SELECT n::intake_fact, 1 FROM new_facts n"


def _sums(name: str, changed: str) -> str:
    body = "".join(_add(table).replace("{changed}", changed) for table in _COUNTED)
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"


_FUNCTIONS = (
    f"""CREATE FUNCTION intake_fact_follows_dossier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  {_FOLLOW.replace("{changed}", "SELECT id FROM changed")}
  {_LABEL.replace("{changed}", "SELECT procedure_code, procedure FROM changed WHERE status <> 'draft'")}
  RETURN NULL; END $$""",
    f"""CREATE FUNCTION intake_fact_follows_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  {_FOLLOW.replace("{changed}", "SELECT dossier_id FROM changed")} RETURN NULL; END $$""",
    _sums("months_follow_new_facts", _NEW_ROWS),
    _sums("months_follow_changed_facts", f"{_OLD_ROWS} UNION ALL {_NEW_ROWS}"),
    _sums("months_follow_deleted_facts", _OLD_ROWS),
)
_TRIGGERS = tuple(
    f"CREATE TRIGGER {name} AFTER {when} ON {table} REFERENCING {tables} FOR EACH STATEMENT"
    f" EXECUTE FUNCTION {function}()"
    for name, when, table, tables, function in (
        ("fact_on_new_dossier", "INSERT", "dossier", "NEW TABLE AS changed", "intake_fact_follows_dossier"),
        (
            "fact_on_changed_dossier",
            "UPDATE",
            "dossier",
            "NEW TABLE AS changed",
            "intake_fact_follows_dossier",
        ),
        ("fact_on_new_fee", "INSERT", "fee_due", "NEW TABLE AS changed", "intake_fact_follows_part"),
        ("fact_on_changed_fee", "UPDATE", "fee_due", "NEW TABLE AS changed", "intake_fact_follows_part"),
        ("fact_on_deleted_fee", "DELETE", "fee_due", "OLD TABLE AS changed", "intake_fact_follows_part"),
        ("fact_on_new_result", "INSERT", "result", "NEW TABLE AS changed", "intake_fact_follows_part"),
        ("fact_on_changed_result", "UPDATE", "result", "NEW TABLE AS changed", "intake_fact_follows_part"),
        ("fact_on_new_rating", "INSERT", "rating", "NEW TABLE AS changed", "intake_fact_follows_part"),
        ("months_on_new_facts", "INSERT", "intake_fact", "NEW TABLE AS new_facts", "months_follow_new_facts"),
        (
            "months_on_changed_facts",
            "UPDATE",
            "intake_fact",
            "OLD TABLE AS old_facts NEW TABLE AS new_facts",
            "months_follow_changed_facts",
        ),
        (
            "months_on_deleted_facts",
            "DELETE",
            "intake_fact",
            "OLD TABLE AS old_facts",
            "months_follow_deleted_facts",
        ),
    )
)


def upgrade() -> None:
    op.add_column("dossier", sa.Column("origin", sa.Text(), server_default="live", nullable=False))
    op.create_check_constraint(op.f("dossier_origin_check"), "dossier", "origin IN ('live', 'seed')")
    # A fact asks for its results whenever its dossier changes.
    op.create_index(op.f("result_dossier_id_idx"), "result", ["dossier_id"])
    op.drop_table("intake_fact")
    op.create_table(
        "intake_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("online_level", sa.Integer(), nullable=False),
        sa.Column("receiving_agency", sa.Text(), nullable=False),
        sa.Column("resolving_agency", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("worked_minutes", sa.BigInteger(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_online", sa.Boolean(), nullable=False),
        sa.Column("result_file", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column(
            "counts",
            sa.Boolean(),
            sa.Computed("received_on IS NOT NULL AND voided_at IS NULL AND NOT replaced", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("origin IN ('dossier', 'count', 'seed')", name=op.f("intake_fact_origin_check")),
        sa.CheckConstraint(
            "quantity > 0 AND (quantity = 1 OR origin = 'count')", name=op.f("intake_fact_quantity_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("intake_fact_pkey")),
    )
    op.create_index(
        op.f("intake_fact_received_on_receiving_agency_idx"),
        "intake_fact",
        ["received_on", "receiving_agency"],
    )
    op.create_index(
        op.f("intake_fact_receiving_agency_procedure_code_received_on_idx"),
        "intake_fact",
        ["receiving_agency", "procedure_code", "received_on"],
    )
    op.create_index(op.f("intake_fact_submitted_on_idx"), "intake_fact", ["submitted_on"])
    op.create_index(
        "intake_fact_finished_idx",
        "intake_fact",
        ["finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "intake_fact_open_idx",
        "intake_fact",
        ["resolving_agency", "scored_at"],
        postgresql_where=sa.text("finished_at IS NULL AND counts"),
    )
    op.create_index(
        "intake_fact_seed_idx", "intake_fact", ["received_on"], postgresql_where=sa.text("origin = 'seed'")
    )
    op.create_table(
        "fact_label",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('field', 'procedure')", name=op.f("fact_label_kind_check")),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("fact_label_pkey")),
    )
    for table, names in _COUNTED.items():
        op.create_table(
            table,
            sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("month", sa.Date(), nullable=False),
            *(sa.Column(name.strip(), sa.Text(), nullable=False) for name in _KEY.split(",")[:-1]),
            sa.Column("online_level", sa.Integer(), nullable=False),
            *(sa.Column(name, sa.BigInteger(), nullable=False) for name in names),
            sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
        )
        body = "receiving_agency" if table == "received_month" else "resolving_agency"
        op.create_index(op.f(f"{table}_month_{body}_idx"), table, ["month", body])
        op.create_index(op.f(f"{table}_{body}_month_idx"), table, [body, "month"])
    for statement in (_FACT_OF_DOSSIER, *_SUMMED, *_FUNCTIONS, *_TRIGGERS):
        op.execute(statement)
    op.execute(_FOLLOW.replace("{changed}", "SELECT id FROM dossier"))
    op.execute(
        _LABEL.replace("{changed}", "SELECT procedure_code, procedure FROM dossier WHERE status <> 'draft'")
    )


def downgrade() -> None:
    for table in ("dossier", "fee_due", "result", "rating"):
        for name in ("new", "changed", "deleted"):
            op.execute(f"DROP TRIGGER IF EXISTS fact_on_{name}_{table.removesuffix('_due')} ON {table}")
    op.execute("DROP VIEW fact_of_dossier")
    op.execute("DROP TABLE fact_label, received_month, finished_month, intake_fact CASCADE")
    for name in ("intake_fact_follows_dossier", "intake_fact_follows_part"):
        op.execute(f"DROP FUNCTION {name}()")
    for name in ("new", "changed", "deleted"):
        op.execute(f"DROP FUNCTION months_follow_{name}_facts()")
    op.create_table(
        "intake_fact",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("online_level", sa.Integer(), nullable=False),
        sa.Column("receiving_agency", sa.Text(), nullable=False),
        sa.Column("resolving_agency", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("intake_fact_pkey")),
    )
    op.create_index(
        op.f("intake_fact_receiving_agency_received_on_idx"),
        "intake_fact",
        ["receiving_agency", "received_on"],
    )
    op.create_index(op.f("intake_fact_received_on_idx"), "intake_fact", ["received_on"])
    op.execute(
        "INSERT INTO intake_fact SELECT id, (accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, channel,"
        " online_level, receiving_agency, resolving_agency, procedure_code, voided_at FROM dossier"
        " WHERE accepted_at IS NOT NULL"
    )
    op.drop_index(op.f("result_dossier_id_idx"), "result")
    op.drop_constraint(op.f("dossier_origin_check"), "dossier")
    op.drop_column("dossier", "origin")
