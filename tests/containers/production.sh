# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by check.sh: as docs/running.md says for a production, with own secrets and no mocks.

unset COMPOSE_PROFILES MOTCUA_NOW MOTCUA_NOW_AT RECONCILIATION_CLOSES_TODAY SECRETS
sed -E -e 's/^(COMPOSE_PROFILES|SMS_URL|EMAIL_URL|VNPAY_[A-Z_]*|RECEIPT_ISSUER_URL)=.*/\1=/' \
  -e 's/^(MOTCUA_ENVIRONMENT)=.*/\1=production/' -e "s#^(SECRETS)=.*#\1=$work/own#" \
  -e 's#^((PUBLIC|PORTAL|STAFF|ADAPTER|PAYMENT_PLATFORM)_URL)=.*#\1=https://somewhere.test#' \
  .env.example >"$work/production.env"
export ENV_FILE=$work/production.env COMPOSE_ENV_FILES=$work/production.env
ask() { # the status of a path at the gateway
  inside curl --silent --output "$work/answer" --write-out '%{http_code}' "http://127.0.0.1:8000$1" "${@:2}"
}

say "Bí mật riêng, up --wait | own secrets"
secrets "$work/own"
up
quietly compose run --rm --no-deps catalog sample --places-only
[ "$(ask /v1/agencies/000.00.33.H28)" = 200 ]
compose ps --format '{{.Service}} {{.Status}}'
[ "$(compose ps --quiet | wc -l)" = 9 ]

say "Hệ thống của huyện | a client for a district"
motcua new-client luong-son --name 'Hệ thống huyện Lương Sơn' --agency 000.00.33.H28 | tee "$work/client" | sed 's/\(secret=\).*/\1…/'
id=$(sed -n 's/^client_id=//p' "$work/client")
secret=$(sed -n 's/^client_secret=//p' "$work/client" | tr -d '\r')
token() { # of the district's system: the status
  ask /v1/auth/token -d grant_type=client_credentials -d "client_id=$id" -d "client_secret=$secret"
}
[ "$(token)" = 200 ]
