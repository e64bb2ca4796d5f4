"""Daily counts of paper intake, which dossiers replace; the units of bodies. What many transactions at once may
do to facts is put in one order (ADR 11)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: The body that took a dossier in, as its code says, whoever has succeeded it since.
_TAKEN_IN_BY = """
CREATE FUNCTION taken_in_by(code text, receiving_agency text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(regexp_replace(code, '^SEED-|-[0-9]{6}-[0-9]+$', '', 'g'), receiving_agency)
$$"""
#: A dossier on paper stands for a body, procedure and day. Asked per line, by an index: see the view of 0012.
_PAPER = "origin <> 'count' AND channel <> 'online' AND counts"
_STANDS = (
    "coalesce((SELECT true FROM intake_fact p WHERE taken_in_by(p.code, p.receiving_agency) = {0}.{1}"
    " AND p.procedure_code = {0}.procedure_code AND p.received_on = {0}.{2}"
    f" AND p.{_PAPER.replace('AND ', 'AND p.')} LIMIT 1), false)"
)
#: What the figures count of a line, which may say 0. Recounts read the same view.
_FACT_OF_COUNT = f"""
CREATE VIEW fact_of_count AS
SELECT c.id, 'count' AS origin, c.quantity, NULL::text AS code, c.procedure_code, c.field_code, c.channel,
  c.online_level, c.agency AS receiving_agency, c.agency AS resolving_agency, c.day AS submitted_on,
  c.day AS received_on, false AS refused, NULL::timestamptz AS scored_at, NULL::timestamptz AS finished_at,
  NULL::text AS outcome, NULL::bigint AS worked_minutes, 0 AS rounds, 0::bigint AS fee_amount,
  false AS fee_online, false AS result_file, NULL::int AS points, c.voided_at,
  {_STANDS.format("c", "agency", "day")} AS replaced
FROM intake_count c
"""
_COLUMNS = (
    "origin, quantity, code, procedure_code, field_code, channel, online_level, receiving_agency, resolving_agency,"
    " submitted_on, received_on, refused, scored_at, finished_at, outcome, worked_minutes, rounds, fee_amount,"
    " fee_online, result_file, points, voided_at, replaced"
)
_NEW = ", ".join(f"excluded.{name.strip()}" for name in _COLUMNS.split(","))
_OLD = ", ".join(f"intake_fact.{name.strip()}" for name in _COLUMNS.split(","))
#: By an array, so that what a session has planned for one dossier is right for a thousand, and the other way round.
_FOLLOW = f"""
  INSERT INTO intake_fact (id, {_COLUMNS})
  SELECT id, {_COLUMNS} FROM {{view}} WHERE id = ANY (ids) ORDER BY id
  ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ({_NEW})
  WHERE ({_OLD}) IS DISTINCT FROM ({_NEW});
"""
#: What a dossier that is new to the figures calls its procedure and field; names that stand are neither written
#: nor waited for.
_LABEL = """
  INSERT INTO fact_label (kind, code, name)
  SELECT DISTINCT ON (l.kind, l.code) l.kind, l.code, l.name FROM changed d, LATERAL (VALUES
      ('field', d.procedure -> 'field' ->> 'code', d.procedure -> 'field' ->> 'name'),
      ('procedure', d.procedure_code, d.procedure ->> 'name')) AS l (kind, code, name)
  WHERE d.status <> 'draft' AND d.id <> ALL (known) AND l.code IS NOT NULL AND l.name IS NOT NULL
    AND NOT EXISTS (SELECT FROM fact_label s WHERE (s.kind, s.code, s.name) = (l.kind, l.code, l.name))
  ORDER BY l.kind, l.code
  ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name;
"""
#: Whoever changes which paper dossiers of a body count shares the body's lock, and has the count lines of those
#: days; whoever changes its counts has the lock alone. Locks in the order of their keys, lines in that of their ids.
_HOLDING = (
    """CREATE FUNCTION hold_counts(bodies text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE key bigint; BEGIN
  FOR key IN SELECT DISTINCT hashtextextended(b, 7305005) FROM unnest(bodies) AS b ORDER BY 1 LOOP
    PERFORM pg_advisory_xact_lock(key);
  END LOOP; END $$""",
    """CREATE FUNCTION hold_paper_days(bodies text[], procedures text[], days date[]) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE key bigint; lines uuid[]; BEGIN
  FOR key IN SELECT DISTINCT hashtextextended(b, 7305005) FROM unnest(bodies) AS b ORDER BY 1 LOOP
    PERFORM pg_advisory_xact_lock_shared(key);
  END LOOP;
  -- OFFSET 0: each by the index, also in a session that has planned it while there were few lines.
  lines := ARRAY(SELECT line.id FROM unnest(bodies, procedures, days) AS k (body, procedure, day), LATERAL (
    SELECT f.id FROM intake_fact f WHERE f.origin = 'count' AND f.receiving_agency = k.body
      AND f.procedure_code = k.procedure AND f.received_on = k.day OFFSET 0) AS line);
  PERFORM FROM intake_fact WHERE id = ANY (lines) ORDER BY id FOR NO KEY UPDATE;
  RETURN lines;
END $$""",
    f"""CREATE FUNCTION one_source_stands(bodies text[], procedures text[], days date[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE lines uuid[] := hold_paper_days(bodies, procedures, days); BEGIN
  IF cardinality(lines) > 0 THEN
    -- A statement of its own: it sees what was committed until the locks were there.
    UPDATE intake_fact f SET replaced = NOT f.replaced
    WHERE f.id = ANY (lines) AND f.replaced <> {_STANDS.format("f", "receiving_agency", "received_on")};
  END IF;
END $$""",
)


def _stands(name: str, changed: str) -> str:
    """`changed`: rows of (id, body, procedure, day) of paper dossiers that count only before or only after."""
    return f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bodies text[]; procedures text[]; days date[]; BEGIN
  SELECT array_agg(body), array_agg(procedure), array_agg(day) INTO bodies, procedures, days
  FROM (SELECT DISTINCT body, procedure, day FROM ({changed}) AS c (id, body, procedure, day)) AS k;
  IF bodies IS NOT NULL THEN PERFORM one_source_stands(bodies, procedures, days); END IF;
  RETURN NULL; END $$"""


_KEYS = (
    f"SELECT id, taken_in_by(code, receiving_agency), procedure_code, received_on FROM {{0}} WHERE {_PAPER}"
)
_BEFORE, _AFTER = _KEYS.format("old_facts"), _KEYS.format("new_facts")
_FUNCTIONS = (
    *_HOLDING,
    _stands("counts_follow_new_facts", _AFTER),
    _stands(
        "counts_follow_changed_facts", f"({_BEFORE} EXCEPT {_AFTER}) UNION ALL ({_AFTER} EXCEPT {_BEFORE})"
    ),
    _stands("counts_follow_deleted_facts", _BEFORE),
    f"""CREATE FUNCTION intake_fact_follows_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT id FROM changed); BEGIN
  PERFORM hold_counts(array_agg(agency)) FROM changed;
  {_FOLLOW.format(view="fact_of_count")} RETURN NULL; END $$""",
    # These two stay when this migration is taken back: they suit the tables of the one before as well.
    f"""CREATE OR REPLACE FUNCTION intake_fact_follows_dossier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT id FROM changed);
  known uuid[] := ARRAY(SELECT id FROM intake_fact WHERE id = ANY (ids)); BEGIN
  {_LABEL} {_FOLLOW.format(view="fact_of_dossier")} RETURN NULL; END $$""",
    f"""CREATE OR REPLACE FUNCTION intake_fact_follows_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT dossier_id FROM changed); BEGIN
  -- So that what another transaction does to the dossier is seen, or sees this.
  PERFORM FROM dossier WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
  {_FOLLOW.format(view="fact_of_dossier")} RETURN NULL; END $$""",
)
_OLD_TABLE, _NEW_TABLE = "OLD TABLE AS old_facts", "NEW TABLE AS new_facts"
_TRIGGERS = (
    ("counts_on_new_facts", "INSERT", "intake_fact", _NEW_TABLE, "counts_follow_new_facts"),
    (
        "counts_on_changed_facts",
        "UPDATE",
        "intake_fact",
        f"{_OLD_TABLE} {_NEW_TABLE}",
        "counts_follow_changed_facts",
    ),
    ("counts_on_deleted_facts", "DELETE", "intake_fact", _OLD_TABLE, "counts_follow_deleted_facts"),
    ("fact_on_new_count", "INSERT", "intake_count", "NEW TABLE AS changed", "intake_fact_follows_count"),
    ("fact_on_changed_count", "UPDATE", "intake_count", "NEW TABLE AS changed", "intake_fact_follows_count"),
    ("fact_on_new_pause", "INSERT", "pause", "NEW TABLE AS changed", "intake_fact_follows_part"),
    ("fact_on_changed_pause", "UPDATE", "pause", "NEW TABLE AS changed", "intake_fact_follows_part"),
)


def upgrade() -> None:
    op.add_column("body", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("batch", sa.Column("kind", sa.Text(), server_default="dossiers", nullable=False))
    op.create_check_constraint(op.f("batch_kind_check"), "batch", "kind IN ('dossiers', 'counts')")
    op.create_table(
        "intake_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.Text(), nullable=False),
        sa.Column("online_level", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('counter', 'post')", name=op.f("intake_count_channel_check")),
        sa.CheckConstraint("quantity >= 0", name=op.f("intake_count_quantity_check")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("intake_count_batch_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("intake_count_pkey")),
        sa.UniqueConstraint(
            "agency",
            "day",
            "procedure_code",
            "channel",
            name=op.f("intake_count_agency_day_procedure_code_channel_key"),
        ),
    )
    op.create_index(op.f("intake_count_batch_id_idx"), "intake_count", ["batch_id"])
    op.drop_constraint(op.f("intake_fact_quantity_check"), "intake_fact")
    op.create_check_constraint(
        op.f("intake_fact_quantity_check"),
        "intake_fact",
        "quantity >= 0 AND (quantity = 1 OR origin = 'count')",
    )
    op.create_index(
        "intake_fact_count_idx",
        "intake_fact",
        ["receiving_agency", "procedure_code", "received_on"],
        postgresql_where=sa.text("origin = 'count'"),
    )
    op.execute(_TAKEN_IN_BY)
    op.drop_index(op.f("intake_fact_receiving_agency_procedure_code_received_on_idx"), "intake_fact")
    op.create_index(
        "intake_fact_paper_idx",
        "intake_fact",
        [sa.text("taken_in_by(code, receiving_agency)"), "procedure_code", "received_on"],
        postgresql_where=sa.text(_PAPER),
    )
    op.execute("REVOKE DELETE, TRUNCATE ON intake_count FROM dossier_app")
    for statement in (_FACT_OF_COUNT, *_FUNCTIONS):
        op.execute(statement)
    for name, when, table, tables, function in _TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {name} AFTER {when} ON {table} REFERENCING {tables} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    op.execute("DELETE FROM intake_fact WHERE origin = 'count'")
    for name, _, table, _, _ in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP VIEW fact_of_count")
    for function in ("new", "changed", "deleted"):
        op.execute(f"DROP FUNCTION counts_follow_{function}_facts()")
    op.execute("DROP FUNCTION intake_fact_follows_count(), hold_counts(text[])")
    op.execute(
        "DROP FUNCTION one_source_stands(text[], text[], date[]), hold_paper_days(text[], text[], date[])"
    )
    op.drop_index("intake_fact_count_idx", "intake_fact")
    op.drop_index("intake_fact_paper_idx", "intake_fact")
    op.execute("DROP FUNCTION taken_in_by(text, text)")
    op.create_index(
        op.f("intake_fact_receiving_agency_procedure_code_received_on_idx"),
        "intake_fact",
        ["receiving_agency", "procedure_code", "received_on"],
    )
    op.drop_constraint(op.f("intake_fact_quantity_check"), "intake_fact")
    op.create_check_constraint(
        op.f("intake_fact_quantity_check"),
        "intake_fact",
        "quantity > 0 AND (quantity = 1 OR origin = 'count')",
    )
    op.drop_table("intake_count")
    op.execute("DELETE FROM batch WHERE kind = 'counts'")
    op.drop_constraint(op.f("batch_kind_check"), "batch")
    op.drop_column("batch", "kind")
    op.drop_column("body", "unit")
