#!/usr/bin/env bash
# Verifies a deployment from outside, as section 5 of the deployment guide does, and changes no data: health, version,
# readiness, security headers, signing keys, a request without a token, and the login of an account that cannot exist,
# which takes the whole way of a login through Postgres, Redis and the password hash.
# Usage: tools/deploy/verify.sh <https://api.yourdomain.com> [package.json of the deployed commit]
# VERIFY_TIMEOUT: seconds until everything must be right, 300 by default. Exit status 1 if a check fails, 2 for usage.

# verify calls the checks by name.
# shellcheck disable=SC2317
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  sed -n '5s/^# //p' "$0" >&2
  exit 2
fi
url=${1%/}
version=
if [ $# -eq 2 ]; then version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$2"); fi
deadline=$((SECONDS + ${VERIFY_TIMEOUT:-300}))

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Sends a request. The status is in $status, the headers and the body are in files.
request() {
  status=$(curl --silent --max-time 10 --dump-header "$scratch/headers" --output "$scratch/body" \
    --write-out '%{http_code}' "${@:2}" "$url$1") || status=000
}

body_has() { grep -q "$1" "$scratch/body"; }
header_is() { grep -qi "^$1: *$2" "$scratch/headers"; }

check_health() {
  request /api/v1/health
  [ "$status" = 200 ] && body_has '"status":"healthy"' && body_has '"environment":"production"' &&
    { [ -z "$version" ] || body_has "\"version\":\"$version\""; }
}

check_readiness() {
  request /api/v1/health/ready
  [ "$status" = 200 ]
}

check_headers() {
  request /api/v1/health
  header_is strict-transport-security 'max-age=[1-9]' && header_is x-content-type-options nosniff &&
    header_is x-frame-options DENY
}

# Without a pair of keys (HS256) the set is empty.
check_keys() {
  request /.well-known/jwks.json
  [ "$status" = 200 ] && body_has '"keys":\['
}

check_refusal() {
  request /api/v1/users/me
  [ "$status" = 401 ]
}

check_login() {
  request /api/v1/auth/login --header 'content-type: application/json' \
    --data '{"email":"nobody@verify.invalid","password":"not a password of anybody"}'
  [ "$status" = 401 ] && body_has '"code":"invalid_credentials"'
}

check_metrics() {
  request /metrics
  [ "$status" != 200 ]
}

failed=0
# A new deployment may still be starting, and a load balancer may still send requests to the version before.
verify() {
  until "$2"; do
    if [ $SECONDS -ge $deadline ]; then
      echo "failed: $1 (status $status)"
      failed=1
      return
    fi
    sleep 2
  done
  echo "passed: $1"
}

verify "GET /api/v1/health is healthy, in production${version:+, version $version}" check_health
verify 'GET /api/v1/health/ready is 200' check_readiness
verify 'HSTS, nosniff and X-Frame-Options are set' check_headers
verify 'GET /.well-known/jwks.json has the public keys' check_keys
verify 'GET /api/v1/users/me without a token is 401' check_refusal
verify 'POST /api/v1/auth/login of an unknown account is 401 invalid_credentials' check_login
verify 'GET /metrics is not public' check_metrics
exit $failed
