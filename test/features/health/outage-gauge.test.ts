import { expect } from 'chai';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { createStoreObserver } from '../../../app/observe/store-observer.ts';
import { instrumentDatabase } from '../../../app/store/postgres/instrumented-database.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { series } from '../../support/exposition.ts';
import { type Faults, withFaults } from '../../support/faults.ts';
import { onOneStore } from '../../support/stores.ts';
import { logInNewUser, newUserFields } from '../../support/users.ts';

/** Milliseconds for which one check of the stores answers all requests for the readiness. */
const freshness = 500;

onOneStore('An outage of Postgres', (stores) => {
  const clock = useMonotonicClock();
  let app: TestApp;
  let faults: Faults;
  const metrics = createMetrics('test');
  before(async () => {
    const faulty = withFaults(stores());
    faults = faulty.faults;
    const { query, transactionFailed } = createStoreObserver(metrics);
    const database = instrumentDatabase(faulty.stores.database, query, transactionFailed);
    app = await startApp({ ...faulty.stores, database });
  });
  after(() => app.close());
  const degraded = async () => (await series(metrics)).get('auth_degraded{dependency="postgres"}');

  for (const [what, status, ask] of [
    // A replica that was ready before is degraded.
    ['GET /api/v1/health/ready', 200, () => ({})],
    ['POST /api/v1/auth/register', 503, () => ({ body: newUserFields() })],
    ['POST /api/v1/auth/login', 503, () => ({ body: { email: 'a@example.com', password: 'whatever' } })],
    ['POST /api/v1/auth/refresh', 503, (refresh: string) => ({ body: { refresh_token: refresh } })],
  ] as const) {
    it(`is known from the first ${what}, and over with the next query that is answered`, async () => {
      const { refresh } = await logInNewUser(app);
      await app.ask('GET /api/v1/health/ready');
      expect(await degraded()).to.equal(0);
      faults.postgres = true;
      await clock.advance(freshness);
      expect((await app.ask(what, ask(refresh))).status).to.equal(status);
      expect(await degraded()).to.equal(1);
      faults.postgres = false;
      await clock.advance(freshness);
      await app.ask('GET /api/v1/health/ready');
      expect(await degraded()).to.equal(0);
    });
  }
});
