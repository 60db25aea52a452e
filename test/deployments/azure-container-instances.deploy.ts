import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
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
import { commandsOf, recordCommands } from './support/recorded-commands.ts';
import { createSandbox, needSandbox, type Sandbox } from './support/sandbox.ts';
import { need } from './support/tools.ts';

/** The gateway is in its subnet, and the group in another one. */
const addresses = { front: '203.0.113.4', container: '203.0.113.20' };
const gatewaySubnet = '203.0.113.0/28';
/** Milliseconds that containers usually have between SIGTERM and SIGKILL. */
const grace = 30_000;

// biome-ignore lint/suspicious/noExplicitAny: a test reaches into objects of every kind, and a wrong path fails the test.
type Loose = any;

describe('Azure Container Instances', function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  let sandbox: Sandbox;
  let stores: PrivateStores;
  let files: FolderContent;
  let processes: ServiceContainer[];
  let gateway: Loose;
  let group: Loose;
  let service: ManagedProcess;
  let frontEnd: FrontEnd;

  before(async function () {
    needSandbox(this);
    needStores(this);
    sandbox = createSandbox({ ...addresses, storeName, cleanup });
    stores = await startPrivateStores(sandbox, cleanup);
    const next = keyPair();
    const drawn = await draw(
      'azure-container-instances',
      `database.ca=${stores.ca},redis.ca=${stores.ca}`,
      `azure.network.gatewaySubnetCidr=${gatewaySubnet}`,
      `corsOrigins={https://app.example.com},jwt.publicKeys.next=${next.publicKey}`,
    );
    ({ files } = drawn);
    processes = [...drawn.target.containers(files)];
    const { resources } = JSON.parse(files.get('template.json') ?? '');
    group = resources[0].properties;
    gateway = resources.find(
      ({ type }: Loose) => type === 'Microsoft.Network/applicationGateways',
    ).properties;
    const { port } = gateway.backendHttpSettingsCollection[0].properties;
    // The gateway adds the address of its peer with the port.
    const forwarded = '6.6.6.6, 198.51.100.7:51234';
    frontEnd = createFrontEnd(addresses.container, port, gateway.probes[0].properties.host, forwarded);
  });
  after(() => cleanup.run());

  function processOf(command: ServiceContainer['command']): ServiceContainer {
    const found = processes.find((one) => one.command === command);
    if (!found) throw new Error(`there is no process ${command}`);
    return found;
  }

  const secretsOf = ({ secrets }: ServiceContainer) =>
    Object.fromEntries(secrets.map((name) => [name, stores.secrets[name] ?? '']));

  /** Runs a container whose command replaces the entry point. */
  function runCommand(name: 'migrate' | 'purge', command: readonly string[]): Promise<string> {
    const process = processOf(name);
    return sandbox.run(process, { command, env: secretsOf(process) });
  }

  /** What the platform asks on the port of the probe. @returns the status, or 0 while nothing answers */
  function probe({ httpGet }: Loose): Promise<number> {
    return createFrontEnd(addresses.container, httpGet.port, addresses.container, '').statusOf(httpGet.path);
  }

  it('migrates in the init container, with its command and its environment alone', async () => {
    const [init] = group.initContainers;
    expect(await runCommand('migrate', init.properties.command)).to.contain('migrations applied');
  });

  it('starts the service with the environment of its container, and its probes turn to 200', async () => {
    const container = processOf('serve');
    service = sandbox.start(container, { env: secretsOf(container) });
    const { livenessProbe, readinessProbe } = group.containers[0].properties;
    await until(async () => {
      if (!service.isRunning()) throw new Error(readFileSync(service.logFile, 'utf8'));
      return (await probe(readinessProbe)) === 200;
    }, 60_000);
    expect(await probe(livenessProbe)).to.equal(200);
    expect(await frontEnd.statusOf(gateway.probes[0].properties.path)).to.equal(200);
  });

  it('knows the client by the address and port that the gateway adds, and not who the client says it is', async () => {
    expect(await frontEnd.journey()).to.deep.equal({
      statuses: [201, 200, 200, 200],
      addresses: ['198.51.100.7'],
    });
  });

  it('passes the verification of the page', async () => {
    const [verify] = blocksOf('docs/deploy/azure-container-instances.md').filter(
      ({ heading }) => heading === 'Verify',
    );
    if (!verify) throw new Error('the page has no verification');
    const { port } = gateway.backendHttpSettingsCollection[0].properties;
    const printed = await runAgainst(addresses.container, port, '198.51.100.20:40000', verify);
    expect(printed).to.contain('"status":"ready"');
    expect(printed).to.contain('"ip":"198.51.100.20"');
  });

  it('publishes the mounted public key beside the one that signs', async () => {
    const { body } = await frontEnd.send('/.well-known/jwks.json');
    expect(body.keys).to.have.length(2);
  });

  it('gets the list of origins as a list, although it begins as an expression of Azure does', async () => {
    const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' };
    const preflight = await frontEnd.send('/api/v1/auth/login', { method: 'OPTIONS', headers });
    expect(preflight.status).to.equal(204);
    const { CORS_ALLOWED_ORIGINS } = processOf('serve').env;
    expect(CORS_ALLOWED_ORIGINS).to.equal('["https://app.example.com"]');
  });

  it('purges with the command of its group and its environment alone', async () => {
    const { resources } = JSON.parse(files.get('template.json') ?? '');
    const purge = resources.find(({ name }: Loose) => name === 'auth-service-purge').properties.containers[0];
    await runCommand('purge', purge.properties.command);
  });

  it('is unready at once after SIGTERM, still serves while the gateway notices, and ends by itself', async () => {
    const { readinessProbe } = group.containers[0].properties;
    const ended = service.stop('SIGTERM', grace);
    await until(async () => (await probe(readinessProbe)) === 503);
    expect(await frontEnd.statusOf(gateway.probes[0].properties.path)).to.equal(503);
    expect(await frontEnd.statusOf('/api/v1/users/me')).to.equal(401);
    expect(await ended).to.equal(0);
  });
});

