import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { FolderContent } from '../../charts-ts/output/output-folder.ts';
import type { ServiceContainer } from '../../charts-ts/workload/service-container.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import type { ManagedProcess } from '../../tools/torture/harness/process.ts';
import { draw } from '../charts/targets/support/drawn.ts';
import { until } from '../support/until.ts';
import { createFrontEnd, type FrontEnd, runAgainst } from './support/front-end.ts';
import { blocksOf } from './support/page.ts';
import {
  keyPair,
  needStores,
  type PrivateStores,
  startPrivateStores,
  storeName,
} from './support/private-stores.ts';
import { createSandbox, needSandbox, type Sandbox } from './support/sandbox.ts';

/** Link-local, as the addresses between the front end of Cloud Run and a container are. */
const addresses = { front: '169.254.77.1', container: '169.254.77.2' };
const port = 8000;
/** What Cloud Run sets in a service beside PORT. */
const knative = {
  K_SERVICE: 'auth-service',
  K_REVISION: 'auth-service-00001',
  K_CONFIGURATION: 'auth-service',
};
/** Milliseconds between SIGTERM and SIGKILL. */
const graceOfCloudRun = 10_000;

interface Probe {
  readonly httpGet: { readonly path: string };
}

describe('Cloud Run', function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  let sandbox: Sandbox;
  let stores: PrivateStores;
  let processes: ServiceContainer[];
  let service: ManagedProcess;
  let frontEnd: FrontEnd;
  let files: FolderContent;
  let probed: { startupProbe: Probe; livenessProbe: Probe };
  let scraped: { port: number; path: string };

  before(async function () {
    needSandbox(this);
    needStores(this);
    sandbox = createSandbox({ ...addresses, storeName, cleanup });
    stores = await startPrivateStores(sandbox, cleanup);
    const drawn = await draw(
      'cloud-run',
      `database.ca=${stores.ca},redis.ca=${stores.ca},cloudRun.publicKeyVersions.next=1`,
    );
    ({ files } = drawn);
    processes = [...drawn.target.containers(files)];
    [probed] = parse(files.get('service.yaml') ?? '').spec.template.spec.containers;
    [scraped] = parse(files.get('run-monitoring.yaml') ?? '').spec.endpoints;
    const forwarded = '6.6.6.6, 198.51.100.7, 203.0.113.10';
    frontEnd = createFrontEnd(addresses.container, port, 'api.yourdomain.com', forwarded);
  });
  after(() => cleanup.run());

  function processOf(command: ServiceContainer['command']): ServiceContainer {
    const found = processes.find((one) => one.command === command);
    if (!found) throw new Error(`there is no process ${command}`);
    return found;
  }

  /** As the page writes the URLs of Cloud SQL: by the private address, which its certificate does not contain. */
  const byAddress = (url: string): string =>
    url.startsWith('postgresql:') ? `${url.replace(storeName, addresses.front)}?sslmode=verify-ca` : url;

  /** The secrets that the file names, and no others. */
  const secretsOf = ({ secrets }: ServiceContainer) =>
    Object.fromEntries(secrets.map((name) => [name, byAddress(stores.secrets[name] ?? '')]));

  function runJob(command: 'migrate' | 'purge'): Promise<string> {
    const job = processOf(command);
    const { args } = parse(files.get(job.file) ?? '').spec.template.spec.template.spec.containers[0];
    return sandbox.run(job, { args, env: secretsOf(job) });
  }

  /** As the collector scrapes them. */
  function metrics(): string {
    const url = `http://127.0.0.1:${scraped.port}${scraped.path}`;
    const get = `fetch('${url}').then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
    return sandbox.beside(process.execPath, '-e', get);
  }

  it('migrates with the environment of the job alone', async () => {
    expect(await runJob('migrate')).to.contain('migrations applied');
  });

  it('starts the service with the environment of its file, and the startup probe turns to 200', async () => {
    const container = processOf('serve');
    const files = { '/etc/auth/public-keys/next.pem': keyPair().publicKey };
    service = sandbox.start(container, { env: { ...secretsOf(container), ...knative }, files });
    await until(async () => {
      if (!service.isRunning()) throw new Error(readFileSync(service.logFile, 'utf8'));
      return (await frontEnd.statusOf(probed.startupProbe.httpGet.path)) === 200;
    }, 60_000);
    expect(await frontEnd.statusOf(probed.livenessProbe.httpGet.path)).to.equal(200);
    const { body } = await frontEnd.send(probed.startupProbe.httpGet.path);
    expect(body.checks).to.include({ postgres: 'up', schema: 'current', redis: 'up' });
  });

  it('runs as the user of the image, without capabilities, on a read-only file system', () => {
    const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
    expect(status).to.match(/^Uid:\t10001\t10001\t10001\t10001$/m);
    expect(status).to.match(/^CapEff:\t0{16}$/m);
    const mounts = readFileSync(`/proc/${service.pid}/mountinfo`, 'utf8').split('\n');
    const root = mounts.filter((line) => line.split(' ')[4] === '/');
    expect(root.map((line) => line.split(' ')[5]?.split(',')[0])).to.deep.equal(['ro']);
  });

  it('registers, logs in and knows the client, and not who the client says it is', async () => {
    expect(await frontEnd.journey()).to.deep.equal({
      statuses: [201, 200, 200, 200],
      addresses: ['198.51.100.7'],
    });
  });

  // docs/proxies.md: what arrives behind a load balancer has been seen in two forms.
  for (const [title, client, after] of [
    ['without a load balancer', '198.51.100.8', ''],
    ['with an entry of the load balancer', '198.51.100.9', ', 203.0.113.10'],
    ['with a further entry of Google', '198.51.100.10', ', 203.0.113.10, 169.254.1.1'],
  ] as const) {
    it(`finds the client in the header ${title}`, async () => {
      const { container } = addresses;
      const sender = createFrontEnd(container, port, 'api.yourdomain.com', `6.6.6.6, ${client}${after}`);
      const body = { email: 'test@example.com', password: 'a long pass phrase 4711' };
      const login = await sender.send('/api/v1/auth/login', { method: 'POST', body });
      const headers = { authorization: `Bearer ${login.body.data.access_token}` };
      const sessions = await sender.send('/api/v1/users/me/sessions', { headers });
      const current = sessions.body.data.filter(({ ip }: { ip: string }) => ip === client);
      expect(current).to.have.length(1);
    });
  }

  it('passes the verification of the page', async () => {
    const [verify] = blocksOf('docs/deploy/cloud-run.md').filter(({ heading }) => heading === 'Verify');
    if (!verify) throw new Error('the page has no verification');
    const printed = await runAgainst(addresses.container, port, '198.51.100.20, 203.0.113.10', verify);
    expect(printed).to.contain('"status":"healthy"');
    expect(printed).to.contain('"status":"ready"');
    expect(printed).to.contain('"ip":"198.51.100.20"');
  });

  it('publishes the mounted public key beside the one that signs', async () => {
    const { body } = await frontEnd.send('/.well-known/jwks.json');
    expect(body.keys).to.have.length(2);
  });

  it('answers to the host of the values only', async () => {
    const other = createFrontEnd(addresses.container, port, 'other.example.com', '198.51.100.7');
    expect(await other.statusOf('/api/v1/users/me')).to.equal(400);
    expect(await frontEnd.statusOf('/api/v1/users/me')).to.equal(401);
  });

  it('shows the metrics to the collector beside it, and not on the public port', async () => {
    expect(metrics()).to.match(/^http_requests_total\{/m);
    expect(await frontEnd.statusOf('/metrics')).to.equal(404);
  });

  it('purges with the environment of the job alone', async () => {
    expect(await runJob('purge')).to.contain('purge');
  });

  it('ends by itself within the time of Cloud Run, with a request that never ends', async () => {
    const slow = connect(port, addresses.container);
    slow.on('error', () => undefined);
    const head = ['POST /api/v1/auth/login HTTP/1.1', 'Host: api.yourdomain.com', 'Content-Length: 100'];
    slow.write(`${head.join('\r\n')}\r\nContent-Type: application/json\r\n\r\n{`);
    await until(() => /http_requests_in_flight\S* [1-9]/.test(metrics()));
    expect(await service.stop('SIGTERM', graceOfCloudRun)).to.equal(0);
    slow.destroy();
  });
});
