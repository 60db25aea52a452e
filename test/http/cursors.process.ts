import { expect } from 'chai';
import { type Reply, startApp, type TestApp } from '../support/app.ts';
import { onOneStore } from '../support/stores.ts';
import { type LoggedInUser, logIn, logInNewAdmin, logInNewUser, newUserFields } from '../support/users.ts';

onOneStore('A cursor', (stores) => {
  let app: TestApp;
  let admin: LoggedInUser;
  let user: LoggedInUser;
  const prefix = newUserFields().username;
  before(async () => {
    app = await startApp(stores());
    [admin, user] = [await logInNewAdmin(app), await logInNewUser(app)];
    for (const each of [admin, user]) await logIn(app, each);
    for (const suffix of ['a', 'b', 'c']) {
      const username = `${prefix}${suffix}`;
      const fields = { ...newUserFields(), username, email: `${username}@example.com` };
      await app.ask('POST /api/v1/auth/register', { body: fields });
    }
  });
  after(() => app.close());

  type Ask = (cursor?: string) => Promise<Reply>;
  const get =
    (path: string, who: () => LoggedInUser): Ask =>
    (cursor) => {
      const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      return app.ask(`GET ${path}limit=1${more}`, { token: who().access });
    };
  const search =
    (filter: object): Ask =>
    (cursor) =>
      app.ask('POST /api/v1/admin/users/search', {
        token: admin.access,
        body: { ...filter, limit: 1, cursor },
      });

  const lists: Record<string, Ask> = {
    'the users': get('/api/v1/admin/users?', () => admin),
    'the users with an email': search({ email: prefix }),
    'the users with another email': search({ email: prefix.slice(0, -1) }),
    'the users with a username': search({ username: prefix }),
    'the login history of all users': get('/api/v1/admin/login-histories?', () => admin),
    'the login history of the administrator': get('/api/v1/users/me/login-history?', () => admin),
    'the login history of another user': get('/api/v1/users/me/login-history?', () => user),
  };

  it('is accepted by the list that returned it, and refused by every other', async () => {
    for (const [from, askFrom] of Object.entries(lists)) {
      const { body } = await askFrom();
      expect(body.meta.next_cursor, from).to.be.a('string');
      for (const [to, askTo] of Object.entries(lists)) {
        const { status } = await askTo(body.meta.next_cursor);
        expect([from, to, status]).to.deep.equal([from, to, from === to ? 200 : 422]);
      }
    }
  });

  it('is refused with 422, and never 500, when it was changed or made up', async () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const id = '00000000-0000-4000-8000-000000000000';
    const occurredAt = '2026-01-01T00:00:00.000Z';
    for (const [name, ask] of Object.entries(lists)) {
      const { body } = await ask();
      const real: string = body.meta.next_cursor;
      const [tag, position] = JSON.parse(Buffer.from(real, 'base64url').toString());
      const forged = [
        '',
        'x',
        '%',
        real.slice(0, -4),
        `A${real}`,
        encode(position),
        encode([position]),
        encode([tag]),
        encode([tag, position, 1]),
        encode([`${tag}x`, position]),
        encode([null, position]),
        encode([tag, null]),
        encode([tag, {}]),
        encode([tag, { ...Object(position), more: 1 }]),
        encode([tag, { occurredAt: '0000-01-01T00:00:00.000Z', createdAt: occurredAt, id }]),
        encode([tag, { occurredAt: '2026-02-30T00:00:00.000Z', id }]),
        encode([tag, { createdAt: '+275761-01-01T00:00:00.000Z', id }]),
        encode([tag, { occurredAt, createdAt: occurredAt, id: 'x' }]),
        encode([tag, 'x\0']),
        encode([tag, '\ud800']),
        encode([tag, 'x'.repeat(255)]),
        encode({ 0: tag, 1: position, length: 2 }),
        encode({ createdAt: occurredAt, id }),
      ];
      for (const cursor of forged) {
        const reply = await ask(cursor);
        expect([name, cursor, reply.status]).to.deep.equal([name, cursor, 422]);
        expect(reply.body.errors[0].path).to.equal('cursor');
      }
    }
  });
});
