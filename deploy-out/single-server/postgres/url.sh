# Sourced by the containers that run programs of Postgres. Reads the URL in the file $1 into variables. The password stays out
# of the arguments, which every user of the machine can read, and the programs of Postgres take it from PGPASSWORD.
read_url() {
  local url authority encoded
  url=$(cat "$1")
  authority=${url#*://}
  user=${authority%%:*}
  encoded=${authority%%@*}
  encoded=${encoded#*:}
  PGPASSWORD=$(printf '%b' "${encoded//%/\\x}")
  export PGPASSWORD
  url_without_password="postgresql://$user@${authority#*@}"
}
