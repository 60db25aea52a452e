import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { parseTarget } from '../../../app/store/postgres/connection-target.ts';
import { migrationFolder } from '../../../app/store/postgres/migration-files.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createStore } from '../../../app/store/store.ts';
import { addUser } from '../../support/rows.ts';
import { runStatement } from '../../support/run-statement.ts';
import { createScratchDatabase, onEachStore, onRealStore, silentLog } from '../../support/stores.ts';

onEachStore('A deleted account', (stores) => {
  const store = () => createStore(stores().database);

  /** The columns of an account, deleted or not. */
  async function rowOf(id: string) {
    const columns = 'password_hash, device_epoch';
    const [row] = await runStatement(stores(), `select ${columns} from users where id = '${id}'`);
    return row;
  }

  it('has no password hash, and its device tokens are void', async () => {
    const { id } = await addUser(store(), { passwordHash: 'a hash' });
    expect(await rowOf(id)).to.deep.equal({ passwordHash: 'a hash', deviceEpoch: 1 });
    await store().users.softDelete(id);
    expect(await rowOf(id)).to.deep.equal({ passwordHash: '', deviceEpoch: 2 });
  });

  it('has no password hash if the release before this one deleted it', async () => {
    const { id } = await addUser(store(), { passwordHash: 'a hash' });
    await runStatement(
      stores(),
      `update users set deleted_at = now(), updated_at = now(), version = version + 1
       where id = '${id}' and deleted_at is null`,
    );
    expect(await rowOf(id)).to.include({ passwordHash: '' });
  });

  it('leaves the hash of every other account as it was', async () => {
    const [one, other] = [await addUser(store()), await addUser(store(), { passwordHash: 'another hash' })];
    await store().users.softDelete(one.id);
    await store().users.setDisabled(other.id, true);
    expect(await rowOf(other.id)).to.include({ passwordHash: 'another hash' });
  });
});

onRealStore('The migration that erases hashes of deleted accounts', () => {
  it('erases those that are in the database, and no other', async () => {
    const before = mkdtempSync(join(tmpdir(), 'migrations-'));
    for (const name of readdirSync(migrationFolder).filter((each) => each < '0010')) {
      cpSync(join(migrationFolder, name), join(before, name));
    }
    const { url, drop } = await createScratchDatabase();
    const sql = postgres(parseTarget({ url, sslMode: 'disable', caFile: undefined }).url, { max: 1 });
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    try {
      await migrate({ target, folder: before, log: silentLog });
      await sql`
        insert into users (id, email, username, password_hash, deleted_at)
        values
          (gen_random_uuid(), 'gone@example.com', 'gone', 'the hash', now()),
          (gen_random_uuid(), 'here@example.com', 'here', 'the hash', null)`;
      await migrate({ target, log: silentLog });
      expect([...(await sql`select username, password_hash from users order by username`)]).to.deep.equal([
        { username: 'gone', password_hash: '' },
        { username: 'here', password_hash: 'the hash' },
      ]);
    } finally {
      await sql.end();
      await drop();
      rmSync(before, { recursive: true });
    }
  });
});
