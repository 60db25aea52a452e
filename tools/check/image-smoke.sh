#!/usr/bin/env bash
# Copies what the final stage of the Dockerfile contains into a folder and runs it as the image would: production
# dependencies only, files of another user, and nothing writable but DATA_DIR.
# Usage: tools/check/image-smoke.sh <empty folder> <node executable>
set -euo pipefail
cd "$(dirname "$0")/../.."

image=$1/image
data=$1/data
mkdir -p "$image" "$data"
chmod 755 "$1"
cp -R package.json package-lock.json .npmrc migrations dist "$image/"
cp app/auth-service "$image/dist/"
version=$(node -p 'require("./package.json").version')
cd "$image"
npm ci --omit=dev --silent

# The program of the image with the paths of this folder, and the given executable as its Node.js.
mkdir "$1/bin"
sed "s#/srv/auth/#$image/#g" dist/auth-service >"$1/bin/auth-service"
chmod 755 "$1/bin/auth-service"
ln -s "$(command -v "$2")" "$1/bin/node"
PATH="$1/bin:$PATH"
run=(auth-service)
if [ "$(id -u)" = 0 ]; then
  chown 10001:10001 "$data"
  run=(setpriv --reuid=10001 --regid=10001 --clear-groups "${run[@]}")
fi

test "$("${run[@]}" --version)" = "$version"

status=0
env -i PATH="$PATH" ENV=production "${run[@]}" 2>/dev/null || status=$?
test "$status" = 78

METRICS_PORT=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
export METRICS_PORT PORT=0 DATA_DIR="$data"
env -u CI ENV=development HOST=127.0.0.1 "${run[@]}" >"$1/serve.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for attempt in $(seq 150); do
  if "${run[@]}" health >/dev/null 2>&1; then break; fi
  if [ "$attempt" = 150 ] || ! kill -0 "$server"; then
    cat "$1/serve.log"
    exit 1
  fi
  sleep 0.2
done
kill -TERM "$server"
wait "$server"
echo "version $version starts on $("$2" --version) with production dependencies alone, answers its health command and stops"
