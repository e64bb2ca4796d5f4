# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by check.sh, after development.sh, whose dossiers and documents it keeps: as docs/running.md says.

say "Khóa mới | new keys for personal data"
cp -r deploy/sample-secrets "$work/copied"
compose down >/dev/null 2>&1
secrets "$work/copied" --new-key
export SECRETS=$work/copied
up
motcua rotate | tee "$work/rotated"
grep -q '^dossier: [1-9]' "$work/rotated"
motcua rotate >"$work/rotated"
if grep -v ': 0 ' "$work/rotated"; then exit 1; fi

say "Sao lưu | backup"
files() { quietly compose run --rm --no-deps --no-TTY --entrypoint tar dossier -C /data "$@"; }
files -cf - heads >"$work/heads.tar"
for database in catalog dossier payment gateway; do
  compose exec -T postgres pg_dump -U postgres -Fc "$database" >"$work/$database.dump"
done
files -cf - documents >"$work/documents.tar"
(cd "$work" && ls -sh ./*.dump ./*.tar)
motcua verify >"$work/before"

say "Mất tất cả, khôi phục | all is lost, and restored"
compose down >/dev/null 2>&1
engine volume rm motcua-check_database motcua-check_documents motcua-check_heads
compose up --detach --wait postgres >/dev/null 2>&1
quietly compose run --rm --no-deps migrate
for database in catalog dossier payment gateway; do
  compose exec -T postgres pg_restore -U postgres -d postgres --clean --if-exists --create <"$work/$database.dump"
done
files -xf - <"$work/heads.tar"
files -xf - <"$work/documents.tar"
motcua new-epoch
up
motcua verify | tee "$work/after"
diff <(sed 's/, [0-9]* bản ký.*//' "$work/before") <(sed 's/, [0-9]* bản ký.*//' "$work/after")
motcua recount
demos
