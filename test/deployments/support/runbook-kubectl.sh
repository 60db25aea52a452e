#!/usr/bin/env bash
# Stands in for kubectl where there is no cluster. The real kubectl parses each command line. Then this script runs programs
# of a pod with the variables of the service (RUNBOOK_ENV), prints the log of the service (RUNBOOK_LOG), and gives the URL of
# the database. Everything else needs a cluster: it is parsed only. RUNBOOK_RECORD gets a line for each call: how far it
# ran, and the command line.
set -uo pipefail

record() { printf '%s\t%s\n' "$1" "${command_line//$'\n'/ }" >>"$RUNBOOK_RECORD"; }

refuse() {
  record refused
  echo "stand-in for kubectl: $1" >&2
  exit 64
}

command_line="kubectl $*"
inner=()
for ((at = 1; at <= $#; at++)); do
  if [ "${!at}" = -- ]; then
    inner=("${@:at+1}")
    break
  fi
done

# Nothing listens there, so the real kubectl gets as far as its first request.
parsed=$("$RUNBOOK_KUBECTL" --kubeconfig /dev/null --server http://127.0.0.1:1 --request-timeout 2s "$@" </dev/null 2>&1) || true
[[ $parsed == *'127.0.0.1:1'*refused* ]] || refuse "kubectl refuses the command line: $parsed"

case ${1:-} in
  exec)
    case ${inner[0]:-} in
      auth-service) inner=("$RUNBOOK_NODE" --require "$RUNBOOK_APP/threads.cjs" "$RUNBOOK_APP/main.js" "${inner[@]:1}") ;;
      node) inner[0]=$RUNBOOK_NODE ;;
      *) refuse "the image has no program ${inner[0]:-}" ;;
    esac
    record ran
    set -a
    # shellcheck source=/dev/null
    source "$RUNBOOK_ENV"
    exec "${inner[@]}"
    ;;
  logs)
    record ran
    exec cat "$RUNBOOK_LOG"
    ;;
  get)
    if [[ $command_line == *'.data.db-url'* ]]; then
      record ran
      printf %s "$RUNBOOK_DATABASE_URL" | base64 --wrap=0
      exit
    fi
    record parsed
    # What a variable of the page gets must not be empty.
    [[ $command_line != *' pods '*' -o name'* ]] || echo "pod/$POD"
    exit
    ;;
esac
record parsed
