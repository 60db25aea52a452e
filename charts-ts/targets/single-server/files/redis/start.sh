#!/bin/bash
# The password is that of the URL, and stays out of the arguments, which every user of the machine can read.
set -euo pipefail
exec redis-server - < <(
  cat /opt/redis/redis.conf
  sed -nE 's#^redis://[^:]*:([^@]+)@.*#requirepass \1#p' /run/secrets/redis-url
)
