import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../app/store/store.ts';
import type { TestApp } from './app.ts';

export interface RegisteredUser {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

export interface LoggedInUser extends RegisteredUser {
  readonly access: string;
  readonly refresh: string;
}

/** A strong password without digits and signs, for which the estimate of its strength would take several times as long. */
const newPassword = (): string =>
  `Strong${String.fromCharCode(...randomBytes(10).map((byte) => 97 + (byte % 26)))}`;

/** The fields of a registration. No other user has them. */
export function newUserFields(): Omit<RegisteredUser, 'id'> {
  const name = `u${randomBytes(8).toString('hex')}`;
  return { email: `${name}@example.com`, username: name, password: newPassword() };
}

export async function registerUser(app: TestApp): Promise<RegisteredUser> {
  const user = newUserFields();
  const reply = await app.ask('POST /api/v1/auth/register', { body: user });
  expect(reply.status).to.equal(201);
  return { ...user, id: reply.body.data.id };
}

export async function logIn(app: TestApp, user: RegisteredUser): Promise<LoggedInUser> {
  const { email, password } = user;
  const reply = await app.ask('POST /api/v1/auth/login', { body: { email, password } });
  expect(reply.status).to.equal(200);
  const { access_token: access, refresh_token: refresh } = reply.body.data;
  return { ...user, access, refresh };
}

export async function logInNewUser(app: TestApp): Promise<LoggedInUser> {
  return logIn(app, await registerUser(app));
}

/** Grants the role in the database: through the API only an administrator can do so. */
export async function logInNewAdmin(app: TestApp): Promise<LoggedInUser> {
  const user = await registerUser(app);
  const store = createStore(app.stores.database);
  await store.roles.grant(user.id, 'admin');
  await store.users.bumpVersion(user.id);
  return logIn(app, user);
}

/** Whether the access token is accepted. */
export async function isAccepted(app: TestApp, access: string): Promise<boolean> {
  const { status } = await app.ask('GET /api/v1/users/me', { token: access });
  expect(status).to.be.oneOf([200, 401]);
  return status === 200;
}

/** The id of the session that an access token belongs to. */
export const sessionIdOf = (access: string): string =>
  JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()).sid;

/** Leaves exactly the people given as administrators: other tests share the database and made some of their own. */
export async function onlyAdmins(app: TestApp, admins: readonly Pick<RegisteredUser, 'id'>[]): Promise<void> {
  const store = createStore(app.stores.database);
  let after: { createdAt: Date; id: string } | undefined;
  do {
    const page = await store.users.list({ limit: 100, ...(after && { after }) });
    for (const { id, roles } of page.items) {
      const isMeant = admins.some((admin) => admin.id === id);
      if (roles.includes('admin') && !isMeant) await store.roles.replaceForUser(id, ['user']);
    }
    after = page.next ?? undefined;
  } while (after);
}
