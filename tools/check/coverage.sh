#!/usr/bin/env bash
# `npm run coverage`: the tests with c8, whose options are the arguments. Only this command needs c8, so it is installed when it
# first runs, with the versions and the hashes of test/packages/c8.
set -euo pipefail
cd "$(dirname "$0")/../.."

package=node_modules/.cache/auth-service/c8-$(sha256sum test/packages/c8/package-lock.json | cut -c 1-16)
if [ ! -d "$package" ]; then
  mkdir -p "$(dirname "$package")"
  unfinished=$(mktemp -d "$package.XXXXXX")
  cp test/packages/c8/*.json "$unfinished"
  npm ci --silent --ignore-scripts --prefer-offline --prefix "$unfinished" >&2
  mv -T "$unfinished" "$package"
fi
exec "$package/node_modules/.bin/c8" "$@" npm test
