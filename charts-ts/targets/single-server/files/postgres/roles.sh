#!/bin/bash
# Runs once, while the volume of auth-db is empty: the database and the two roles of docs/operations.md, "Database roles",
# with the users and the passwords of the URLs. In a subshell, because the entrypoint of the image may source this file.
(
  set -euo pipefail

  # Reads the URL in the file $1 into variables. The password stays out of the arguments, which every user of the machine can
  # read.
  read_url() {
    local url authority encoded
    url=$(cat "$1")
    authority=${url#*://}
    user=${authority%%:*}
    encoded=${authority%%@*}
    encoded=${encoded#*:}
    password=$(printf '%b' "${encoded//%/\\x}")
  }

  read_url /run/secrets/db-owner-url
  export owner=$user owner_password=$password
  read_url /run/secrets/db-url
  export service=$user service_password=$password

  psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner owner
\getenv owner_password owner_password
\getenv service service
\getenv service_password service_password
-- createdb is for the restore drill.
create role :"owner" login createdb password :'owner_password';
create role :"service" login password :'service_password';
create database authdb owner :"owner";
revoke all on database authdb from public;
grant connect on database authdb to :"service";
SQL
)