describe('The commands of the page of Azure Container Instances', function () {
  this.timeout(300_000);

  it('are commands of az, with options that az knows', async function () {
    const az = realpathSync(need(this, 'az', 'the PyPI package azure-cli'));
    // The first line of the program names the Python that has its modules.
    const [, python = 'python3'] = /^#!(\S+)/.exec(readFileSync(az, 'utf8')) ?? [];
    const programs = ['az', 'docker', 'psql', 'npm', 'openssl', 'curl'];
    const blocks = blocksOf('docs/deploy/azure-container-instances.md');
    const commands = commandsOf(recordCommands(blocks, { answer: 'value', programs }), 'az');
    const misspelled = [
      'container',
      'show',
      '--resource-grup',
      'auth-system-rg',
      '--name',
      'auth-service-a-1',
    ];
    const lines = [...commands.map(({ args }) => args), misspelled];
    const folder = mkdtempSync(join(tmpdir(), 'az-'));
    // The parser reads the file of the certificate.
    writeFileSync(join(folder, 'api.pfx'), '');
    const { status, stdout, stderr } = spawnSync(python, [resolve('test/deployments/support/parse-az.py')], {
      cwd: folder,
      input: `${lines.map((args) => JSON.stringify(args)).join('\n')}\n`,
      env: { ...process.env, AZURE_CONFIG_DIR: folder, AZURE_CORE_COLLECT_TELEMETRY: '0' },
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).to.deep.equal([0, '']);
    const answers = stdout.trim().split('\n');
    const refused = answers
      .map((answer, at) => [answer, lines[at]?.join(' ')])
      .filter(([answer]) => answer !== 'ok');
    expect(refused).to.deep.equal([
      ['unrecognized arguments: --resource-grup auth-system-rg', misspelled.join(' ')],
    ]);
  });
});
