import { expect } from 'chai';
import { createAdmin, grantAdmin } from '../../app/commands/admin/administrators.ts';
import { createStore } from '../../app/store/store.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Entry } from '../support/audit.ts';
import { codeOf } from '../support/rows.ts';
import { openStatements } from '../support/run-statement.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logIn, newUserFields, registerUser } from '../support/users.ts';

onRealStore('npm run admin', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { DB_PRIMARY_DB_URL: stores().url() });
  });
  after(() => app.close());

  it('leaves rows in the audit log that name the command line', async () => {
    const [fields, user] = [newUserFields(), await registerUser(app)];
    const { password, ...identity } = fields;
    const id = await createAdmin(app.config, silentLog, fields);
    expect(await grantAdmin(app.config, silentLog, user.email)).to.equal(user.id);
    const { access } = await logIn(app, { ...fields, id });
    const actor = {
      actor_type: 'command_line',
      actor_id: null,
      session_id: null,
      ip: null,
      request_id: null,
    };
    const roles = ['admin', 'user'];
    const expected: [target: string, row: Entry][] = [
      [id, { ...actor, action: 'user.create', old_values: {}, new_values: { ...identity, roles } }],
      [user.id, { ...actor, action: 'user.roles', old_values: { roles: ['user'] }, new_values: { roles } }],
    ];
    for (const [target, row] of expected) {
      const { body } = await app.ask(`GET /api/v1/admin/audit-log?target_id=${target}`, { token: access });
      expect(body.data).to.have.length(1);
      expect(body.data[0]).to.deep.include(row);
    }
  });

  it('accepts a username of any one script, and none that looks like another', async () => {
    const { username } = await registerUser(app);
    const create = (name: string) =>
      createAdmin(app.config, silentLog, { ...newUserFields(), username: name });
    const id = await create(`l山田${username}`);
    expect((await createStore(stores().database).users.findById(id))?.username).to.equal(`l山田${username}`);
    for (const [name, code] of [
      [`山田${username}\u202e`, 'validation_failed'],
      [`I山田${username}`, 'username_taken'],
    ] as const) {
      expect([name, await create(name).catch(codeOf)]).to.deep.equal([name, code]);
    }
  });

  it('locks the role before the user, as administrators do, so that neither waits for the other', async () => {
    const { id, email } = await registerUser(app);
    const statements = openStatements(stores());
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    try {
      let granting: Promise<string> | undefined;
      await stores().database.transaction(async (tx) => {
        await createStore(tx).roles.lockAdmin();
        granting = grantAdmin(app.config, silentLog, email);
        await until(async () => (await statements.run(waiting)).length > 0);
        const lock = 'select id from users where id = $1 for update nowait';
        expect(await statements.run(lock, [id])).to.deep.equal([{ id }]);
      });
      expect(await granting).to.equal(id);
    } finally {
      await statements.close();
    }
  });
});
