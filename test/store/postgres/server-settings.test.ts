import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { type OwnDatabase, openOwnDatabase } from '../../support/own-database.ts';
import {
  checkEverydayRequests,
  createSchema,
  foreignSettings,
  setStatement,
} from '../../support/server-settings.ts';
import { onRealStore } from '../../support/stores.ts';
import { logInNewUser, sessionIdOf } from '../../support/users.ts';

// test/infrastructure/server-settings.infra.ts tries each setting alone, so that a failure names it.
onRealStore('On a server, database or role whose settings all differ from the defaults', (stores) => {
  let own: OwnDatabase & { drop(): Promise<void> };
  before(async () => {
    const schemas = [createSchema('elsewhere'), createSchema(new URL(stores().url()).username)];
    const settings = [...new Map(foreignSettings).entries()];
    own = await openOwnDatabase(stores().config, {
      before: (database) => [...schemas, ...settings.map((setting) => setStatement(database, setting))],
      connections: 2,
    });
  });
  after(async () => {
    await own.close();
    await own.drop();
  });

  it('the everyday requests, and the migrations before them, succeed', () => checkEverydayRequests(own.app));

  it('the time since a rotation is exact', async () => {
    const { app, database, run } = own;
    const user = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    // With one digit, 56 seconds would be 60.
    await run(`update public.sessions set rotated_at = clock_timestamp() - interval '56 s'`);
    const session = await createStore(database).sessions.find(sessionIdOf(user.access));
    expect(session?.msSinceRotation).to.be.within(56_000, 59_999);
  });
});
