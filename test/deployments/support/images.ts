import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PodmanStore } from './podman-store.ts';

/** The packages of node:…-bookworm-slim on which Node.js and the page's commands depend. */
const basePackages =
  'libc6,libstdc++6,libgcc-s1,dash,coreutils,libacl1,libattr1,libselinux1,libpcre2-8-0,libgmp10,bash,base-files';

/** The folder of the certificates by which this machine reaches registries of packages. */
const certificates = '/etc/ssl/certs';

function say(line: string): void {
  process.stdout.write(`  images: ${line}\n`);
}

function output(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}

/** The whole name of an image, as podman stores what Docker calls by its short name. */
function wholeName(name: string): string {
  const [first = ''] = name.split('/');
  if (!name.includes('/')) return `docker.io/library/${name}`;
  return first.includes('.') || first === 'localhost' ? name : `docker.io/${name}`;
}

function exists({ env }: PodmanStore, name: string): boolean {
  return spawnSync('podman', ['image', 'exists', wholeName(name)], { env }).status === 0;
}

interface Build {
  /** The folder with the Dockerfile. */
  readonly folder: string;
  readonly args?: readonly string[];
}

/** Builds a Dockerfile without a registry of images. Commands in it reach the registries of packages as this machine does. */
export function buildImage(store: PodmanStore, name: string, { args = [], folder }: Build): void {
  const begin = performance.now();
  mkdirSync(join(homedir(), '.npm'), { recursive: true });
  store.podman(
    'build',
    '--quiet',
    // The other format has no HEALTHCHECK.
    ...['--format', 'docker', '--isolation', 'chroot', '--network', 'host'],
    ...['--volume', `${certificates}:${certificates}:ro`, '--volume', `${homedir()}/.npm:/root/.npm`],
    ...['--tag', wholeName(name), ...args, folder],
  );
  say(`${name} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

/** A root of Debian of the version of this machine, as an image. It stands in for debian:…-slim. */
export function buildDebian(store: PodmanStore, name = 'localhost/debian', packages = basePackages): void {
  if (exists(store, name)) return;
  const folder = join(store.folder, 'debian');
  mkdirSync(folder, { recursive: true });
  const suite = output('bash', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"');
  execFileSync(
    'mmdebstrap',
    ['--quiet', '--variant=extract', `--include=${packages}`, suite, join(folder, 'root.tar')],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // The users of base-passwd, which this root does not contain.
  writeFileSync(
    join(folder, 'passwd'),
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  );
  writeFileSync(join(folder, 'group'), 'root:x:0:\nnogroup:x:65534:\n');
  writeFileSync(
    join(folder, 'Dockerfile'),
    'FROM scratch\nADD root.tar /\nCOPY passwd group /etc/\nCMD ["bash"]\n',
  );
  buildImage(store, name, { folder });
  rmSync(folder, { recursive: true });
}

/** Debian with Node.js and npm of this machine, under the name that the Dockerfile of the service begins with. */
export function buildNode(store: PodmanStore): void {
  const [, name = ''] = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  if (exists(store, name)) return;
  buildDebian(store);
  const folder = join(store.folder, 'node');
  mkdirSync(folder, { recursive: true });
  copyFileSync(process.execPath, join(folder, 'node'));
  cpSync(join(output('npm', 'root', '--global'), 'npm'), join(folder, 'npm'), { recursive: true });
  const settings = [`registry=${output('npm', 'config', 'get', 'registry')}`];
  if (existsSync(`${certificates}/ca-certificates.crt`))
    settings.push(`cafile=${certificates}/ca-certificates.crt`);
  writeFileSync(join(folder, 'npmrc'), `${settings.join('\n')}\n`);
  writeFileSync(
    join(folder, 'Dockerfile'),
    `FROM localhost/debian
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY npmrc /usr/local/etc/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
CMD ["node"]
`,
  );
  buildImage(store, name, { folder });
  rmSync(folder, { recursive: true });
}

/** The image of the service, from the Dockerfile. */
export function buildService(store: PodmanStore, name: string, target?: string): void {
  buildNode(store);
  buildImage(store, name, { folder: '.', args: target ? ['--target', target] : [] });
}

/** What an image contains that is built from the programs of this machine. */
export interface StandIn {
  /** Paths of programs. Their shared libraries are copied as well. */
  readonly programs?: readonly string[];
  /** Folders of this machine by their path in the image. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Texts of files by their path in the image. Those below /usr/local/bin are executable. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further lines of the Dockerfile: users, entry point, health check. */
  readonly instructions: string;
}

/** The path of a program and of every shared library that it loads. */
function closure(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [program, ...[...stdout.matchAll(/(?:=> |^\s+)(\/\S+)/gm)].map(([, path = '']) => path)];
}

/**
 * Builds an image from programs of Debian packages, under the name of an image that only a registry has. The suite has
 * to say that it is not the real one.
 */
export function buildStandIn(store: PodmanStore, name: string, standIn: StandIn): void {
  buildDebian(store);
  const folder = join(store.folder, 'stand-in');
  const root = join(folder, 'root');
  for (const file of new Set((standIn.programs ?? []).flatMap(closure))) {
    // Debian's /lib and /bin are links into /usr.
    const place = join(root, file.replace(/^\/(lib|lib64|bin|sbin)\//, '/usr/$1/'));
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(file, place);
  }
  for (const [path, source] of Object.entries(standIn.folders ?? {}))
    cpSync(source, join(root, path), { recursive: true, verbatimSymlinks: true });
  for (const [path, text] of Object.entries(standIn.files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    if (path.startsWith('/usr/local/bin/')) chmodSync(join(root, path), 0o755);
  }
  writeFileSync(join(folder, 'Dockerfile'), `FROM localhost/debian\nCOPY root /\n${standIn.instructions}\n`);
  buildImage(store, name, { folder });
  rmSync(folder, { recursive: true });
}
