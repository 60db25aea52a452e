import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { requiredForKeyPair, requiredInProduction } from '../../app/config/config.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { initializedDataDir } from '../support/data-dir.ts';
import { managementPort, post, serviceUrl } from '../support/executable.ts';
import { type Running, start } from '../support/process.ts';
import { createScratchDatabase, hasRealPostgres, onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';

describe('The executable', function () {
  // Each test boots a process of its own, some with an embedded Postgres.
  this.timeout(60_000);
  let dataDir: string;
  let scratch: Awaited<ReturnType<typeof createScratchDatabase>> | undefined;
  const running: Running[] = [];
  const launch = (args: string[], variables: Record<string, string> = {}): Running => {
    const process = start(args, { DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0', ...variables });
    running.push(process);
    return process;
  };
  /** The real Postgres where there is one: the embedded one takes longer to start. */
  const database = (): Record<string, string> =>
    scratch ? { DB_PRIMARY_DB_URL: `${scratch.url()}?sslmode=disable` } : {};
  const launchQuickly = (variables: Record<string, string>): Running =>
    launch([], { ...database(), ...variables });

  before(async () => {
    dataDir = await initializedDataDir();
    if (hasRealPostgres) scratch = await createScratchDatabase();
    if (scratch)
      await migrate({ target: { url: scratch.url, sslMode: 'disable', caFile: undefined }, log: silentLog });
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.splice(0).map(({ ended }) => ended));
  });
  after(async () => {
    rmSync(dataDir, { recursive: true, force: true });
    await scratch?.drop();
  });

  it('ends by an error that nobody caught, and says so in one line of its log', async () => {
    const fault = 'process.on("SIGUSR2", () => { throw new Error("unforeseen"); })';
    const preload = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
    const service = launchQuickly({ NODE_OPTIONS: preload });
    await serviceUrl(service);
    service.child.kill('SIGUSR2');
    expect(await service.ended).to.equal(1);
    const last = JSON.parse(service.output().trimEnd().split('\n').at(-1) ?? '');
    expect(last).to.deep.include({ level: 'fatal', event: 'crashed' });
    expect(last.err).to.include({ type: 'Error', message: 'unforeseen' });
  });

  it('lists every missing production variable in one message and exits with 78', async () => {
    const service = launch([], { ENV: 'production' });
    expect(await service.ended).to.equal(78);
    for (const name of [...requiredInProduction, ...requiredForKeyPair]) {
      expect(service.output()).to.match(new RegExp(`^ {2}- ${name} `, 'm'));
    }
    expect(service.output()).not.to.contain('    at ');
  });

  it('ends when the thread of the management listener fails, and says so in its log', async () => {
    const fault = `
      import { Worker } from 'node:worker_threads';
      const { postMessage } = Worker.prototype;
      process.on('SIGUSR2', () => {
        Worker.prototype.postMessage = function () { postMessage.call(this, null); };
      });
    `;
    const preload = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
    const service = launchQuickly({ NODE_OPTIONS: preload });
    await managementPort(service);
    // The thread receives a message that it cannot read.
    service.child.kill('SIGUSR2');
    expect(await service.ended).to.equal(1);
    const last = JSON.parse(service.output().trimEnd().split('\n').at(-1) ?? '');
    expect(last).to.deep.include({ level: 'fatal', event: 'crashed' });
    expect(last.err.type).to.equal('TypeError');
    expect(last.err.stack).to.contain('management/thread');
  });

  describe('with an administrator', () => {
    let weak: Running;
    let created: Running;
    /** One for the tests here, in any order: a process that drains still answers requests. */
    let service: Running;

    before(async () => {
      const variables = {
        DATA_DIR: dataDir,
        PORT: '0',
        METRICS_PORT: '0',
        ...database(),
        DRAIN_DELAY: '60s',
      };
      const args = ['admin', 'create', '--email', 'root@example.com', '--username', 'root'];
      // One after the other, because only one process can use the embedded Postgres.
      weak = start(args, variables, 'password123\n');
      await weak.ended;
      created = start(args, variables, 'StrongPass123!\n');
      await created.ended;
      service = start([], variables);
    });
    after(async () => {
      service.child.kill('SIGKILL');
      await service.ended;
    });

    it('creates an administrator with a password from standard input, who can then log in', async () => {
      expect(await weak.ended).to.equal(1);
      expect(weak.output()).to.contain('password_too_common');
      expect(await created.ended).to.equal(0);
      const body = { email: 'root@example.com', password: 'StrongPass123!' };
      const data = await post(`${await serviceUrl(service)}/api/v1/auth/login`, body);
      expect(data.user.roles).to.deep.equal(['admin', 'user']);
    });

    it('is live and ready on the management port, and only live while it drains', async () => {
      const url = `http://127.0.0.1:${await managementPort(service)}`;
      const ready = async () => (await fetch(`${url}/readyz`)).json();
      const checks = {
        postgres: 'up',
        schema: 'current',
        redis: 'up',
        signing_key: 'usable',
        isolated: false,
        draining: false,
      };
      await until(async () => (await fetch(`${url}/readyz`)).status === 200);
      expect(await ready()).to.deep.equal({ status: 'ready', checks });
      service.child.kill('SIGTERM');
      await service.printed(/"event":"draining"/);
      await until(async () => (await fetch(`${url}/readyz`)).status === 503);
      expect(await ready()).to.deep.equal({ status: 'not_ready', checks: { ...checks, draining: true } });
      expect((await fetch(`${url}/livez`)).status).to.equal(200);
    });
  });

  it('fails its own health check where nothing listens', async () => {
    // Reserved for tcpmux (RFC 1078), which nobody runs.
    expect(await launch(['health'], { METRICS_PORT: '1' }).ended).to.equal(1);
  });
});

onRealStore('A start without the schema', () => {
  it('says what to do', async function () {
    this.timeout(60_000);
    const { url, drop } = await createScratchDatabase();
    const variables = { DB_PRIMARY_DB_URL: `${url()}?sslmode=disable`, PORT: '0', METRICS_PORT: '0' };
    const service = start([], variables);
    try {
      expect(await service.ended).to.equal(1);
      expect(service.output()).to.contain('run the command migrate first');
    } finally {
      service.child.kill('SIGKILL');
      await drop();
    }
  });
});
