import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect } from '../../../app/store/postgres/connection.ts';
import { migrationFolder } from '../../../app/store/postgres/migration-files.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { grantToServiceRole } from '../../../app/store/postgres/service-role.ts';
import { type OwnDatabase, openOwnDatabase } from '../../support/own-database.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../../support/stores.ts';
import { logInNewAdmin, newUserFields } from '../../support/users.ts';

/** In Turkish the lower case of I is not i. */
const turkish = `template template0 encoding 'UTF8' locale_provider icu icu_locale 'tr-TR'`;

const openClient = (url: () => string) =>
  connect({
    target: { url, sslMode: 'disable', caFile: undefined },
    prepare: false,
    connectTimeout: 10_000,
    parameters: {},
    log: silentLog,
  });

onRealStore('In a database with a Turkish collation', (stores) => {
  let own: OwnDatabase & { drop(): Promise<void> };
  before(async () => {
    own = await openOwnDatabase(stores().config, { template: turkish });
  });
  after(async () => {
    await own.close();
    await own.drop();
  });

  const register = (fields: object) =>
    own.app.ask('POST /api/v1/auth/register', { body: { ...newUserFields(), ...fields } });

  it('two usernames that differ only in case are one', async () => {
    expect((await register({ username: 'ISTANBUL' })).status).to.equal(201);
    const reply = await register({ username: 'istanbul' });
    expect([reply.status, reply.body.code]).to.deep.equal([409, 'username_taken']);
  });

  it('a user logs in with other capitals, and an administrator finds the account by them', async () => {
    const fields = { email: 'IRIS@EXAMPLE.COM', username: 'IRIS' };
    const { password } = newUserFields();
    expect((await register({ ...fields, password })).status).to.equal(201);
    for (const email of ['iris@example.com', 'Iris@Example.Com']) {
      const reply = await own.app.ask('POST /api/v1/auth/login', { body: { email, password } });
      expect(reply.status).to.equal(200);
    }
    const admin = await logInNewAdmin(own.app);
    for (const username of ['iri', 'IRI']) {
      const search = { token: admin.access, body: { username } };
      const reply = await own.app.ask('POST /api/v1/admin/users/search', search);
      expect(reply.body.data.map((user: { username: string }) => user.username)).to.deep.equal(['IRIS']);
    }
  });

  it('a role of the service that has its rights gets none again', async () => {
    const role = `auth_test_${randomBytes(6).toString('hex')}`;
    const url = own.url;
    const connection = openClient(url);
    try {
      await connection.unsafe(`create role ${role}`);
      expect((await grantToServiceRole(connection, role)).changed).to.be.greaterThan(0);
      expect((await grantToServiceRole(connection, role)).changed).to.equal(0);
    } finally {
      await connection.unsafe(`drop owned by ${role}; drop role ${role}`);
      await connection.end();
    }
  });

  it('the migration renames the younger of two accounts with one name, and says so in the audit log', async () => {
    const before = mkdtempSync(join(tmpdir(), 'migrations-'));
    for (const name of readdirSync(migrationFolder).filter((each) => each < '0012')) {
      cpSync(join(migrationFolder, name), join(before, name));
    }
    const { url, drop } = await createScratchDatabase(turkish);
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    const connection = openClient(url);
    try {
      await migrate({ target, folder: before, log: silentLog });
      await connection.unsafe(`
        insert into users (id, email, username, password_hash, created_at)
        select gen_random_uuid(), n || '@example.com', username, '', now() + n * interval '1 second'
        from unnest(array['iris', 'IRIS', 'Iris-2', 'Iris', 'other']) with ordinality u (username, n)`);
      await migrate({ target, log: silentLog });
      const users = await connection.unsafe('select username, version from users order by created_at');
      expect([...users]).to.deep.equal([
        { username: 'iris', version: 1 },
        { username: 'IRIS-3', version: 2 },
        { username: 'Iris-2', version: 1 },
        { username: 'Iris-4', version: 2 },
        { username: 'other', version: 1 },
      ]);
      const entries = await connection.unsafe(`
        select actor_type, old_values, new_values
        from audit_log
        where target_id in (select id::text from users) and action = 'user.update'
        order by id`);
      expect([...entries]).to.deep.equal([
        { actorType: 'system', oldValues: { username: 'IRIS' }, newValues: { username: 'IRIS-3' } },
        { actorType: 'system', oldValues: { username: 'Iris' }, newValues: { username: 'Iris-4' } },
      ]);
    } finally {
      await connection.end();
      await drop();
      rmSync(before, { recursive: true });
    }
  });
});
