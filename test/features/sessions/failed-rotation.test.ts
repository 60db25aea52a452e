import { expect } from 'chai';
import { openOwnDatabase } from '../../support/own-database.ts';
import { onRealStore } from '../../support/stores.ts';
import { logInNewUser } from '../../support/users.ts';

/** A trigger of the operator, or a policy for rows, that lets no update of a session through and reports no error. */
const refuseUpdates = `
  create function refuse_update() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger refuse_update before update on sessions for each row execute function refuse_update()`;

onRealStore('A rotation of the newest refresh token that changes nothing', (stores) => {
  it('is answered with 503, and its session stays active', async () => {
    const own = await openOwnDatabase(stores().config);
    const { app, run } = own;
    try {
      const { refresh } = await logInNewUser(app);
      const ask = () => app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: refresh } });
      await run(refuseUpdates);
      const reply = await ask();
      expect(reply.status).to.equal(503);
      expect(reply.headers['retry-after']).to.match(/^\d+$/);
      await run('drop trigger refuse_update on sessions');
      expect((await ask()).status).to.equal(200);
    } finally {
      await own.close();
      await own.drop();
    }
  });
});
