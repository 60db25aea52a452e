import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { probe, using } from '../../store/postgres/probe.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { registerUser } from '../../support/users.ts';

onOneStore('ASVS: accounts', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('keep a password for ten years, if nobody changes it (6.2.10)', async () => {
    const { id, email, password } = await registerUser(app);
    await using(probe(stores()), (database) => database.query('probe/age_password', [id]));
    const reply = await app.ask('POST /api/v1/auth/login', { body: { email, password } });
    expect(reply.status).to.equal(200);
  });
});

describe('ASVS: default accounts', () => {
  it('are in no migration (6.3.2)', () => {
    const migrations = readdirSync('migrations').map((name) => readFileSync(`migrations/${name}`, 'utf8'));
    expect(migrations.join('\n')).to.not.match(/insert\s+into\s+(?:users|user_roles)\b/i);
  });
});
