import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Container, containersOf } from '../../charts-ts/targets/ecs/checks/containers.ts';
import { listOf, templateIn, textOf, treeOf } from '../../charts-ts/targets/ecs/checks/template.ts';
import { databaseRoles, ecsNames } from '../../charts-ts/targets/ecs/ecs-names.ts';
import type { ServiceContainer } from '../../charts-ts/workload/service-container.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import type { ManagedProcess } from '../../tools/torture/harness/process.ts';
import { draw } from '../charts/targets/support/drawn.ts';
import { until } from '../support/until.ts';
import { needAwsStores, startAwsStores } from './support/aws-stores.ts';
import { createFrontEnd, type FrontEnd } from './support/front-end.ts';
import { storeName } from './support/private-stores.ts';
import { createSandbox, needSandbox, type PlatformPart, type Sandbox } from './support/sandbox.ts';

/** The load balancer is in the first public subnet, and the task in the first private one. */
const addresses = { front: '10.77.0.10', container: '10.77.2.10' };
const port = 8000;

/** The command of a container, as Docker forms it. */
const commandOf = ({ definition }: Container): Pick<PlatformPart, 'args' | 'command'> => {
  const words = listOf(definition.Command).map(textOf);
  const entryPoint = listOf(definition.EntryPoint).map(textOf);
  return entryPoint.length > 0 ? { command: [...entryPoint, ...words] } : { args: words };
};

const asProcess = ({ env, name }: Container): ServiceContainer => ({
  ...{ file: '', name, command: 'serve', env, secrets: [], mounts: new Map() },
  ...{ cpus: 0.5, memoryBytes: 2 ** 30 },
});

