import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { images } from '../../charts-ts/targets/compose/images.ts';
import { until } from '../support/until.ts';
import { buildService } from './support/images.ts';
import { buildKong } from './support/kong-stand-in.ts';
import { openPage } from './support/page.ts';
import { openPodman, type Podman } from './support/podman.ts';
import { copyProject, edit } from './support/project.ts';
import { buildMailCatcher, buildPostgres, buildPrometheus, buildRedis } from './support/stand-ins.ts';
import { need } from './support/tools.ts';

const say = (line: string): boolean => process.stdout.write(`  compose: ${line}\n`);

describe('Docker Compose for development', function () {
  this.timeout(600_000);
  let podman: Podman;
  let project: string;
  const page = openPage('docs/deploy/compose.md');
  const commands = page.beginning;

  const run = (script: string, timeout?: number): Promise<string> =>
    podman.shell(script, { cwd: project, ...(timeout && { timeout }) });

  /** Runs an interactive command of the page with a terminal, types into it after its prompt, and leaves it. */
  async function type(beginning: string, prompt: RegExp, input: string, answer: RegExp): Promise<void> {
    const terminal = podman.start(`script -qec '${commands(beginning).trim()}' /dev/null`, { cwd: project });
    let text = '';
    terminal.stdout?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    const ended = once(terminal, 'exit');
    try {
      await until(() => prompt.test(text), 30_000);
      terminal.stdin?.write(`${input}\n`);
      await until(() => answer.test(text), 30_000);
      terminal.stdin?.write('exit\n');
      await ended;
    } catch (error) {
      terminal.kill();
      throw new Error(`${beginning}: ${text}`, { cause: error });
    }
  }

  before(async function () {
    for (const [program, from] of [
      ['nginx', 'the Debian package nginx-light'],
      ['redis-server', 'the Debian package redis-server'],
      ['prometheus', 'the Debian package prometheus'],
      ['jq', 'the Debian package jq'],
      ['script', 'the Debian package bsdutils'],
    ] as const)
      need(this, program, from);
    podman = await openPodman(this);
    project = join(podman.store.folder, 'auth-system');
    copyProject(project);
    buildService(podman.store, 'auth-service:development', 'development');
    buildPostgres(podman.store, images.postgres);
    buildRedis(podman.store, images.redis);
    buildMailCatcher(podman.store, images.mail);
    buildPrometheus(podman.store, images.prometheus);
    buildKong(podman.store, images.kong, readFileSync('deploy-out/compose/kong.yml', 'utf8'));
    say(
      'no registry of images here: nginx with the routes of kong.yml stands in for Kong, a listener for Mailpit,',
    );
    say(
      'Debian for the bases of Node.js, Redis and Prometheus; Postgres 16 is from npm; the image is built beforehand',
    );
  });
  after(async () => podman?.close());

  it('is healthy after `docker compose up -d --wait` in a fresh clone, without .env and keys', async () => {
    const begin = performance.now();
    await run(commands('docker compose up -d --wait\n'));
    const running = await run('docker compose ps --services');
    expect(running.trim().split('\n').sort()).to.deep.equal([
      'auth-db',
      'auth-mail',
      'auth-redis',
      'auth-service',
      'kong',
    ]);
    say(`healthy after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  });

  it('answers the health check and the security headers of the guide', async () => {
    const answer = await run(commands('curl http://localhost:8000/api/v1/health'));
    expect(answer).to.contain('"status":"healthy"').and.to.contain('"environment":"development"');
    expect(answer.toLowerCase()).to.contain('x-content-type-options: nosniff');
    say(answer.split('\n')[0]?.slice(0, 100) ?? '');
  });

  it('registers a user, logs in and answers users/me through the gateway', async () => {
    const answer = await run(commands('curl -X POST http://localhost:8080/api/v1/auth/register'));
    expect(answer.match(/"username":"testuser"/g)?.length).to.equal(2);
    const answered = await run('curl -sI http://localhost:8080/api/v1/health');
    expect(answered).to.match(/^x-stand-in: nginx for Kong/im);
    say('registered, logged in, users/me through 8080');
  });

  it('logs in directly on port 8000 too', async () => {
    const direct = commands('curl -X POST http://localhost:8080/api/v1/auth/register')
      .replaceAll('8080', '8000')
      .replaceAll(/test@example\.com/g, 'direct@example.com')
      .replace('testuser', 'directuser');
    expect((await run(direct)).match(/"username":"directuser"/g)?.length).to.equal(2);
  });

  it('does not let clients reach internal paths through the gateway', async () => {
    for (const path of ['/metrics', '/livez', '/readyz', '/admin', '/api/v1/auth/verify'])
      expect(await run(`curl -s -o /dev/null -w '%{http_code}' http://localhost:8080${path}`), path).to.equal(
        '404',
      );
  });

  it('builds the image again by the command of the page, from the layers of the one before', async () => {
    const output = await run(`${commands('docker compose up -d --wait --build').trim()} 2>&1`);
    expect(output).to.contain('RUN npm ci').and.to.contain('Using cache');
  });

  it('restarts the service when its source changes', async () => {
    edit(join(project, 'app/features/health/endpoints.ts'), "status: 'healthy'", "status: 'edited'");
    const seen = () => run('curl -s http://localhost:8000/api/v1/health || true');
    await until(async () => (await seen()).includes('"status":"edited"'), 60_000);
    say('an edit of a .ts file was seen');
  });

  it('takes an edited query without a restart', async () => {
    const query = join(project, 'app/store/sql/users/find_by_email.sql');
    const login =
      commands('curl -X POST http://localhost:8080/api/v1/auth/register').match(/TOKEN=[^|]*/)?.[0] ?? '';
    const token = () => run(`${login}); echo "$TOKEN"`);
    const startTime = () =>
      run(`docker compose exec -T auth-service node -e "fetch('http://127.0.0.1:9464/metrics')
        .then((answer) => answer.text()).then((text) => console.log(/^process_start_time_seconds .*/m.exec(text)[0]))"`);
    const started = await startTime();
    edit(query, 'where', 'where false and');
    await until(async () => (await token()).includes('"code":"invalid_credentials"'), 30_000);
    edit(query, 'where false and', 'where');
    await until(async () => (await token()).includes('"access_token"'), 30_000);
    expect(await startTime()).to.equal(started);
    say('an edit of a .sql file was seen, without a restart');
  });

  it('opens a shell in the container of the service', () =>
    type('docker compose exec auth-service bash', /\$ /, 'echo $((6 * 7)) $PWD', /42 \/srv\/auth/));

  it('opens psql', () =>
    type(
      'docker compose exec auth-db psql',
      /authdb=# /,
      'select max(username) from users;',
      /testuser[\s\S]*\(1 row\)/,
    ));

  it('follows the log, in which each request appears', async () => {
    const logs = podman.start(`exec ${commands('docker compose logs -f auth-service')}`, { cwd: project });
    let text = '';
    logs.stdout?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    const ended = once(logs, 'exit');
    await run("curl -s http://localhost:8000/api/v1/users/me -H 'X-Request-Id: followed-by-a-test'");
    await until(() => text.includes('followed-by-a-test'), 30_000);
    logs.kill();
    await ended;
    expect(await run('docker compose exec -T auth-service env')).to.contain('LOG_LEVEL=debug');
  });

  it('serves again after `docker compose restart auth-service`, with the same key', async () => {
    const keys = () =>
      run(
        'curl -s --retry 60 --retry-all-errors --retry-delay 1 http://localhost:8000/.well-known/jwks.json',
      );
    const before = await keys();
    await run(commands('docker compose restart auth-service'));
    expect(await keys()).to.equal(before);
  });

  it('takes variables from .env', async () => {
    writeFileSync(
      join(project, '.env.example'),
      `${readFileSync('.env.example', 'utf8')}\nLOG_LEVEL=warn\nJWT_ISSUER=mine\n`,
    );
    await run(commands('cp .env.example .env'));
    const environment = await run('docker compose exec -T auth-service env');
    expect(environment).to.contain('LOG_LEVEL=warn').and.to.contain('JWT_ISSUER=mine');
    expect(environment).to.contain('@auth-db:5432/authdb');
  });

  it('has Prometheus under the profile monitoring, which scrapes the service', async () => {
    await run(commands('docker compose --profile monitoring'));
    const up = () => run(`curl -s 'http://localhost:9090/api/v1/query?query=up'`);
    await until(async () => (await up()).includes('"value":[') && /,"1"\]/.test(await up()), 60_000);
  });

  it('makes another key pair after the page’s commands for a rotation', async () => {
    const keys = () => run('curl -s http://localhost:8000/.well-known/jwks.json');
    const before = await keys();
    await run(commands('docker compose rm'));
    expect(await keys()).not.to.equal(before);
  });

  it('leaves nothing after `docker compose down -v`, with the profile that has been started', async () => {
    await run(commands('docker compose --profile monitoring down -v'));
    await run(commands('docker compose up -d --wait\n'));
    await run(commands('docker compose down -v'));
    expect(await podman.leftovers()).to.deep.equal([]);
    expect(page.unused()).to.deep.equal([]);
    say('down -v left no container, no volume and no network');
  });
});
