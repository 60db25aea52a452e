import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { newUserFields, registerUser } from '../../support/users.ts';

const login = 'POST /api/v1/auth/login';

onOneStore(login, (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('answers tokens, their life, the user, and forbids caching', async () => {
    const { id, email, username, password } = await registerUser(app);
    const reply = await app.ask(login, { body: { email, password } });
    expect(reply.status).to.equal(200);
    expect(reply.headers['cache-control']).to.equal('no-store');
    const { token_type, expires_in, user } = reply.body.data;
    expect([token_type, expires_in]).to.deep.equal(['Bearer', 900]);
    expect([user.id, user.email, user.username]).to.deep.equal([id, email, username]);
  });

  it('accepts the email in any case', async () => {
    const { email, password } = await registerUser(app);
    expect((await app.ask(login, { body: { email: email.toUpperCase(), password } })).status).to.equal(200);
  });

  it('accepts every spelling of an address, and one that an earlier release stored', async () => {
    const { password, username, ...user } = newUserFields();
    const [local] = user.email.split('@');
    const body = { password, username, email: `${local}@xn--bcher-kva.example` };
    await app.ask('POST /api/v1/auth/register', { body });
    for (const email of [`${local}@bücher.example`, ` ${local}@BU\u0308CHER。EXAMPLE\n`]) {
      expect((await app.ask(login, { body: { email, password } })).status, email).to.equal(200);
    }
    const old = await registerUser(app);
    await createStore(app.stores.database).users.updateIdentity(old.id, { email: `${local}@old-.example` });
    const credentials = { email: `${local}@Old-.example`, password: old.password };
    expect((await app.ask(login, { body: credentials })).status).to.equal(200);
  });

  it('verifies a password exactly as it was given: no trimming, no case folding, no normalisation', async () => {
    const user = { ...newUserFields(), password: ' Pässwörter-Straße ' };
    await app.ask('POST /api/v1/auth/register', { body: user });
    const tries = [
      user.password,
      user.password.trim(),
      user.password.toLowerCase(),
      user.password.normalize('NFD'),
    ];
    const statuses = [];
    for (const password of tries) {
      statuses.push((await app.ask(login, { body: { email: user.email, password } })).status);
    }
    expect(statuses).to.deep.equal([200, 401, 401, 401]);
  });

  it('answers unknown email, wrong password and disabled account with the same bytes and headers', async () => {
    const known = await registerUser(app);
    const disabled = await registerUser(app);
    await createStore(app.stores.database).users.setDisabled(disabled.id, true);
    const attempts = [
      { email: newUserFields().email, password: known.password },
      { email: known.email, password: 'not the password' },
      { email: disabled.email, password: disabled.password },
    ];
    const answers = [];
    for (const body of attempts) {
      const reply = await app.ask(login, { body, headers: { 'X-Request-Id': 'the-same-id' } });
      const { date: _date, ...headers } = reply.headers;
      answers.push(JSON.stringify([reply.status, headers, reply.text]));
    }
    expect(new Set(answers).size).to.equal(1);
    expect(answers[0]).to.contain('invalid_credentials').and.to.contain('"status\\":401');
  });

  it('costs one argon2 verification whether or not the account exists', async () => {
    const hashed = async () =>
      (await app.metrics.hashDuration.get()).values.find((v) => v.metricName?.endsWith('_count'))?.value ?? 0;
    const known = await registerUser(app);
    for (const email of [known.email, newUserFields().email]) {
      const before = await hashed();
      await app.ask(login, { body: { email, password: 'not the password' } });
      expect(await hashed()).to.equal(before + 1);
    }
  });

  it('hashes anew when a parameter changed, and not otherwise', async () => {
    const { id, email, password } = await registerUser(app);
    const hash = async () => (await createStore(app.stores.database).users.findById(id))?.passwordHash;
    const original = await hash();
    await app.ask(login, { body: { email, password } });
    expect(await hash()).to.equal(original);
    const stronger = await startApp(stores(), { ARGON2_TIME: '2' });
    try {
      expect((await stronger.ask(login, { body: { email, password } })).status).to.equal(200);
      expect(await hash()).to.match(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/);
      expect((await stronger.ask(login, { body: { email, password } })).status).to.equal(200);
    } finally {
      await stronger.close();
    }
  });

  it('counts outcomes and logs them without the email or the password', async () => {
    const { email, password, id } = await registerUser(app);
    await app.ask(login, { body: { email, password } });
    await app.ask(login, { body: { email, password: 'not the password' } });
    const text = JSON.stringify(app.logged());
    expect(text)
      .to.contain(id)
      .and.not.contain(email)
      .and.not.contain(password)
      .and.not.contain('not the password');
    const counted = (await app.metrics.logins.get()).values.map(({ labels, value }) => [
      labels.reason,
      value,
    ]);
    expect(counted.find(([reason]) => reason === 'wrong_password')?.[1]).to.be.greaterThan(0);
  });

  it('refuses a body with missing, unknown or mistyped fields', async () => {
    const cases: [object, string][] = [
      [{ email: 'a@example.com' }, 'password'],
      [{ email: 'a@example.com', password: 'x', remember: true }, 'remember'],
      [{ email: ['a@example.com'], password: 'x' }, 'email'],
    ];
    for (const [body, path] of cases) {
      const reply = await app.ask(login, { body });
      expect(reply.status).to.equal(422);
      expect(reply.body.errors[0].path).to.equal(path);
    }
  });
});
