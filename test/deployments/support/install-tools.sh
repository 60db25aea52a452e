#!/usr/bin/env bash
# Installs what the tests of test/deployments need, as root on Debian: podman and its parts, the client of Docker, and
# Compose v2. Debian 12 has only Compose v1, so the plugin then comes from Debian 13's package.
set -euo pipefail

missing=()
for package in podman buildah runc mmdebstrap netavark aardvark-dns iptables; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
command -v nginx >/dev/null || missing+=(nginx-light)
command -v jq >/dev/null || missing+=(jq)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"; [ ! -e "$scratch-policy" ] || rm -f "$scratch-policy" /usr/sbin/policy-rc.d' EXIT
# Debian starts what it installs. Here only the tests start servers.
[ -e /usr/sbin/policy-rc.d ] || {
  touch "$scratch-policy"
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
}
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# Lays a program of a Debian 13 package into a folder, without installing the package.
from_trixie() { # package, path in the package, folder
  if [ ! -e "$scratch/apt.conf" ]; then
    mkdir -p "$scratch"/{lists,cache/archives}/partial
    chmod -R a+rX "$scratch"
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$scratch/sources.list"
    cat >"$scratch/apt.conf" <<END
Dir::Etc::sourcelist "$scratch/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$scratch/lists";
Dir::Cache "$scratch/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
END
    APT_CONFIG=$scratch/apt.conf apt-get update -qq
  fi
  (cd "$scratch" && APT_CONFIG=$scratch/apt.conf apt-get download -qq "$1" && dpkg-deb -x "$1"_*.deb "$1")
  install -D -t "$3" "$scratch/$1/$2"
}

command -v docker >/dev/null || from_trixie docker-cli usr/bin/docker /usr/local/bin
docker compose version >/dev/null 2>&1 ||
  from_trixie docker-compose usr/libexec/docker/cli-plugins/docker-compose /usr/local/lib/docker/cli-plugins
docker compose version
podman --version
