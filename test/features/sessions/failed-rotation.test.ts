import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import type { Stores } from '../../../app/open-stores.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import type { Database } from '../../../app/store/postgres/database.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { withFaults } from '../../support/faults.ts';
import { openOwnDatabase } from '../../support/own-database.ts';
import { runStatement } from '../../support/run-statement.ts';
import { onOneStore, onRealStore } from '../../support/stores.ts';
import { logInNewUser, sessionIdOf } from '../../support/users.ts';

const refresh = (app: TestApp, refresh_token: string, headers: Record<string, string> = {}) =>
  app.ask('POST /api/v1/auth/refresh', { body: { refresh_token }, headers });

/** A trigger of the operator, or a policy for rows, that lets no update of a session through and reports no error. */
const refuseUpdates = `
  create function refuse_update() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger refuse_update before update on sessions for each row execute function refuse_update()`;

onRealStore('A rotation of the newest refresh token that changes nothing', (stores) => {
  it('is answered with 503, and its session stays active', async () => {
    const own = await openOwnDatabase(stores().config);
    const { app, run } = own;
    try {
      const { refresh: token } = await logInNewUser(app);
      await run(refuseUpdates);
      const reply = await refresh(app, token);
      expect(reply.status).to.equal(503);
      expect(reply.headers['retry-after']).to.match(/^\d+$/);
      await run('drop trigger refuse_update on sessions');
      expect((await refresh(app, token)).status).to.equal(200);
    } finally {
      await own.close();
      await own.drop();
    }
  });
});

/** The same stores. A rotation after `loseNext` is committed, and the connection is lost before its answer. */
function losingAnswers(stores: Stores) {
  let isLosing = false;
  const database: Database = {
    ...stores.database,
    async query<Row extends object>(...[name, params]: Parameters<Database['query']>): Promise<Row[]> {
      const rows = await stores.database.query<Row>(name, params);
      if (name !== 'sessions/rotate' || !isLosing) return rows;
      isLosing = false;
      throw new AppError('service_unavailable', { retryAfter: 1 });
    },
  };
  const loseNext = (): void => {
    isLosing = true;
  };
  return { stores: { ...stores, database }, loseNext };
}

onOneStore('A rotation that is committed and not answered', (stores) => {
  const apps: TestApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  /** A token whose rotation one replica could not answer, and another replica after an outage of a minute. */
  async function comeBack(redis = stores().redis, otherRedis = redis) {
    const losing = losingAnswers({ ...stores(), redis });
    const late = withFaults({ ...stores(), redis: otherRedis });
    const variables = { TRUSTED_PROXIES: '127.0.0.1' };
    const one = await startApp(losing.stores, variables);
    const other = await startApp(late.stores, variables);
    apps.push(one, other);
    const user = await logInNewUser(one);
    losing.loseNext();
    expect((await refresh(one, user.refresh)).status).to.equal(503);
    late.faults.clockAhead = 60_000;
    return { other, token: user.refresh, sessionId: sessionIdOf(user.access) };
  }

  it('gives its successor to the client that comes back, on another replica and from another network', async () => {
    const { other, token } = await comeBack();
    const reply = await refresh(other, token, { 'X-Forwarded-For': '198.51.100.7' });
    expect(reply.status).to.equal(200);
    expect((await refresh(other, reply.body.data.refresh_token)).status).to.equal(200);
  });

  it('cannot be claimed by somebody who writes to Redis', async () => {
    const redis = createInMemoryRedis();
    const { other, token, sessionId } = await comeBack(createInMemoryRedis(), redis);
    await redis.set(`uncertain-rotation:${sessionId}`, 'A'.repeat(43), 60_000);
    expect((await refresh(other, token)).status).to.equal(401);
  });
});

onOneStore('A refresh token that is newer than its row, because Postgres has lost a rotation', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('is rotated as the newest, and an older one is still recognised', async () => {
    const user = await logInNewUser(app);
    const columns = 'token_hash, previous_hash, sealed_successor, counter, rotated_at';
    const row = `id = '${sessionIdOf(user.access)}'`;
    const kept = `kept_${sessionIdOf(user.access).slice(0, 8)}`;
    const next = async (token: string) => (await refresh(app, token)).body.data.refresh_token;
    const second = await next(user.refresh);
    await runStatement(stores(), `create table ${kept} as select ${columns} from sessions where ${row}`);
    const third = await next(second);
    // A primary that was promoted before it received the last commit.
    await runStatement(
      stores(),
      `update sessions set (${columns}) = (select ${columns} from ${kept}) where ${row}`,
    );
    await runStatement(stores(), `drop table ${kept}`);
    const fourth = await next(third);
    expect(await next(third)).to.equal(fourth);
    expect((await refresh(app, second)).status).to.equal(401);
    expect((await refresh(app, fourth)).status).to.equal(401);
  });
});
