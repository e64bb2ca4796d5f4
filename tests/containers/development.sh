# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by check.sh: with the mocks and the sample; demos, then everything restarted and doubled amid submissions.

export COMPOSE_PROFILES=dev MOTCUA_NOW=2020-10-26T08:00+07:00 RECONCILIATION_CLOSES_TODAY=true
MOTCUA_NOW_AT=$(date +%s)
export MOTCUA_NOW_AT

# Every line of the example is passed on, also those that only tell a default.
sed -E 's/^#([A-Z][A-Z0-9_]*=)/\1/' .env.example >"$work/every-setting"
export ENV_FILE=$work/every-setting

say "up --wait"
up
compose ps --all --format '{{.Service}} {{.Status}}'

say "Không quyền, chỉ đọc | no rights, read-only"
for container in $(compose ps --quiet); do
  engine inspect --format '{{.Name}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}' "$container"
done | tee "$work/rights"
if grep -v 'true \[ALL\] \[no-new-privileges:true\] [1-9]' "$work/rights"; then exit 1; fi

demos() {
  for which in "" payment; do
    # shellcheck disable=SC2086
    inside "$python" -m deploy.demo $which >"$work/told" 2>&1 || { cat "$work/told"; exit 1; }
    echo "✓ make demo${which:+-$which}: $(grep -cE '^ *[0-9]+\. ' "$work/told") bước | steps"
  done
}
say "make demo, make demo-payment"
demos

endure() { # a command amid submissions
  rm -f "$work/stop"
  inside "$python" -m tests.containers.endurance "$work/stop" &
  local endurance=$!
  sleep 5
  "$@"
  sleep 5
  touch "$work/stop"
  wait $endurance
}
restarts() {
  for service in $(compose ps --services | sort); do
    echo "restart $service"
    compose restart --timeout 15 "$service" >/dev/null 2>&1
    compose up --detach --wait --wait-timeout 180 --no-recreate --no-deps "$service" >/dev/null 2>&1
  done
}
say "Khởi động lại từng container giữa lúc nộp | every container restarts amid submissions"
endure restarts

say "Hai bản của mỗi dịch vụ | two of each"
two=()
for service in catalog dossier payment; do two+=(--scale "$service=2"); done
for service in catalog dossier payment gateway; do two+=(--scale "$service-worker=2"); done
up --no-recreate "${two[@]}"
kills() {
  for service in catalog dossier payment catalog-worker dossier-worker payment-worker gateway-worker gateway; do
    container=$(compose ps --quiet "$service" | tail -1)
    echo "kill -9 $service"
    engine kill --signal KILL "$container" >/dev/null
    sleep 2
    engine start "$container" >/dev/null
  done
}
endure kills
demos

say "verify, recount"
motcua verify
motcua recount

say "Môi trường thật không nhận bí mật mẫu, dịch vụ giả lập | production refuses the sample's secrets and the mocks"
for what in "serve gateway" "worker dossier" "mock vnpay" migrate; do
  service=${what##* }
  # shellcheck disable=SC2086
  if MOTCUA_ENVIRONMENT=production MOTCUA_NOW='' compose run --rm --no-deps "$service" $what >"$work/refused" 2>&1; then
    cat "$work/refused"
    exit 1
  fi
  grep -E '(SERVICE_KEY|DATABASE_URL).* là bí mật mẫu|no mock in production' "$work/refused"
done
