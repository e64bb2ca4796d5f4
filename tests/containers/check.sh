#!/usr/bin/env bash
# `make compose-check`: the system in containers, used, disturbed and operated.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/containers/engine.sh
. tests/containers/engine.sh

python=$PWD/.venv/bin/python
work=$(mktemp -d)
export COMPOSE_PROJECT_NAME=motcua-check COMPOSE_ENV_FILES=/dev/null ENV_FILE=/dev/null MOTCUA_VERSION=check
down() { # all of it, of whatever profile
  COMPOSE_PROFILES=dev,tools compose down --volumes --remove-orphans --timeout 10 >/dev/null 2>&1 || true
}
quietly() { # standard error only if it fails
  "$@" 2>"$work/said" || { cat "$work/said"; exit 1; }
}
up() { quietly compose up --detach --wait --wait-timeout 300 "$@"; }
motcua() { quietly compose run --rm --no-deps --no-TTY motcua "$@"; }
secrets() { # FOLDER [--new-key]
  mkdir -p "$1"
  engine run --rm --user "$(id -u):$(id -g)" --volume "$1:/here" motcua:check secrets /here "${@:2}"
}
finish() {
  status=$?
  if [ $status -ne 0 ]; then
    compose ps --all || true
    compose logs --tail 20 || true
  fi
  down
  rm -rf "$work"
  [ -z "$lab_up" ] || "$lab" stop
  exit $status
}
trap finish EXIT
down

say "lint"
.venv/bin/hadolint Dockerfile
.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

say "config"
COMPOSE_PROFILES=dev,tools compose config --quiet
MOTCUA_ENVIRONMENT=production COMPOSE_PROFILES='' compose config --quiet

say "build"
compose --progress quiet build
# shellcheck disable=SC2016
engine run --rm --entrypoint sh motcua:check -c \
  'for tool in gcc make pip git; do ! command -v $tool || exit 1; done; [ "$(id -u)" = 10001 ]'

# shellcheck source=tests/containers/development.sh
. tests/containers/development.sh
# shellcheck source=tests/containers/operations.sh
. tests/containers/operations.sh
down
# shellcheck source=tests/containers/production.sh
. tests/containers/production.sh
down
echo "✓ compose-check"
