import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { serviceSources } from './support/source-files.ts';

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The stages of a Dockerfile, each from its FROM on; what precedes the first is stage 0. */
function parseStages(dockerfile: string): Instruction[][] {
  const lines = dockerfile
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const stages: Instruction[][] = [[]];
  for (const line of lines.filter((text) => text.trim())) {
    const [name = '', ...rest] = line.trim().split(/\s+/);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, text: rest.join(' ') });
  }
  return stages;
}

/** `@scope/name/deep/file.js` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('Dockerfile', () => {
  const [head = [], ...stages] = parseStages(readFileSync('Dockerfile', 'utf8'));
  const named = (name: string): Instruction[] =>
    stages.find(([from]) => from?.text.endsWith(` AS ${name}`)) ?? [];
  const final = named('service');
  const all = (name: string, stage = final): string[] =>
    stage.filter((instruction) => instruction.name === name).map(({ text }) => text);
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

  it('starts every stage from one image of a pinned version that the service supports', () => {
    const [, tag = ''] = /^NODE_IMAGE=node:(.+)$/.exec(all('ARG', head)[0] ?? '') ?? [];
    expect(tag).to.match(/^\d+\.\d+\.\d+-\w+-slim(@sha256:[0-9a-f]{64})?$/);
    const oldest: string = manifest.engines.node.replace('>=', '');
    expect(tag.localeCompare(oldest, 'en', { numeric: true })).to.be.greaterThan(0);
    for (const stage of stages)
      expect(all('FROM', stage)[0]).to.match(
        /^(\$\{NODE_IMAGE\}|build|service)( AS \w+)?$|^\$\{POSTGRES_IMAGE\} AS postgres$/,
      );
    expect(all('FROM')).to.deep.equal([`\${NODE_IMAGE} AS service`]);
    expect(stages.at(-1), 'what is built without --target').to.deep.equal([
      { name: 'FROM', text: 'service' },
    ]);
  });

  it('adds to the final stage only what is copied, and removes the programs that install packages', () => {
    const [removal, ...others] = all('RUN');
    expect(others).to.deep.equal([]);
    const [command, options, ...paths] = removal?.split(/\s+/) ?? [];
    expect([command, options]).to.deep.equal(['rm', '-rf']);
    const programs = ['npm', 'npx', 'corepack', 'yarn', 'yarnpkg'].map((name) => `/usr/local/bin/${name}`);
    expect(paths).to.have.members(['/usr/local/lib/node_modules', '/opt/yarn-*', ...programs]);
    expect(all('COPY')).to.deep.equal([
      '--from=dependencies /srv/auth/node_modules node_modules',
      '--from=build /srv/auth/dist dist',
      'migrations migrations',
      'package.json ./',
      'app/auth-service /usr/local/bin/',
    ]);
  });

  it('has a stage for development with all dependencies, which runs as the same user', () => {
    const stage = stages.find((candidate) => all('FROM', candidate)[0] === 'build AS development');
    expect(all('USER', stage)).to.deep.equal(['10001:10001']);
    const [shell, , script] = JSON.parse(all('CMD', stage)[0] ?? '');
    expect([shell, script]).to.deep.equal([
      'bash',
      'node --import=tsx app/main.ts migrate && exec node_modules/.bin/tsx watch --clear-screen=false app/main.ts',
    ]);
    expect(manifest.scripts.dev).to.contain('tsx watch --clear-screen=false app/main.ts');
  });

  it('has a stage for backups: the service and the programs of one version of Postgres, as the same user', () => {
    const stage = named('backup');
    expect(all('FROM', stage)).to.deep.equal(['service AS backup']);
    expect(all('USER', stage)).to.deep.equal(['root', '10001:10001']);
    expect(all('ENTRYPOINT', stage)).to.deep.equal([]);
    expect(all('FROM', named('postgres'))).to.deep.equal([`\${POSTGRES_IMAGE} AS postgres`]);
    const copied = all('COPY', stage).join(' ');
    for (const file of ['bin/pg_dump', 'bin/pg_restore', 'libpq.so.5']) expect(copied).to.contain(file);
    // Both images are of one release of Debian, or the programs would not find their libraries.
    const release = /-(\w+)-slim/.exec(all('ARG', head)[0] ?? '')?.[1];
    expect(all('ARG', head)[1]).to.match(new RegExp(`^POSTGRES_IMAGE=postgres:\\d+-${release}$`));
  });

  it('installs production dependencies only', () => {
    const stage = stages.find((candidate) => all('FROM', candidate)[0]?.endsWith(' AS dependencies'));
    expect(all('RUN', stage)).to.deep.equal(['npm ci --omit=dev']);
  });

  it('runs as a numeric user that is not root', () => {
    expect(all('USER')).to.deep.equal(['10001:10001']);
  });

  it('is production unless told otherwise, and carries no other setting', () => {
    expect(all('ENV')).to.deep.equal(['ENV=production NODE_ENV=production']);
    expect(all('EXPOSE')).to.deep.equal(['8000 9464']);
    expect(all('WORKDIR')).to.deep.equal(['/srv/auth']);
  });

  it('starts the program of the image, which becomes Node.js, so that a signal reaches it', () => {
    expect(JSON.parse(all('ENTRYPOINT')[0] ?? '')).to.deep.equal(['auth-service']);
    const [last] = readFileSync('app/auth-service', 'utf8').trimEnd().split('\n').slice(-1);
    const folder = all('WORKDIR')[0];
    expect(last).to.equal(`exec node --require ${folder}/dist/threads.cjs ${folder}/dist/main.js "$@"`);
    expect(statSync('app/auth-service').mode & 0o111).to.equal(0o111);
    for (const source of ['app/threads.cts', 'app/main.ts', 'app/commands/port-keeper/entry.ts'])
      expect(existsSync(source)).to.equal(true);
  });

  it('starts the port keeper without the preload and the parser of the service', () => {
    const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
    try {
      writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "$*"\n', { mode: 0o755 });
      const env = { PATH: `${folder}:${process.env.PATH}` };
      const run = (...args: string[]): string =>
        execFileSync('sh', ['app/auth-service', ...args], { env, encoding: 'utf8' }).trim();
      expect(run('keep-port')).to.equal(`${all('WORKDIR')[0]}/dist/commands/port-keeper/entry.js`);
      expect(run('serve')).to.match(/^--require .+\/main\.js serve$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('asks its own health command whether it is well', () => {
    const [, command = ''] = / CMD (.+)$/.exec(all('HEALTHCHECK')[0] ?? '') ?? [];
    expect(JSON.parse(command)).to.deep.equal(['auth-service', 'health']);
  });

  it('says what it is in the labels of the Open Container Initiative', () => {
    const labels = [...(all('LABEL')[0] ?? '').matchAll(/org\.opencontainers\.image\.(\w+)=/g)].map(
      ([, key]) => key,
    );
    expect(labels).to.include.members(['title', 'description', 'licenses', 'version', 'revision']);
  });

  it('copies only files that exist and that .dockerignore lets through, and nothing else gets through', () => {
    const copied = stages
      .flatMap((stage) => all('COPY', stage))
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    const [everything, ...allowed] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(everything).to.equal('*');
    // A folder lets its files through.
    const roots = copied.map((file) => (file.startsWith('app/') ? 'app' : file));
    expect(allowed.map((line) => line.replace('!', ''))).to.have.members([...new Set(roots)]);
    for (const file of copied) expect(existsSync(file), file).to.equal(true);
  });
});

describe('the production image', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

  it('needs no package of the development dependencies', () => {
    // Only for a terminal, and the log does without it where it is absent.
    const optional = ['pino-pretty'];
    const needed = [...serviceSources()]
      .flatMap(([file, { imports }]) => imports.map((specifier) => ({ file, specifier })))
      .filter(({ specifier }) => !isBuiltin(specifier) && !/^(\.\.?\/|app\/|package\.json$)/.test(specifier))
      .map(({ file, specifier }) => ({ file, name: packageOf(specifier) }));
    const missing = needed.filter(({ name }) => !(name in manifest.dependencies) && !optional.includes(name));
    expect(missing).to.deep.equal([]);
    expect(needed.length).to.be.greaterThan(0);
  });

  it('gets every file of app/ that is not TypeScript', () => {
    const others = readdirSync('app', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.c?ts$/.test(entry.name))
      // The final stage copies it to another place.
      .filter(({ name }) => name !== 'auth-service')
      .map((entry) => entry.parentPath);
    const copied = ['app/store/sql', 'app/features/passwords', 'app/store/usernames'];
    expect(others.filter((folder) => !copied.some((known) => folder.startsWith(known)))).to.deep.equal([]);
    expect(manifest.scripts.build).to.contain('cp -R app/store/sql dist/store/');
    expect(manifest.scripts.build).to.contain('cp app/features/passwords/*.gz dist/features/passwords/');
    expect(manifest.scripts.build).to.contain('cp app/store/usernames/*.txt dist/store/usernames/');
  });
});
