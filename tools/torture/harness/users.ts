import { randomBytes } from 'node:crypto';
import { ask, type Question } from './client.ts';

export interface UserFields {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

export interface LoggedInUser extends UserFields {
  readonly access: string;
  readonly refresh: string;
  readonly device: string;
}

export function newUserFields(): UserFields {
  const name = `u${randomBytes(8).toString('hex')}`;
  return { email: `${name}@example.com`, username: name, password: `Str0ng-${name}` };
}

export async function register(base: string, question: Question = {}): Promise<UserFields> {
  const user = newUserFields();
  const reply = await ask(base, 'POST /api/v1/auth/register', { ...question, body: user });
  if (reply.status !== 201)
    throw new Error(`registration answered ${reply.error ?? reply.status}: ${reply.text}`);
  return user;
}

export async function logIn(base: string, user: UserFields, question: Question = {}): Promise<LoggedInUser> {
  const { email, password } = user;
  const reply = await ask(base, 'POST /api/v1/auth/login', { ...question, body: { email, password } });
  if (reply.status !== 200) throw new Error(`login answered ${reply.error ?? reply.status}: ${reply.text}`);
  const { access_token: access, refresh_token: refresh, device_token: device } = reply.body.data;
  return { ...user, access, refresh, device };
}

/** Registers users and logs them in, two at a time: more would only wait in the hash queue. */
export async function logInNewUsers(base: string, count: number): Promise<LoggedInUser[]> {
  const made: LoggedInUser[] = [];
  const make = async (): Promise<void> => {
    while (made.length < count) made.push(await logIn(base, await register(base)));
  };
  await Promise.all([make(), make()]);
  return made.slice(0, count);
}

export async function logOut(base: string, user: LoggedInUser): Promise<void> {
  const { status } = await ask(base, 'POST /api/v1/auth/logout', { token: user.access });
  if (status !== 204) throw new Error(`logout answered ${status}`);
}
