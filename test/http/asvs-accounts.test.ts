import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Database } from '../../app/store/database.ts';
import { startApp } from '../support/app.ts';
import { registered } from '../support/people.ts';
import { onEachStore } from '../support/stores.ts';

const tenYearsAgo = new Date(Date.now() - 10 * 365 * 86_400_000);

/** The same database, as if every password had been set long ago. */
function withOldPasswords(database: Database): Database {
  return {
    ...database,
    async query<Row extends object>(...[name, params]: Parameters<Database['query']>): Promise<Row[]> {
      const rows = await database.query<Row>(name, params);
      if (!name.startsWith('users/find')) return rows;
      return rows.map((row) => ({ ...row, passwordChangedAt: tenYearsAgo }));
    },
    transaction: (work) => database.transaction((within) => work(withOldPasswords(within))),
  };
}

onEachStore('ASVS: accounts', (stores) => {
  it('keep a password for ten years, if nobody changes it (6.2.10)', async () => {
    const app = await startApp({ ...stores(), database: withOldPasswords(stores().database) });
    try {
      const { email, password } = await registered(app);
      expect((await app.ask('POST /api/v1/auth/login', { body: { email, password } })).status).to.equal(200);
    } finally {
      await app.close();
    }
  });
});

describe('ASVS: default accounts', () => {
  it('are in no migration (6.3.2)', () => {
    const migrations = readdirSync('migrations').map((name) => readFileSync(`migrations/${name}`, 'utf8'));
    expect(migrations.join('\n')).to.not.match(/insert\s+into\s+(?:users|user_roles)\b/i);
  });
});