describe('ECS', function () {
  this.timeout(180_000);
  const cleanup = createCleanup();
  let secrets: Record<string, string>;
  let sandbox: Sandbox;
  let containers: Container[];
  let service: ManagedProcess;
  let frontEnd: FrontEnd;

  before(async function () {
    needSandbox(this);
    needAwsStores(this);
    sandbox = createSandbox({ ...addresses, storeName, cleanup });
    const names = { ...databaseRoles, database: ecsNames.databaseName };
    const stores = await startAwsStores(sandbox, names, cleanup);
    ({ secrets } = stores);
    const { files } = await draw(
      'ecs',
      ...[`database.ca=${stores.ca}`, `redis.ca=${stores.ca}`, 'ecs.vpcCidr=10.77.0.0/16'],
      // The drain would take longer than everything else.
      ...['rollout.drainDelay=3s', 'ecs.deregistrationDelaySeconds=0'],
    );
    containers = containersOf(templateIn(files));
    frontEnd = createFrontEnd(addresses.container, port, 'api.yourdomain.com', '6.6.6.6, 198.51.100.7');
  });
  after(() => cleanup.run());

  function containerOf(name: string): Container {
    const found = containers.find((one) => one.name === name);
    if (!found) throw new Error(`there is no container ${name}`);
    return found;
  }

  /** The secrets that the task definition names, and no others. */
  const secretsOf = (container: Container) =>
    Object.fromEntries(Object.keys(container.secrets).map((name) => [name, secrets[name] ?? '']));

  function run(name: string, part = commandOf(containerOf(name))): Promise<string> {
    const container = containerOf(name);
    return sandbox.run(asProcess(container), { ...part, env: secretsOf(container) });
  }

  const healthCheck = (): string[] => {
    const [kind, ...command] = listOf(treeOf(containerOf('auth-service').definition.HealthCheck).Command).map(
      textOf,
    );
    expect(kind).to.equal('CMD');
    return command;
  };

  it('runs the containers of the task one after the other', () => {
    const order = containers
      .slice(0, 3)
      .map(({ definition, name }) => [
        name,
        listOf(definition.DependsOn).map((one) => treeOf(one).ContainerName),
      ]);
    expect(order).to.deep.equal([
      ['service-role', []],
      ['migrate', ['service-role']],
      ['auth-service', ['migrate']],
    ]);
  });

  it('creates the role of the service as the master user of RDS, once', async () => {
    expect(await run('service-role')).to.equal('{"event":"service_role","changed":true}\n');
    expect(await run('service-role')).to.equal('{"event":"service_role","changed":false}\n');
  });

  it('migrates with the environment of its container alone', async () => {
    expect(await run('migrate')).to.contain('migrations applied');
  });

  it('starts the service, and the load balancer and the container find it healthy', async () => {
    const container = containerOf('auth-service');
    service = sandbox.start(asProcess(container), { ...commandOf(container), env: secretsOf(container) });
    await until(async () => {
      if (!service.isRunning()) throw new Error(readFileSync(service.logFile, 'utf8'));
      return (await frontEnd.statusOf('/api/v1/health/ready')) === 200;
    }, 60_000);
    const { body } = await frontEnd.send('/api/v1/health/ready');
    expect(body.checks).to.include({ postgres: 'up', schema: 'current', redis: 'up' });
    expect(await run('auth-service', { command: healthCheck() })).to.equal('');
  });

  it('runs as the user of the task definition, without capabilities, on a read-only file system', () => {
    const { ReadonlyRootFilesystem: isReadOnly, User: user } = containerOf('auth-service').definition;
    expect([isReadOnly, user]).to.deep.equal([true, '10001:10001']);
    const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
    expect(status).to.match(/^Uid:\t10001\t10001\t10001\t10001$/m);
    expect(status).to.match(/^CapEff:\t0{16}$/m);
  });

  it('registers, logs in and knows the client behind the load balancer', async () => {
    expect(await frontEnd.journey()).to.deep.equal({
      statuses: [201, 200, 200, 200],
      addresses: ['198.51.100.7'],
    });
  });

  it('answers to its host only, and shows the metrics on the port that the load balancer does not know', async () => {
    const other = createFrontEnd(addresses.container, port, 'other.example.com', '198.51.100.7');
    expect(await other.statusOf('/api/v1/users/me')).to.equal(400);
    expect(await frontEnd.statusOf('/metrics')).to.equal(404);
    const metrics = await createFrontEnd(addresses.container, 9464, 'x', '').send('/metrics');
    // 1 because the service has a role of its own in Postgres.
    expect(metrics.body).to.match(/^auth_history_protected\S* 1$/m);
  });

  it('purges with the environment of its task', async () => {
    expect(await run('purge')).to.contain('purge');
  });

  it('runs commands of the page in the containers that the page names', async () => {
    const grant = ['admin', 'grant', '--email', 'test@example.com'];
    expect(await run('purge', { args: grant })).to.contain('admin');
    expect(await run('auth-service', { args: ['keys', 'list'] })).to.match(/^kid /);
  });

  it('gives the role a new password while the old tasks go on', async () => {
    const before = secrets.DB_PRIMARY_DB_URL ?? '';
    const next = new URL(before);
    next.password = randomBytes(24).toString('hex');
    secrets.DB_PRIMARY_DB_URL = next.href;
    expect(await run('service-role')).to.equal('{"event":"service_role","changed":true}\n');
    expect(await run('purge')).to.contain('purge');
    expect(await frontEnd.statusOf('/api/v1/health/ready')).to.equal(200);
  });

  it('ends with 1 and changes nothing if the owner cannot log in', async () => {
    const wrong = { ...secretsOf(containerOf('service-role')) };
    const url = new URL(wrong.DB_PRIMARY_DB_URL ?? '');
    url.password = 'another';
    const owner = new URL(wrong.DB_MIGRATION_URL ?? '');
    owner.password = 'wrong';
    const env = { DB_PRIMARY_DB_URL: url.href, DB_MIGRATION_URL: owner.href };
    const container = containerOf('service-role');
    const failure = await sandbox.run(asProcess(container), { ...commandOf(container), env }).catch(String);
    expect(failure).to.match(/service-role ended with 1:[\s\S]*28P01/);
    expect(await run('service-role')).to.equal('{"event":"service_role","changed":false}\n');
  });

  it('drains after SIGTERM and ends within StopTimeout', async () => {
    const { StopTimeout: stopTimeout } = containerOf('auth-service').definition;
    const stopped = service.stop('SIGTERM', Number(stopTimeout) * 1_000);
    await until(async () => (await frontEnd.statusOf('/api/v1/health/ready')) === 503);
    const body = { email: 'test@example.com', password: 'a long pass phrase 4711' };
    expect((await frontEnd.send('/api/v1/auth/login', { method: 'POST', body })).status).to.equal(200);
    expect(await stopped).to.equal(0);
  });

  it('writes the further public keys where the service reads them', async () => {
    const key = `${secrets.JWT_PUBLIC_KEY}`;
    const { files } = await draw('ecs', `jwt.publicKeys.next=${key}`);
    const [writer, , , reader] = containersOf(templateIn(files));
    const folder = mkdtempSync(join(tmpdir(), 'public-keys-'));
    const { command: [program = '', ...args] = [] } = commandOf(writer as Container);
    execFileSync(program, args, { env: { ...process.env, ...writer?.env, KEYS_FOLDER: folder } });
    expect(readdirSync(folder)).to.deep.equal(['next.pem']);
    expect(readFileSync(join(folder, 'next.pem'), 'utf8')).to.equal(key);
    rmSync(folder, { recursive: true });
    const mounts = [writer, reader].map((one) => listOf(one?.definition.MountPoints).map(treeOf));
    expect(mounts.map(([mount]) => mount?.ContainerPath)).to.deep.equal(
      Array(2).fill(writer?.env.KEYS_FOLDER),
    );
    expect(reader?.env.JWT_PUBLIC_KEYS_DIR).to.equal(writer?.env.KEYS_FOLDER);
  });
});
