# shellcheck shell=bash disable=SC2154,SC2034
# Sourced: `compose`, `engine` and `inside`, on the Docker engine that is here; where there is none, on one that the
# container lab beside the checkout brings, if it is there. `inside` runs a command where published ports are.

lab=${CONTAINER_LAB:-../shared/tools/container-lab.sh}
lab_up=
say() { printf '\n\033[1m· %s\033[0m\n' "$*"; }
if docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
  compose() { docker compose "$@"; }
  inside() { "$@"; }
  engine() { docker "$@"; }
elif [ -x "$lab" ]; then
  say "Không có Docker ở đây, dùng container-lab | no engine here"
  "$lab" up
  lab_up=1
  compose() { "$lab" compose "$@"; }
  inside() { "$lab" exec "$@"; }
  engine() { "$lab" docker "$@"; }
else
  echo "✗ Cần Docker với compose v2 | Docker with compose v2 is needed"
  exit 1
fi
