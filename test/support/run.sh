#!/bin/sh
# `npm test`, with or without files: mocha under coverage, then the summary as the very last lines. A run that ended
# before it had one has failed, whatever its exit status says.
rm -rf coverage
mkdir coverage
SUMMARY_FILE=coverage/summary.txt c8 mocha "$@"
status=$?
if [ -f coverage/summary.txt ]; then
  cat coverage/summary.txt
else
  echo 'the run ended before its summary' >&2
  [ "$status" -ne 0 ] || status=1
fi
exit "$status"
