import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAdmin } from '../../app/commands/admin/create-admin.ts';
import { readPassword } from '../../app/commands/admin/password-prompt.ts';
import { createStore } from '../../app/store/store.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { codeOf } from '../support/rows.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
import { logIn, newUserFields, registerUser } from '../support/users.ts';

onRealStore('auth-service admin create', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { DB_PRIMARY_DB_URL: stores().url() });
  });
  after(() => app.close());

  const create = (
    fields: Partial<Parameters<typeof createAdmin>[2]> & { password?: () => Promise<string> },
  ) => {
    const { password, ...identity } = newUserFields();
    const input = { ...identity, password: async () => password, ifMissing: false, ...fields };
    return createAdmin(app.config, silentLog, input);
  };
  it('creates an administrator, with a row in the audit log', async () => {
    const { password, ...identity } = newUserFields();
    const { id, isCreated } = await create({ ...identity, password: async () => password });
    expect(isCreated).to.equal(true);
    await logIn(app, { ...identity, password, id });
    const { auditLog } = createStore(stores().database);
    const { items } = await auditLog.search({ limit: 2, target: { type: 'user', id } });
    expect(items).to.have.length(1);
    expect(items[0]).to.deep.include({
      ...{ actorType: 'command_line', actorId: null, action: 'user.create', oldValues: {} },
      newValues: { ...identity, roles: ['admin', 'user'] },
    });
  });

  it('creates an administrator once where a Job is repeated, and reads no password the second time', async () => {
    const { password: _, ...identity } = newUserFields();
    const { id } = await create({ ...identity, ifMissing: true });
    const unread = async (): Promise<string> => expect.fail('the password was read');
    const again = await create({ ...identity, ifMissing: true, password: unread });
    expect(again).to.deep.equal({ id, isCreated: false });
    expect(await create(identity).catch(codeOf)).to.equal('email_taken');
  });

  it('makes nobody an administrator who had registered the email of the first one before', async () => {
    const { email, username } = await registerUser(app);
    for (const ifMissing of [true, false])
      expect(await create({ email, username, ifMissing }).catch(codeOf)).to.equal('email_taken');
  });

  it('accepts a username of any one script, and none that looks like another', async () => {
    const { username } = await registerUser(app);
    const { id } = await create({ username: `l山田${username}` });
    expect((await createStore(stores().database).users.findById(id))?.username).to.equal(`l山田${username}`);
    for (const [name, code] of [
      [`山田${username}\u202e`, 'validation_failed'],
      [`I山田${username}`, 'username_taken'],
    ] as const) {
      expect([name, await create({ username: name }).catch(codeOf)]).to.deep.equal([name, code]);
    }
  });
});

describe('The password of a new administrator', () => {
  it('is the first line of a file, as a Job mounts it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'password-'));
    const file = join(folder, 'password');
    for (const text of ['correct horse', 'correct horse\n', 'correct horse\r\nsecond line\n']) {
      writeFileSync(file, text);
      expect(await readPassword(file)).to.equal('correct horse');
    }
    rmSync(folder, { recursive: true });
  });
});
