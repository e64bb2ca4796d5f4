#!/usr/bin/env bash
# `make compose-check`: the system in containers, used. On the Docker engine that is here; where there is none,
# on one that the container lab beside the checkout brings, if it is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

lab=${CONTAINER_LAB:-../shared/tools/container-lab.sh}
say() { printf '\n\033[1m· %s\033[0m\n' "$*"; }
if docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
  compose() { docker compose "$@"; }
  inside() { "$@"; }
  engine() { docker "$@"; }
elif [ -x "$lab" ]; then
  say "Không có Docker ở đây, dùng $lab | no engine here"
  "$lab" up
  lab_up=1
  compose() { "$lab" compose "$@"; }
  inside() { "$lab" exec "$@"; }
  engine() { "$lab" docker "$@"; }
else
  echo "✗ Cần Docker với compose v2 | Docker with compose v2 is needed"
  exit 1
fi

export COMPOSE_PROJECT_NAME=motcua-check COMPOSE_PROFILES=dev COMPOSE_ENV_FILES=/dev/null ENV_FILE=/dev/null
export MOTCUA_VERSION=check MOTCUA_NOW=2020-10-26T08:00+07:00 RECONCILIATION_CLOSES_TODAY=true
MOTCUA_NOW_AT=$(date +%s)
export MOTCUA_NOW_AT
python=$PWD/.venv/bin/python
work=$(mktemp -d)
lab_up=${lab_up:-}
down() {
  compose down --volumes --remove-orphans --timeout 10 >/dev/null 2>&1 || true
}
finish() {
  status=$?
  if [ $status -ne 0 ]; then compose ps --all || true; compose logs --tail 20 || true; fi
  down
  rm -rf "$work"
  [ -z "$lab_up" ] || "$lab" stop
  exit $status
}
trap finish EXIT

say "lint"
.venv/bin/hadolint Dockerfile
.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

say "compose.yaml: config"
compose config --quiet
MOTCUA_ENVIRONMENT=production compose config --quiet

say "build"
compose --progress quiet build
engine run --rm --entrypoint sh motcua:check -c '! command -v gcc && ! command -v pip && [ "$(id -u)" = 10001 ]'

say "up --wait"
compose up --detach --wait --wait-timeout 300

say "Không quyền, chỉ đọc | no rights, read-only"
for container in $(compose ps --quiet); do
  engine inspect --format '{{.Name}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}' "$container"
done | tee "$work/rights"
if grep -v 'true \[ALL\] \[no-new-privileges:true\] [1-9]' "$work/rights"; then exit 1; fi
published=$(compose ps --format '{{.Service}} {{.Publishers}}' | grep -c '127.0.0.1' || true)
echo "$published dịch vụ mở cổng (cổng vào và các giả lập) | services publish a port"

say "make demo"
inside "$python" -m deploy.demo
say "make demo-payment"
inside "$python" -m deploy.demo payment

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
compose up --detach --wait --wait-timeout 300 --no-recreate "${two[@]}"
kills() {
  for service in catalog dossier payment catalog-worker dossier-worker payment-worker gateway-worker; do
    container=$(compose ps --quiet "$service" | tail -1)
    echo "kill -9 $service"
    engine kill --signal KILL "$container" >/dev/null
    sleep 2
    engine start "$container" >/dev/null
  done
}
endure kills
inside "$python" -m deploy.demo
inside "$python" -m deploy.demo payment

say "verify"
compose run --rm --no-deps motcua verify

say "Môi trường thật không nhận bí mật mẫu | production refuses the sample's secrets"
if MOTCUA_ENVIRONMENT=production compose run --rm --no-deps catalog 2>&1 | tee "$work/refused"; then exit 1; fi
grep -q 'SERVICE_KEY' "$work/refused"

say "down"
down
echo "✓ compose-check"
