import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { limits } from '../../charts-ts/targets/heroku/plans.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { freePort, type ManagedProcess, startProcess } from '../../tools/torture/harness/process.ts';
import { startRedisProcess } from '../infrastructure/servers/redis-server.ts';
import { createCertificates } from '../support/certificates.ts';
import { compiledApp } from '../support/compiled-app.ts';
import { pemPair } from '../support/keys.ts';
import { runOn } from '../support/servers.ts';
import { startTlsPostgres } from '../support/tls-postgres.ts';
import { until } from '../support/until.ts';
import { createFrontEnd, type FrontEnd } from './support/front-end.ts';
import { needStores } from './support/private-stores.ts';
import { needPackage } from './support/tools.ts';

const host = 'api.yourdomain.com';
const memoryOfDyno = 512;

/** Postgres and Redis as the add-ons give them: TLS with a self-signed certificate, and a URL with a password. */
async function startAddons(cleanup: ReturnType<typeof createCleanup>): Promise<Record<string, string>> {
  const certificates = createCertificates();
  cleanup.add(() => certificates.remove());
  const { certFile, keyFile, cert } = certificates.selfSigned;
  const password = randomBytes(18).toString('hex');
  const postgres = await startTlsPostgres(certificates.selfSigned, password);
  cleanup.add(() => postgres.close());
  await runOn(`postgresql://postgres@127.0.0.1:${postgres.port}/postgres`, 'create database d1 owner scram');
  const redis = await startRedisProcess({
    cleanup,
    args: [
      ...['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile],
      ...['--tls-auth-clients', 'no', '--requirepass', password],
    ],
    client: { tls: { ca: cert, servername: 'localhost' }, password },
  });
  return {
    DATABASE_URL: `postgres://scram:${password}@127.0.0.1:${postgres.port}/d1`,
    REDIS_URL: `rediss://:${password}@127.0.0.1:${redis.port}`,
  };
}

/** What the operator sets and Heroku generates, as app.json asks for it. */
function secretsOf(): Record<string, string> {
  const { privatePem, publicPem } = pemPair('heroku');
  return {
    JWT_PRIVATE_KEY: privatePem,
    JWT_PUBLIC_KEY: publicPem,
    METRICS_TOKEN: randomBytes(32).toString('hex'),
  };
}

describe('Heroku', function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  const config: Record<string, string> = {};
  let slug: string;
  let foreman: string;
  let port: number;
  let web: ManagedProcess;
  let router: FrontEnd;

  before(async function () {
    needStores(this);
    foreman = join(needPackage(this, 'foreman'), '.bin/nf');
    slug = mkdtempSync(join(tmpdir(), 'heroku-'));
    cleanup.add(() => rmSync(slug, { recursive: true }));
    for (const name of ['dist', 'migrations', 'package.json'])
      symlinkSync(join(compiledApp(), name), join(slug, name));
    symlinkSync(join(process.cwd(), 'Procfile'), join(slug, 'Procfile'));
    const { env } = JSON.parse(readFileSync('app.json', 'utf8'));
    const secrets = secretsOf();
    for (const [name, { value }] of Object.entries<{ value?: string }>(env))
      config[name] = value ?? secrets[name] ?? '';
    Object.assign(config, await startAddons(cleanup));
    writeFileSync(join(slug, 'config.json'), JSON.stringify(config));
    port = await freePort();
    router = createFrontEnd('127.0.0.1', port, host, '6.6.6.6, 198.51.100.7');
  });
  after(() => cleanup.run());

  /** Starts a process of the Procfile with foreman, which gives it nothing but the config vars and PORT. */
  function startDyno(name: string): ManagedProcess {
    const managed = startProcess(
      [
        process.execPath,
        foreman,
        '--env',
        'config.json',
        '--port',
        String(port),
        'start',
        '--raw',
        `${name}=1`,
      ],
      { logFile: join(slug, `${name}.log`), cwd: slug },
    );
    cleanup.add(() => void managed.stop('SIGKILL'));
    return managed;
  }

  const logOf = (name: string): string => readFileSync(join(slug, `${name}.log`), 'utf8');

  async function runDyno(name: string): Promise<string> {
    await startDyno(name).ended;
    return logOf(name);
  }

  const childOf = (pid: number): number =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

  /** The process of the service: foreman starts a shell, and the shell starts Node.js. */
  const serviceId = (): number => childOf(childOf(web.pid));

  it('migrates in the release phase with the URL of the add-on', async () => {
    const log = await runDyno('release');
    expect(log).to.contain('"applied":["0001_init.sql"').and.to.contain('Exited Successfully');
  });

  it('starts web on the port of the dyno, and reaches both add-ons', async () => {
    web = startDyno('web');
    // foreman does not end what its shell has started.
    cleanup.add(() => {
      if (web.isRunning()) process.kill(serviceId(), 'SIGKILL');
    });
    await until(async () => {
      if (!web.isRunning()) throw new Error(logOf('web'));
      return (await router.statusOf('/api/v1/health/ready')) === 200;
    }, 60_000);
    const { body } = await router.send('/api/v1/health/ready');
    expect(body.checks).to.include({ postgres: 'up', schema: 'current', redis: 'up' });
  });

  it('registers, logs in and takes the address that the router has added for the client', async () => {
    expect(await router.journey()).to.deep.equal({
      statuses: [201, 200, 200, 200],
      addresses: ['198.51.100.7'],
    });
  });

  it('answers to the host of the values only', async () => {
    const other = createFrontEnd('127.0.0.1', port, 'auth-service-prod-0123.herokuapp.com', '198.51.100.7');
    expect(await other.statusOf('/api/v1/users/me')).to.equal(400);
  });

  it('shows the metrics to the holder of the generated token alone', async () => {
    expect(await router.statusOf('/metrics')).to.equal(401);
    const authorization = `Bearer ${config.METRICS_TOKEN}`;
    const { body, status } = await router.send('/metrics', { headers: { authorization } });
    expect(status).to.equal(200);
    expect(body).to.match(/^http_requests_total\{/m);
  });

  it('fits into the memory of the dyno', () => {
    const kibibytes = Number(
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${serviceId()}/status`, 'utf8'))?.[1],
    );
    expect(kibibytes / 1024).to.be.within(1, memoryOfDyno);
  });

  it('warns that it verifies neither add-on', () => {
    expect(logOf('web')).to.match(/unverified/);
  });

  it('purges with the arguments of the Procfile', async () => {
    expect(await runDyno('purge')).to.contain('Exited Successfully');
  });

  it('ends by itself before Heroku kills it, with a request that never ends', async () => {
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => undefined);
    const head = ['POST /api/v1/auth/login HTTP/1.1', `Host: ${host}`, 'Content-Length: 100'];
    slow.write(`${head.join('\r\n')}\r\nContent-Type: application/json\r\n\r\n{`);
    const authorization = `Bearer ${config.METRICS_TOKEN}`;
    await until(async () => {
      const { body } = await router.send('/metrics', { headers: { authorization } });
      return /http_requests_in_flight\S* [1-9]/.test(body);
    });
    // Heroku signals the shell as well, which changes nothing but the status that foreman would see.
    process.kill(serviceId(), 'SIGTERM');
    await until(() => logOf('web').includes('Exited'), limits.terminationSeconds * 1000);
    slow.destroy();
    expect(logOf('web')).to.contain('Exited Successfully');
  });
});
