import { expect } from 'chai';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { createBackupFolder, hasDumpPrograms, needsDumpPrograms, runCommand } from '../support/backups.ts';
import { silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type PostgresServer, startPostgres } from './servers/postgres.ts';
import { debianPostgres } from './servers/postgres-installation.ts';
import { type RedisProcess, startRedisProcess } from './servers/redis-server.ts';
import {
  logInNewUserTo,
  logInTo,
  type ServiceProcess,
  type ServiceUser,
  startService,
} from './servers/service-process.ts';

const statusOf = async (service: ServiceProcess, token: string): Promise<number> =>
  (await service.ask('GET /api/v1/users/me', { token })).status;

const refresh = (service: ServiceProcess, refresh_token: string) =>
  service.ask('POST /api/v1/auth/refresh', { body: { refresh_token } });

type Name = 'idle' | 'unused' | 'loggedOut' | 'rotated' | 'newer';
const everybody: readonly Name[] = ['idle', 'unused', 'loggedOut', 'rotated', 'newer'];

describe(needsDumpPrograms('Sessions, after a restore into the database of running replicas'), function () {
  this.timeout(300_000);
  const cleanup = createCleanup();
  const folder = createBackupFolder();
  const keyFile = folder.keyFile();
  let server: PostgresServer;
  let redis: RedisProcess;
  let variables: Record<string, string>;

  before(async function () {
    const installation = debianPostgres(15);
    if (!hasDumpPrograms || !installation) return this.skip();
    cleanup.add(folder.remove);
    server = await startPostgres(installation);
    cleanup.add(() => server.stop());
    redis = await startRedisProcess({ cleanup });
    const target = { url: () => server.url, sslMode: 'disable', caFile: undefined } as const;
    await migrate({ target, log: silentLog });
    variables = {
      DATA_DIR: folder.root,
      DB_PRIMARY_DB_URL: server.url,
      DB_TIMEOUT: '2s',
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    };
  });
  after(() => cleanup.run());

  async function startReplica(): Promise<ServiceProcess> {
    const service = await startService(variables);
    cleanup.add(service.stop);
    return service;
  }

  /** A backup, after which one user logs out, one refreshes, and one registers. */
  async function backUpAndGoOn(running: ServiceProcess) {
    const users = {} as Record<Name, ServiceUser>;
    for (const name of ['idle', 'unused', 'loggedOut', 'rotated'] as const) {
      users[name] = await logInNewUserTo(running);
    }
    await runCommand(['backup', '--to', folder.target, '--key-file', keyFile], variables);
    const loggedOut = await running.ask('POST /api/v1/auth/logout', { token: users.loggedOut.access });
    expect(loggedOut.status).to.equal(204);
    const successor: string = (await refresh(running, users.rotated.refresh)).data.refresh_token;
    users.newer = await logInNewUserTo(running);
    for (const name of ['idle', 'unused', 'rotated', 'newer'] as const) {
      expect(await statusOf(running, users[name].access), `${name}, before the restore`).to.equal(200);
    }
    return { users, successor };
  }

  const countCopies = async (): Promise<number> => (await redis.client.keys('*signed-state:*')).length;

  it('are refused by every replica, with Postgres and without it, with copies in Redis and without them', async () => {
    const running = await startReplica();
    const { users, successor } = await backUpAndGoOn(running);
    const restore = ['restore', '--from', folder.target, '--key-file', keyFile, '--replace'];
    const { result } = await runCommand(restore, variables);
    expect(result.replaced, 'what was replaced').to.include({ users: 5, sessions: 5 });

    // The replica that was running. `unused` is not presented, so that this replica does not learn of its end.
    for (const name of everybody.filter((each) => each !== 'unused')) {
      await until(async () => (await statusOf(running, users[name].access)) === 401);
      const { status, code } = await refresh(running, users[name].refresh);
      expect([name, status, code]).to.deep.equal([name, 401, 'invalid_refresh_token']);
    }
    expect((await refresh(running, successor)).status, 'the newest token').to.equal(401);

    // A replica that starts.
    const fresh = await startReplica();
    for (const name of everybody.filter((each) => each !== 'unused')) {
      expect(await statusOf(fresh, users[name].access), name).to.equal(401);
      expect((await refresh(fresh, users[name].refresh)).status, name).to.equal(401);
    }
    expect((await refresh(fresh, users.unused.refresh)).status).to.equal(401);
    const again = await logInTo(fresh, users.loggedOut);
    for (const service of [fresh, running]) expect(await statusOf(service, again.access)).to.equal(200);
    const { email, password } = users.newer;
    const lost = await fresh.ask('POST /api/v1/auth/login', { body: { email, password } });
    expect(lost.status, 'a user who registered after the backup').to.equal(401);

    // Without Postgres. The copy of the new session shows that copies are in use.
    expect(await countCopies(), 'copies').to.be.at.least(5);
    await server.stop();
    for (const service of [fresh, running]) {
      await until(async () => (await statusOf(service, again.access)) === 200);
      expect(await statusOf(service, users.unused.access), 'with a copy from before').to.equal(503);
    }

    // Without Redis too.
    await redis.kill();
    for (const service of [fresh, running]) {
      expect(await statusOf(service, users.unused.access)).to.equal(503);
      expect((await refresh(service, users.unused.refresh)).status).to.equal(503);
    }
  });
});
