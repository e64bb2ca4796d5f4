# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by check.sh: as docs/running.md says for a production, with own secrets and no mocks.

export COMPOSE_PROFILES='' MOTCUA_ENVIRONMENT=production MOTCUA_NOW='' MOTCUA_NOW_AT='' RECONCILIATION_CLOSES_TODAY=false
export SECRETS=$work/own PUBLIC_URL=https://dichvucong.test VNPAY_TMN_CODE='' VNPAY_PAY_URL='' VNPAY_API_URL='' RECEIPT_ISSUER_URL='' SMS_URL='' EMAIL_URL=''
export PORTAL_URL=https://portal.test STAFF_URL=https://staff.test ADAPTER_URL=https://adapter.test
export PAYMENT_PLATFORM_URL=https://pay.test
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
