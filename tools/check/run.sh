#!/usr/bin/env bash
# `npm run check`: everything that CI checks. Every step runs even if an earlier one failed. The last lines repeat the
# end of each failed step, and the counts of the tests. Where Postgres, Redis, promtool or Chromium are missing, tests that
# need them are skipped by name; with CI=true a skipped test is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

failed=()
scratch=$(mktemp -d)
# The image runs as another user.
chmod 755 "$scratch"
mkdir "$scratch/steps"
finish() {
  local status=$?
  # What could not be run here is named, and counted apart.
  if [ -f "$scratch/deployments.log" ]; then
    sed -n 's/^\(skipped\|not run\): /deployments: &/p' "$scratch/deployments.log"
    sed -n -e 's/^failed: /deployments: &/p' -e 's/^tests: /deployments: /p' "$scratch/deployments.log"
    grep -q '^tests: ' "$scratch/deployments.log" || echo 'deployments: ended before all tests had run'
  fi
  # Failures come last: a log is often shown from its end.
  for name in "${failed[@]}"; do
    echo "=== end of the failed step: $name"
    tail -n 40 "$scratch/steps/$name.log" | cut -c -300
  done
  if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    status=1
  fi
  [ ! -f "$scratch/summary.txt" ] || tail -n 1 "$scratch/summary.txt"
  rm -rf "$scratch"
  exit "$status"
}
trap finish EXIT

step() {
  echo "=== $1"
  # A fresh shell: inside `||` this one would ignore `set -e`.
  bash -euo pipefail "${@:2}" 2>&1 | tee "$scratch/steps/$1.log" || failed+=("$1")
}

# Installs another version of Node.js from the npm registry. Prints the folder of its executable.
node_version() {
  local package folder=$scratch/node-$1
  package=node-$(node -p '`${process.platform}-${process.arch}`')
  [ -d "$folder" ] || npm install --silent --no-save --prefix "$folder" "$package@$1" >&2
  echo "$folder/node_modules/$package/bin"
}

image_node=$(sed -n 's/^ARG NODE_IMAGE=node:\([0-9.]*\)-.*/\1/p' Dockerfile)

step lint -c 'npm run --silent lint'
step types -c 'npm run --silent types'
step tests -c "TEST_STORES=all SUMMARY_FILE=$scratch/summary.txt tools/check/coverage.sh"
step processes -c "npm run --silent test:processes 2>&1 | tee $scratch/processes.log"
if [ "${CI:-}" = true ]; then
  step 'no test was skipped' -c "! grep -h '^skipped: ' $scratch/summary.txt $scratch/processes.log"
  step 'both stores were exercised' -c "grep '^stores: embedded' $scratch/summary.txt; grep '^stores: real' $scratch/summary.txt"
fi
# With DEPLOYMENTS=report a failure of these tests is printed, here and in the last lines, and is no failure of the check.
step deployments -c "timeout --kill-after=60 2400 npm run --silent test:deployments 2>&1 | tee $scratch/deployments.log || [ '${DEPLOYMENTS:-}' = report ]"
step build -c 'npm run --silent build'
step 'generated files are current' -c '
  npm run --silent docs && npm run --silent synth
  generated="k8s-out deploy-out docs .env.example charts-ts/values.schema.json $(node --import=tsx tools/check/root-files.ts)"
  git diff --exit-code -- $generated
  test -z "$(git status --porcelain -- $generated)"'
for cloud in eks gke aks; do
  step "manifests of $cloud" -c "npm run --silent validate -- k8s-out/$cloud"
done
step 'template of ecs' -c 'npm run --silent validate -- deploy-out/ecs --target ecs'
step 'production image' tools/check/image-smoke.sh "$scratch/image" "$(node_version "$image_node")/node"
step 'production image on Node.js 26' tools/check/image-smoke.sh "$scratch/image-26" "$(node_version 26)/node"
step 'tests on the Node.js of the image' -c "
  export PATH='$(node_version "$image_node")':\$PATH
  test \"\$(node --version)\" = 'v$image_node'
  npm test
  npm run --silent test:processes"
