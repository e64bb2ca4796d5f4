"""Generated dossiers are for the figures alone: no body's list has them, and nothing is written for it."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: As in 0007; `and_` narrows it.
_VISIBILITY = """
CREATE OR REPLACE FUNCTION dossier_visibility_of(one uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM dossier_visibility WHERE dossier_id = one;
  INSERT INTO dossier_visibility (dossier_id, agency, status, procedure_code, submitted_at)
    SELECT dossier.id, seen.agency, dossier.status, dossier.procedure_code, dossier.submitted_at
    FROM dossier, LATERAL (
      SELECT unnest(coalesce(body.ancestors, ARRAY[concerned.code])) AS agency
      FROM unnest(ARRAY[dossier.receiving_agency, dossier.resolving_agency, dossier.holder_agency])
        AS concerned (code) LEFT JOIN body ON body.code = concerned.code
      UNION SELECT agency FROM dossier_access WHERE dossier_access.dossier_id = dossier.id
    ) AS seen
    WHERE dossier.status <> 'draft' AND dossier.id = one{and_};
$$"""
_ON_INSERT = """
CREATE OR REPLACE TRIGGER dossier_visibility_on_insert AFTER INSERT ON dossier
  FOR EACH ROW WHEN (NEW.status <> 'draft'{and_}) EXECUTE FUNCTION dossier_visibility_follows_dossier()"""


def upgrade() -> None:
    op.execute(_VISIBILITY.format(and_=" AND dossier.origin <> 'seed'"))
    op.execute(_ON_INSERT.format(and_=" AND NEW.origin <> 'seed'"))


def downgrade() -> None:
    op.execute(_ON_INSERT.format(and_=""))
    op.execute(_VISIBILITY.format(and_=""))
