import { randomBytes } from 'node:crypto';
import { ask, type Question } from './client.ts';

export interface Person {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

export interface Member extends Person {
  readonly access: string;
  readonly refresh: string;
  readonly device: string;
}

export function newPerson(): Person {
  const name = `u${randomBytes(8).toString('hex')}`;
  return { email: `${name}@example.com`, username: name, password: `Str0ng-${name}` };
}

export async function register(base: string, question: Question = {}): Promise<Person> {
  const person = newPerson();
  const reply = await ask(base, 'POST /api/v1/auth/register', { ...question, body: person });
  if (reply.status !== 201)
    throw new Error(`registration answered ${reply.error ?? reply.status}: ${reply.text}`);
  return person;
}

export async function logIn(base: string, person: Person, question: Question = {}): Promise<Member> {
  const { email, password } = person;
  const reply = await ask(base, 'POST /api/v1/auth/login', { ...question, body: { email, password } });
  if (reply.status !== 200) throw new Error(`login answered ${reply.error ?? reply.status}: ${reply.text}`);
  const { access_token: access, refresh_token: refresh, device_token: device } = reply.body.data;
  return { ...person, access, refresh, device };
}

/** So many people, logged in; two at a time, for there is no use in queueing hashes. */
export async function members(base: string, count: number): Promise<Member[]> {
  const made: Member[] = [];
  const make = async (): Promise<void> => {
    while (made.length < count) made.push(await logIn(base, await register(base)));
  };
  await Promise.all([make(), make()]);
  return made.slice(0, count);
}

export async function logOut(base: string, member: Member): Promise<void> {
  const { status } = await ask(base, 'POST /api/v1/auth/logout', { token: member.access });
  if (status !== 204) throw new Error(`logout answered ${status}`);
}
