import { expect } from 'chai';
import { openOwnDatabase } from '../../support/own-database.ts';
import { setStatement } from '../../support/server-settings.ts';
import { runOn } from '../../support/servers.ts';
import { onRealStore } from '../../support/stores.ts';
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
});
