import { expect } from 'chai';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { createStore } from '../../../app/store/store.ts';
import { startApp } from '../../support/app.ts';
import { startProxy } from '../../support/frozen-proxy.ts';
import { ageAuthentication } from '../../support/step-up.ts';
import { onRealStore, queries, silentLog, type TestStores } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { logInNewAdmin, registerUser } from '../../support/users.ts';

/** The same Postgres, behind a proxy that can freeze. */
async function behindProxy(stores: TestStores) {
  const url = new URL(stores.url());
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 5432) });
  url.host = `127.0.0.1:${proxy.port}`;
  const database = createDatabase({
    url: () => url.href,
    config: { ...stores.config, timeout: 400 },
    queries,
    log: silentLog,
    embedded: false,
  });
  return { proxy, database };
}

onRealStore('Step-up authentication over a frozen Postgres', (stores) => {
  it('refuses with 503 and changes nothing, whatever the age of the authentication', async () => {
    const app = await startApp(stores());
    const { proxy, database } = await behindProxy(stores());
    try {
      const [recent, victim] = await Promise.all([logInNewAdmin(app), registerUser(app)]);
      const old = await ageAuthentication(app, stores(), await logInNewAdmin(app));
      await until(() => database.query('health/ping').then(Boolean, () => false));
      const replica = await startApp({ ...stores(), database, replica: database });
      const before = await createStore(stores().database).users.findById(victim.id);
      proxy.freeze();
      try {
        for (const { access: token, password } of [old, recent]) {
          const disable = await replica.ask(`POST /api/v1/admin/users/${victim.id}/disable`, { token });
          const renew = await replica.ask('POST /api/v1/auth/reauthenticate', { token, body: { password } });
          expect([disable.status, renew.status]).to.deep.equal([503, 503]);
        }
        expect(await createStore(stores().database).users.findById(victim.id)).to.deep.equal(before);
      } finally {
        proxy.thaw();
        await replica.close();
      }
    } finally {
      await database.close();
      proxy.close();
      await app.close();
    }
  });
});
