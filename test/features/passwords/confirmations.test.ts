import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import type { Accounts } from '../../../app/features/accounts/accounts.ts';
import { accountEndpoints } from '../../../app/features/accounts/endpoints.ts';
import type { PersonalData } from '../../../app/features/accounts/personal-data.ts';
import { passwordEndpoints } from '../../../app/features/passwords/endpoints.ts';
import type { WorkQueue } from '../../../app/http/route/endpoint.ts';
import { type Ask, startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { type LoggedInUser, logIn, logInNewUser, newUserFields } from '../../support/users.ts';

const me = '/api/v1/users/me';

onOneStore('Confirming with the password', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
  });
  after(() => app.close());

  /** A network nobody has used before, so that its own limits do not matter. */
  const newNetwork = () => `2001:db8:${randomBytes(4).toString('hex').replace(/^.{4}/, '$&:')}::1`;
  const ask = (what: string, more: Ask, from = newNetwork()) =>
    app.ask(what, { ...more, headers: { 'X-Forwarded-For': from } });
  const statuses = async (count: number, work: () => Promise<{ status: number }>) => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) seen.push((await work()).status);
    return seen;
  };
  const keepEmail = ({ access, email, password }: LoggedInUser) =>
    ask(`PATCH ${me}`, { token: access, body: { email, password } });
  const guess = ({ access }: LoggedInUser) =>
    ask(`DELETE ${me}`, { token: access, body: { password: 'wrong' } });

  it('is counted when it is right too, so that one account cannot keep the hash queue full', async () => {
    const user = await logInNewUser(app);
    const replies = await Promise.all(Array.from({ length: 30 }, () => keepEmail(user)));
    expect(replies.filter(({ status }) => status === 200)).to.have.length(10);
    expect(replies.filter(({ status }) => status === 429)).to.have.length(20);
    expect((await guess(user)).status).to.equal(429);
  });

  it('is counted for each session, so that a stolen token does not block its owner', async () => {
    const stolen = await logInNewUser(app);
    expect((await statuses(11, () => guess(stolen))).at(-1)).to.equal(429);
    const owner = await logIn(app, stolen);
    const body = { current_password: owner.password, new_password: `new ${owner.password}` };
    expect((await ask(`POST ${me}/password`, { token: owner.access, body })).status).to.equal(200);
  });

  it('is counted on when the session is refreshed', async () => {
    const user = await logInNewUser(app);
    await statuses(10, () => guess(user));
    const { body } = await ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    expect((await guess({ ...user, access: body.data.access_token })).status).to.equal(429);
  });

  it('is not counted for a username, nor for a new password that is refused', async () => {
    const { access, password } = await logInNewUser(app);
    const rename = () =>
      ask(`PATCH ${me}`, { token: access, body: { username: `u${randomBytes(8).toString('hex')}` } });
    const change = (new_password: string) =>
      ask(`POST ${me}/password`, { token: access, body: { current_password: password, new_password } });
    expect(new Set(await statuses(11, rename))).to.deep.equal(new Set([200]));
    expect(new Set(await statuses(11, () => change('password123')))).to.deep.equal(new Set([422]));
    expect((await change(`new ${password}`)).status).to.equal(200);
  });

  it('has one budget per address for all routes, which only those use up who are logged in', async () => {
    const network = newNetwork();
    const { access: token } = await logInNewUser(app);
    const routes = [`PATCH ${me}`, `DELETE ${me}`, `POST ${me}/delete`, `POST ${me}/password`];
    let n = 0;
    const next = (who: object) => ask(routes[n++ % routes.length] ?? '', { body: {}, ...who }, network);
    expect(await statuses(101, () => next({}))).to.deep.equal(Array(101).fill(401));
    expect(await statuses(100, () => next({ token }))).to.deep.equal(Array(100).fill(422));
    for (const route of routes) {
      const { status, headers } = await ask(route, { token, body: {} }, network);
      expect([status, headers['ratelimit-limit']]).to.deep.equal([429, '100']);
    }
    const text = await app.metrics.registry.metrics();
    expect(text).to.match(/auth_rate_limited_total\{[^}]*limit="account_change"[^}]*\} 4/);
  });
});

describe('A slot of the hash queue for a confirmation', () => {
  const full: WorkQueue = {
    isFull: () => true,
    reject: () => new AppError('overloaded'),
    run: () => Promise.reject(new AppError('overloaded')),
  };
  const updated: object[] = [];
  const accounts = {
    update: async (_caller: object, change: object) => {
      updated.push(change);
      return { ...newUserFields(), id: '', roles: [], createdAt: new Date() };
    },
  };
  // The handlers that are called reach for nothing else.
  const endpoints = accountEndpoints({
    accounts: accounts as unknown as Accounts,
    personalData: {} as unknown as PersonalData,
    hashQueue: full,
  });
  const never = () => expect.fail('no handler of these is called');
  const changes = passwordEndpoints({ changePassword: never, resetPassword: never, hashQueue: full });
  const find = (method: string, path: string) =>
    [...endpoints, ...changes].find((each) => each.method === method && each.path === path);

  it('is asked for before anything is read where there is always one', () => {
    expect(find('delete', me)?.queue).to.equal(full);
    expect(find('post', `${me}/password`)?.queue).to.equal(full);
  });

  it('is asked for a new email, and not for a new username', async () => {
    const change = async (body: object) => {
      const call = { body, caller: { user: { id: '' }, sessionId: '' } };
      return find('patch', me)?.handle(call as never);
    };
    const code = await change({ email: 'a@example.com', password: 'x' }).catch((error) => error.code);
    expect([code, updated]).to.deep.equal(['overloaded', []]);
    await change({ username: 'somebody' });
    expect(updated).to.deep.equal([{ username: 'somebody' }]);
  });
});
