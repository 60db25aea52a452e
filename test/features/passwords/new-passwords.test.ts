import type { ServerResponse } from 'node:http';
import { hash } from '@node-rs/argon2';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type RangeServer, rangeWith, startRangeServer } from '../../support/range-server.ts';
import { onOneStore } from '../../support/stores.ts';
import { logIn, logInNewAdmin, logInNewUser, newUserFields, registerUser } from '../../support/users.ts';

const register = 'POST /api/v1/auth/register';
const login = 'POST /api/v1/auth/login';
const stolen = 'a phrase that was stolen';

onOneStore('A new password', (stores) => {
  let server: RangeServer;
  let app: TestApp;
  before(async () => {
    server = await startRangeServer();
    // One request at a time may hash a password, and none may be queued.
    app = await startApp(stores(), {
      PASSWORD_BREACH_URL: server.url,
      HASH_CONCURRENCY: '1',
      HASH_QUEUE_MAX: '0',
    });
  });
  beforeEach(() => server.answerWith(rangeWith({ [stolen]: 12 })));
  after(async () => {
    await app.close();
    await server.close();
  });

  function expectRefusal(reply: Awaited<ReturnType<TestApp['ask']>>, code: string, path: string): void {
    expect(reply.status).to.equal(422);
    expect(reply.body.code).to.equal(code);
    expect(reply.body.errors).to.have.length(1);
    expect(reply.body.errors[0].path).to.equal(path);
    expect(reply.body.detail).to.equal(reply.body.errors[0].message);
  }

  it('is refused if it is known from a breach or easy to guess, at a registration', async () => {
    for (const [password, code] of [
      [stolen, 'password_breached'],
      ['auth-service-2026', 'password_too_common'],
    ] as const) {
      expectRefusal(await app.ask(register, { body: { ...newUserFields(), password } }), code, 'password');
    }
  });

  it('is refused at a password change', async () => {
    const user = await logInNewUser(app);
    const change = (current_password: string, new_password: string) =>
      app.ask('POST /api/v1/users/me/password', {
        token: user.access,
        body: { current_password, new_password },
      });
    expectRefusal(await change(user.password, stolen), 'password_breached', 'new_password');
    expectRefusal(
      await change(user.password, `${user.username}1`),
      'password_matches_identity',
      'new_password',
    );
    expect((await change(user.password, 'another-good-one')).status).to.equal(200);
  });

  it('is refused at a password reset, and the token stays valid', async () => {
    const [admin, user] = [await logInNewAdmin(app), await registerUser(app)];
    const path = `POST /api/v1/admin/users/${user.id}/reset-token`;
    const { token } = (await app.ask(path, { token: admin.access })).body.data;
    const reset = (password: string) =>
      app.ask('POST /api/v1/auth/password/reset', { body: { token, password } });
    expectRefusal(await reset(stolen), 'password_breached', 'password');
    expectRefusal(await reset('123123123'), 'password_too_common', 'password');
    expect((await reset('another-good-one')).status).to.equal(200);
  });

  it('is accepted if the server for breaches fails', async () => {
    server.answerWith((_request, response) => void response.writeHead(500).end());
    const user = { ...newUserFields(), password: stolen };
    expect((await app.ask(register, { body: user })).status).to.equal(201);
    expect(app.logged().some(({ event }) => event === 'breach_check_failed')).to.equal(true);
  });

  it('occupies no slot of the hash queue while the server for breaches thinks', async () => {
    const user = await registerUser(app);
    const asked = new Promise<ServerResponse>((resolve) => {
      server.answerWith((_request, response) => resolve(response));
    });
    const registering = app.ask(register, { body: newUserFields() });
    const answer = await asked;
    await logIn(app, user);
    answer.end();
    expect((await registering).status).to.equal(201);
  });

  it('does not matter to a login: a password that would be refused today stays valid', async () => {
    const { email, id } = await registerUser(app);
    const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };
    await createStore(stores().database).users.setPassword(id, await hash('password', cheap));
    server.answerWith(rangeWith({ password: 1 }));
    expect((await app.ask(login, { body: { email, password: 'password' } })).status).to.equal(200);
    expect(server.asked).to.deep.equal([]);
  });
});
