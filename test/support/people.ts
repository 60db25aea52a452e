import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../app/store/store.ts';
import type { TestApp } from './app.ts';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

export interface LoggedIn extends Person {
  readonly access: string;
  readonly refresh: string;
}

/** Fields of somebody who does not exist yet. */
export function newPerson(): Omit<Person, 'id'> {
  const name = `u${randomBytes(8).toString('hex')}`;
  return { email: `${name}@example.com`, username: name, password: `Str0ng-${name}` };
}

export async function registered(app: TestApp): Promise<Person> {
  const person = newPerson();
  const reply = await app.ask('POST /api/v1/auth/register', { body: person });
  expect(reply.status).to.equal(201);
  return { ...person, id: reply.body.data.id };
}

export async function logIn(app: TestApp, person: Person): Promise<LoggedIn> {
  const { email, password } = person;
  const reply = await app.ask('POST /api/v1/auth/login', { body: { email, password } });
  expect(reply.status).to.equal(200);
  const { access_token: access, refresh_token: refresh } = reply.body.data;
  return { ...person, access, refresh };
}

export async function loggedIn(app: TestApp): Promise<LoggedIn> {
  return logIn(app, await registered(app));
}

/** The first administrator cannot come from the API: it needs one to make one. */
export async function loggedInAdmin(app: TestApp): Promise<LoggedIn> {
  const person = await registered(app);
  const store = createStore(app.stores.database);
  await store.roles.grant(person.id, 'admin');
  await store.users.bumpVersion(person.id);
  return logIn(app, person);
}

/** Whether the access token still opens /users/me. */
export async function isAlive(app: TestApp, access: string): Promise<boolean> {
  const { status } = await app.ask('GET /api/v1/users/me', { token: access });
  expect(status).to.be.oneOf([200, 401]);
  return status === 200;
}
