import { expect } from 'chai';
import { createReadiness } from '../../../app/features/health/readiness.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import { instrumentDatabase } from '../../../app/store/postgres/instrumented-database.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { onOneStore } from '../../support/stores.ts';

describe('The current readiness', () => {
  it('shows a drain at once, while the checks of the stores wait', () => {
    let isDraining = false;
    const never = () => new Promise<never>(() => undefined);
    const database = { query: never, transaction: never, close: never };
    const readiness = createReadiness(
      { database, redis: { ...createInMemoryRedis(), ping: never } },
      { canSign: () => true },
      () => isDraining,
    );
    void readiness.check();
    expect(readiness.current().checks.draining).to.equal(false);
    isDraining = true;
    expect(readiness.current()).to.deep.include({ status: 'not_ready' });
    expect(readiness.current().checks.draining).to.equal(true);
  });
});

onOneStore('Readiness', (stores) => {
  const clock = useMonotonicClock();
  let app: TestApp;
  afterEach(() => app.close());

  it('looks at Postgres once for all who ask together, and again later', async () => {
    let looks = 0;
    const database = instrumentDatabase(stores().database, (operation, work) => {
      if (operation === 'health/ping') looks += 1;
      return work();
    });
    app = await startApp({ ...stores(), database });
    const ready = () => app.ask('GET /api/v1/health/ready');
    const replies = await Promise.all(Array.from({ length: 40 }, ready));
    expect(replies.map(({ status }) => status)).to.deep.equal(replies.map(() => 200));
    const first = looks;
    expect(first).to.be.lessThan(10);
    await clock.advance(500);
    expect((await ready()).status).to.equal(200);
    expect(looks).to.be.greaterThan(first);
  });

  it('reports a schema that cannot be read as unknown, and is not ready', async () => {
    const database = instrumentDatabase(stores().database, (operation, work) =>
      operation === 'schema_migrations/list' ? Promise.reject(new Error('permission denied')) : work(),
    );
    app = await startApp({ ...stores(), database });
    const reply = await app.ask('GET /api/v1/health/ready');
    expect([reply.status, reply.body.status]).to.deep.equal([503, 'not_ready']);
    expect(reply.body.checks).to.include({ postgres: 'up', schema: 'unknown' });
  });
});
