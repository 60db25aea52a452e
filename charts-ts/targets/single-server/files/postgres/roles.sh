#!/bin/bash
# Runs once, while the volume of auth-db is empty: the database and the two roles of docs/operations.md, "Database roles",
# with the users and the passwords of the URLs. In a subshell, because the entrypoint of the image may source this file.
(
  set -euo pipefail
  . /opt/postgres/url.sh

  read_url /run/secrets/db-owner-url
  export owner=$user owner_password=$PGPASSWORD
  read_url /run/secrets/db-url
  export service=$user service_password=$PGPASSWORD
  unset PGPASSWORD

  psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner owner
\getenv owner_password owner_password
\getenv service service
\getenv service_password service_password
create role :"owner" login password :'owner_password';
create role :"service" login password :'service_password';
create database authdb owner :"owner";
revoke all on database authdb from public;
grant connect on database authdb to :"service";
SQL
)
