#!/usr/bin/env bash
# Runs commands on an EC2 instance by AWS Systems Manager, and waits for their end. The instance needs no open port, and
# the pipeline no key of it. Prints what the commands have printed.
# Usage: tools/deploy/run-on-instance.sh <instance id> <file with {"commands": [...]}>
set -euo pipefail

if [ $# -ne 2 ]; then
  sed -n '4s/^# //p' "$0" >&2
  exit 2
fi
command=$(aws ssm send-command --instance-ids "$1" --document-name AWS-RunShellScript --parameters "file://$2" \
  --query Command.CommandId --output text)

ask() { aws ssm get-command-invocation --command-id "$command" --instance-id "$1" --query "$2" --output text; }

# Systems Manager does not know the command before the instance has received it.
for _ in $(seq 360); do
  status=$(ask "$1" Status 2>/dev/null) || status=Pending
  case $status in
    Pending | InProgress | Delayed) sleep 5 ;;
    *) break ;;
  esac
done
ask "$1" StandardOutputContent
ask "$1" StandardErrorContent >&2
echo "the commands ended with the status $status"
[ "$status" = Success ]
