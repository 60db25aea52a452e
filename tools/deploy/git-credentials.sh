#!/usr/bin/env bash
# A credential helper of git for the token of Heroku, which then is no argument of a process.
# Usage: git -c credential.helper="$PWD/tools/deploy/git-credentials.sh" push https://git.heroku.com/...
set -euo pipefail

[ "$1" = get ] || exit 0
printf 'username=pipeline\npassword=%s\n' "$HEROKU_API_KEY"
