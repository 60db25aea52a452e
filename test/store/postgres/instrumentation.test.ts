import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { createStoreObserver } from '../../../app/observe/store-observer.ts';
import { instrumentDatabase } from '../../../app/store/postgres/instrumented-database.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { createRateLimiter } from '../../../app/store/rate-limit/rate-limiter.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { series } from '../../support/exposition.ts';
import { onEachStore, onRealStore, queries, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

onEachStore('an instrumented Postgres', (stores, kind) => {
  it('measures queries by outcome, inside transactions too, and reports its pool', async () => {
    const { url, config } = stores();
    const metrics = createMetrics('test');
    const observer = createStoreObserver(metrics);
    const onPool = (state: Parameters<typeof observer.pool>[1]) => observer.pool('primary', state);
    const embedded = kind === 'embedded';
    const plain = createDatabase({ url, config, queries, log: silentLog, embedded, onPool });
    const database = instrumentDatabase(plain, observer.query);
    try {
      await database.query('health/ping');
      await database.transaction(async (tx) => tx.query('health/ping'));
      await database.query('users/find_by_id', ['no uuid']).catch(() => undefined);
      const seen = await series(metrics);
      expect(seen.get('auth_postgres_query_duration_seconds_count{outcome="ok"}')).to.equal(2);
      expect(seen.get('auth_postgres_query_duration_seconds_count{outcome="error"}')).to.equal(1);
      expect(seen.get('auth_postgres_connections{pool="primary",state="idle"}')).to.equal(1);
      expect(seen.get('auth_postgres_connections{pool="primary",state="busy"}')).to.equal(0);
      expect(seen.get('auth_postgres_pool_waiting{pool="primary"}')).to.equal(0);
    } finally {
      await database.close();
    }
  });
});

onRealStore('an instrumented Redis', (stores) => {
  it('measures every command, those of the rate limiter included, and reports its state', async function () {
    const url = stores().redisUrl;
    if (!url) this.skip();
    const metrics = createMetrics('test');
    const observer = createStoreObserver(metrics);
    const keyPrefix = `auth-test-${randomBytes(6).toString('hex')}:`;
    const memory = await createRedisClient({ url, log: silentLog, keyPrefix, observer });
    const commands = 'auth_redis_command_duration_seconds_count{outcome="ok"}';
    const count = async () => (await series(metrics)).get(commands) ?? 0;
    try {
      // A cluster may need longer to connect than the client waits, and each new connection is examined.
      await until(() => memory.ping());
      const isExamined = async () => {
        const earlier = await count();
        for (let n = 0; n < 3; n += 1) await memory.get(['none']);
        return (await count()) === earlier + 3;
      };
      await until(isExamined);
      const before = await count();
      expect(await memory.acquireLease('turn', 1_000)).to.equal(true);
      expect(await memory.acquireLease('turn', 1_000)).to.equal(false);
      expect(await count()).to.equal(before + 2);
      await createRateLimiter(memory, { name: 'observed', points: 1, window: 1_000 }).consume('key');
      expect(await count()).to.be.greaterThan(before + 2);
      expect((await series(metrics)).get('auth_redis_connected{connection="messages"}')).to.equal(1);
    } finally {
      await memory.close();
    }
    // The connection reports it a moment later.
    const isClosed = async () =>
      (await series(metrics)).get('auth_redis_connected{connection="commands"}') === 0;
    await until(isClosed);
    const after = await series(metrics);
    expect(after.get('auth_degraded{dependency="redis"}')).to.equal(1);
  });

  it('is degraded when no server answers', async () => {
    const metrics = createMetrics('test');
    const observer = createStoreObserver(metrics);
    const memory = await createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog, observer });
    expect((await series(metrics)).get('auth_degraded{dependency="redis"}')).to.equal(1);
    await memory.close();
  });
});
