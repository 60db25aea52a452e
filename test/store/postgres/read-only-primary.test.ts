import { expect } from 'chai';
import { openOwnDatabase } from '../../support/own-database.ts';
import { codeOf } from '../../support/rows.ts';
import { setStatement } from '../../support/server-settings.ts';
import { runOn } from '../../support/servers.ts';
import { onRealStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { logInNewUser } from '../../support/users.ts';

onRealStore('A primary that is read-only for the role of the service', (stores) => {
  it('lets the service start and read, answers 503 to a refresh and a login, and costs no session', async () => {
    const own = await openOwnDatabase(stores().config);
    const name = new URL(own.url()).pathname.slice(1);
    const set = (value: 'on' | 'off') => {
      const statement = setStatement(name, ['default_transaction_read_only', value]);
      return runOn(own.url(), `begin read write; ${statement}; commit`);
    };
    const { email, password, access, refresh } = await logInNewUser(own.app);
    await set('on');
    const again = await own.reopen();
    try {
      const ask = (what: string, body: object) => again.app.ask(`POST /api/v1/auth/${what}`, { body });
      const renew = () => ask('refresh', { refresh_token: refresh });
      expect((await again.app.ask('GET /api/v1/users/me', { token: access })).status).to.equal(200);
      for (const reply of [await renew(), await ask('login', { email, password })]) {
        expect(reply.status).to.equal(503);
        expect(reply.headers['retry-after']).to.match(/^\d+$/);
      }
      await set('off');
      expect((await renew()).status).to.equal(200);
    } finally {
      await again.close();
      await own.drop();
    }
  });

  it('gets no further connection for each write that it refuses', async () => {
    const own = await openOwnDatabase(stores().config);
    const name = new URL(own.url()).pathname.slice(1);
    await runOn(own.url(), setStatement(name, ['default_transaction_read_only', 'on']));
    const again = await own.reopen();
    try {
      for (let write = 0; write < 20; write += 1) {
        const refused = again.run(`delete from public.maintenance where name = 'nothing'`);
        expect(await refused.catch(codeOf)).to.equal('service_unavailable');
      }
      const count = `select count(*)::integer as count from pg_stat_activity where datname = current_database()`;
      await until(async () => {
        const [row] = await again.run<{ count: number }>(count);
        return row?.count === 1;
      });
    } finally {
      await again.close();
      await own.drop();
    }
  });
});
