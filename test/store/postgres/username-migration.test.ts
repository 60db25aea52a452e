import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { migrationFolder } from '../../../app/store/postgres/migration-files.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../../support/stores.ts';
import { withSql } from './migration-folders.ts';

const insert = `
  insert into users (id, email, username, password_hash)
  select gen_random_uuid(), gen_random_uuid() || '@example.com', username, 'hash'
  from unnest($1::text[]) username`;

onRealStore('The migration to usernames of every script', () => {
  it('keeps accounts whose names look alike, and indexes them without a change of any row', async () => {
    const before = mkdtempSync(join(tmpdir(), 'migrations-'));
    for (const name of readdirSync(migrationFolder).filter((each) => each < '0013')) {
      cpSync(join(migrationFolder, name), join(before, name));
    }
    const { url, drop } = await createScratchDatabase();
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    try {
      await migrate({ target, folder: before, log: silentLog });
      await withSql(url(), async (sql) => {
        await sql.unsafe(insert, [['Il0ve', 'IlOve', 'rnike', 'Mike']]);
        const rows = () => sql`select xmin::text, username, version, updated_at from users order by username`;
        const old = [...(await rows())];
        await migrate({ target, log: silentLog });
        expect([...(await rows())]).to.deep.equal(old);
        const unfinished = await sql`
          select indexrelid::regclass::text as name from pg_index where not indisvalid
          union all
          select conname from pg_constraint where not convalidated`;
        expect([...unfinished]).to.deep.equal([]);
        await sql.unsafe(insert, [['1L0VE', 'after']]);
        const same = await sql.unsafe(insert, [['AFTER']]).catch((error) => error.constraint_name);
        expect(same).to.be.oneOf(['users_username_key', 'users_username_lower_key']);
      });
    } finally {
      await drop();
      rmSync(before, { recursive: true });
    }
  });
});
