import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildService } from './images.ts';
import type { Machine } from './machine.ts';
import { createPodmanStore } from './podman-store.ts';

/** The programs of Debian 13 that stand in for images of Docker Hub, which a test cannot reach. */
const packages =
  'nginx-light,postgresql-17,redis-server,bash,dash,coreutils,findutils,grep,sed,base-files,util-linux';
const users = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/:/bin/false
postgres:x:999:999::/var/lib/postgresql:/bin/bash
`;

/** As the entry point of the image of Docker Hub, with the variables that the Compose file sets. */
const postgresEntry = `#!/bin/bash
set -euo pipefail
data=/var/lib/postgresql/data
[ "\${1:-}" = postgres ] || exec "$@"
if [ ! -s "$data/PG_VERSION" ]; then
  initdb --pgdata="$data" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust $POSTGRES_INITDB_ARGS
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  pg_ctl --pgdata="$data" --options="-c listen_addresses=''" --wait start
  for file in /docker-entrypoint-initdb.d/*; do . "$file"; done
  pg_ctl --pgdata="$data" --mode=fast --wait stop
fi
exec postgres -D "$data" -c listen_addresses='*'
`;

const groups = 'root:x:0:\nnogroup:x:65534:\npostgres:x:999:\n';

const standIns: Readonly<Record<string, string>> = {
  'nginx:1.28.0': 'FROM programs:1\nCMD ["nginx", "-g", "daemon off;"]',
  'postgres:16.9':
    'FROM programs:1\nVOLUME /var/lib/postgresql/data\nSTOPSIGNAL SIGINT\nENTRYPOINT ["bash", "/entry.sh"]\nCMD ["postgres"]',
  'redis:7.4.2': 'FROM programs:1\nCMD ["redis-server"]',
};

/** The compiler of Postgres for long queries, and what nobody reads in a container: half of the size. */
const unneeded = [
  './usr/lib/x86_64-linux-gnu/libLLVM*',
  './usr/lib/postgresql/17/lib/llvmjit*',
  './usr/share/doc/*',
  './usr/share/locale/*',
  './usr/share/man/*',
];

/** The root of the stand-ins. Its archive stays in the temporary folder of this machine for the next run. */
function programsArchive(): string {
  const archive = join(tmpdir(), 'auth-server-programs-1.tar');
  if (existsSync(archive)) return archive;
  const whole = `${archive}.new.tar`;
  const options = ['--quiet', '--variant=extract', `--include=${packages}`, 'trixie', whole];
  execFileSync('mmdebstrap', options, { stdio: 'pipe' });
  execFileSync('tar', ['--delete', '--file', whole, '--wildcards', ...unneeded], { stdio: 'pipe' });
  renameSync(whole, archive);
  return archive;
}

const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

/** What the packages lack without their installation scripts. */
const base = `FROM programs:0
ENV PATH=/usr/lib/postgresql/17/bin:/usr/sbin:/usr/bin
RUN echo ${inBase64(users)} | base64 -d >/etc/passwd && echo ${inBase64(groups)} | base64 -d >/etc/group
RUN echo ${inBase64(postgresEntry)} | base64 -d >/entry.sh
RUN mkdir -p /var/lib/postgresql/data && chown -R 999:999 /var/lib/postgresql
`;

/** Gives the Docker of a machine what it would pull from Docker Hub. The suite has to say that these are stand-ins. */
export async function loadStandIns(machine: Machine): Promise<void> {
  execFileSync('cp', [programsArchive(), join(machine.root, 'root/programs.tar')]);
  await machine.run('docker import /root/programs.tar programs:0; rm /root/programs.tar');
  const files = { 'programs:1': base, ...standIns };
  for (const [name, text] of Object.entries(files))
    await machine.run(`DOCKER_BUILDKIT=0 docker build --tag ${name} -`, text);
}

/**
 * Builds the image with the programs of Postgres from the image of the service, because the target `backup` of the
 * Dockerfile takes them from an image of Docker Hub. It has no rclone and no gpg.
 */
export async function loadBackupImage(machine: Machine): Promise<void> {
  const from = 'COPY --from=auth-service:1.0.0';
  const text = `FROM programs:1
${from} /usr/local/bin /usr/local/bin
${from} /srv/auth /srv/auth
ENV ENV=production NODE_ENV=production PATH=/usr/local/bin:/usr/lib/postgresql/17/bin:/usr/bin
WORKDIR /srv/auth
USER 10001:10001
ENTRYPOINT ["auth-service"]
`;
  await machine.run('DOCKER_BUILDKIT=0 docker build --tag auth-service-backup:1.0.0 -', text);
}

/** Builds the image of the service, and saves it as `docker save` does. */
export function saveServiceImage(name: string, file: string): void {
  const store = createPodmanStore();
  buildService(store, name);
  store.podman(
    'save',
    '--quiet',
    '--format',
    'docker-archive',
    '--output',
    file,
    `docker.io/library/${name}`,
  );
}
