import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { newUserFields, registerUser } from '../../support/users.ts';

const register = 'POST /api/v1/auth/register';

/** Text of characters that repeat nothing, far from each other in any order. */
const distinct = (length: number, from = 0xac00): string =>
  String.fromCodePoint(...Array.from({ length }, (_item, n) => from + ((n * 7_919) % 11_171)));

onOneStore(register, (stores) => {
  let app: TestApp;
  before(async () => {
    // The queue takes all of the racing requests, although they come from one address.
    app = await startApp(stores(), { HASH_QUEUE_MAX: '100' });
  });
  after(() => app.close());

  it('answers 201 with the user and no password', async () => {
    const user = newUserFields();
    const reply = await app.ask(register, { body: user });
    expect(reply.status).to.equal(201);
    const { id, created_at, ...rest } = reply.body.data;
    expect(rest).to.deep.equal({ email: user.email, username: user.username, roles: ['user'] });
    expect(Date.parse(created_at)).to.be.closeTo(Date.now(), 60_000);
    expect(reply.text).not.to.contain(user.password);
    expect(id).to.match(/^[0-9a-f-]{36}$/);
  });

  it('stores the email in lower case and refuses it in any other case', async () => {
    const user = newUserFields();
    const shouted = { ...user, email: user.email.toUpperCase() };
    expect((await app.ask(register, { body: shouted })).body.data.email).to.equal(user.email);
    const again = await app.ask(register, { body: { ...newUserFields(), email: user.email } });
    expect(again.status).to.equal(409);
    expect(again.body.code).to.equal('email_taken');
  });

  it('takes every spelling of an international domain for one address', async () => {
    const { email, password, username } = newUserFields();
    const [local] = email.split('@');
    const first = { password, username, email: ` ${local}@BÜCHER.example ` };
    const stored = `${local}@xn--bcher-kva.example`;
    expect((await app.ask(register, { body: first })).body.data.email).to.equal(stored);
    const again = await app.ask(register, { body: { ...newUserFields(), email: stored.toUpperCase() } });
    expect([again.status, again.body.code]).to.deep.equal([409, 'email_taken']);
  });

  it('says why an address or a username is refused', async () => {
    const reasonOf = async (change: object) => {
      const reply = await app.ask(register, { body: { ...newUserFields(), ...change } });
      expect(reply.status).to.equal(422);
      return reply.body.errors;
    };
    expect(await reasonOf({ email: 'müller@example.com' })).to.deep.equal([
      {
        path: 'email',
        message:
          'must have only ASCII characters before the @, because many mail servers cannot deliver to others',
      },
    ]);
    expect(await reasonOf({ username: 'müller@example' })).to.deep.equal([
      {
        path: 'username',
        message: 'must have only letters and digits of languages in use, dots, hyphens and underscores',
      },
    ]);
  });

  it('reads a username in full width letters and with spaces around it as its ASCII form', async () => {
    const user = newUserFields();
    const wide = [...user.username].map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).join('');
    const reply = await app.ask(register, { body: { ...user, username: ` ${wide}　` } });
    expect(reply.body.data.username).to.equal(user.username);
    const admin = await app.ask(register, { body: { ...newUserFields(), username: 'ａｄｍｉｎ' } });
    expect([admin.status, admin.body.code]).to.deep.equal([422, 'username_reserved']);
  });

  it('refuses a username that differs in case only', async () => {
    const user = await registerUser(app);
    const reply = await app.ask(register, {
      body: { ...newUserFields(), username: user.username.toUpperCase() },
    });
    expect(reply.status).to.equal(409);
    expect(reply.body.code).to.equal('username_taken');
  });

  it('lets exactly one of 50 racing requests have the email', async () => {
    const { email, password } = newUserFields();
    const racing = Array.from({ length: 50 }, () =>
      app.ask(register, { body: { email, password, username: newUserFields().username } }),
    );
    const statuses = (await Promise.all(racing)).map((reply) => reply.status);
    expect(statuses.filter((status) => status === 201)).to.have.length(1);
    expect(statuses.filter((status) => status === 409)).to.have.length(49);
  });

  it('names every field at fault', async () => {
    const body = { email: 'nobody', password: 'longenough-but-unique', username: 'a b', admin: true };
    const reply = await app.ask(register, { body });
    expect(reply.status).to.equal(422);
    const paths = reply.body.errors.map((error: { path: string }) => error.path);
    expect(paths).to.have.members(['email', 'username', 'admin']);
  });

  const passwords: [string, string, number, string?][] = [
    ['the guide’s own password', 'StrongPass123!', 201],
    ['8 characters', 'q7#Lw2!z', 201],
    ['7 characters', 'q7#Lw2!', 422, 'validation_failed'],
    ['128 characters', distinct(128), 201],
    ['129 characters', distinct(129), 422, 'validation_failed'],
    ['128 characters outside the basic plane', distinct(128, 0x20000), 201],
    ['only spaces', '            ', 422, 'password_too_common'],
    ['a common password', 'password123', 422, 'password_too_common'],
    ['a common password in other case', 'PassWord123', 422, 'password_too_common'],
    ['the name of the service', 'auth-service', 422, 'password_too_common'],
  ];
  for (const [title, password, status, code] of passwords) {
    it(`${status === 201 ? 'accepts' : 'refuses'} as password ${title}`, async () => {
      const reply = await app.ask(register, { body: { ...newUserFields(), password } });
      expect(reply.status).to.equal(status);
      if (code) expect(reply.body.code).to.equal(code);
    });
  }

  it('refuses the email and the username as password', async () => {
    const user = newUserFields();
    for (const password of [user.email, user.username, user.username.toUpperCase()]) {
      const reply = await app.ask(register, { body: { ...user, password } });
      expect(reply.status).to.equal(422);
      expect(reply.body.code).to.equal('password_matches_identity');
    }
  });

  it('refuses NUL characters and lone surrogates and stores nothing', async () => {
    const user = newUserFields();
    for (const bad of ['"pass\\u0000word-long"', '"pass\\ud800word-long"']) {
      const raw = `{"email":"${user.email}","username":"${user.username}","password":${bad}}`;
      const reply = await app.ask(register, { raw, headers: { 'Content-Type': 'application/json' } });
      expect(reply.status).to.equal(422);
      expect(reply.body.errors[0].path).to.equal('password');
    }
    expect((await app.ask(register, { body: user })).status).to.equal(201);
  });
});
