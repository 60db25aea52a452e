import { createPasswordHasher } from '../../app/features/passwords/password-hasher.ts';
import { createAccessTokens } from '../../app/features/tokens/access-token.ts';
import { noTracing } from '../../app/observe/tracing.ts';
import { createStore, type SystemStore } from '../../app/store/store.ts';
import type { TestApp } from './app.ts';
import { addSession, addUser, newUser } from './rows.ts';
import type { openStatements } from './run-statement.ts';
import { newUserFields } from './users.ts';

/** A user with a session, whose rows were inserted without the API. */
export interface Actor {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly sessionId: string;
  /** An access token of the session. */
  readonly access: string;
}

export interface Attempt {
  /** Method and path. */
  readonly what: string;
  readonly body?: object;
}

/** Adds what tests of changes need, and remembers its keys. */
export interface Fixture {
  readonly store: SystemStore;
  /** Ids of the users that were added, for a snapshot. */
  readonly users: string[];
  /** Names of the roles that were added, or that a request will add. */
  readonly roles: string[];
  addActor(role: 'admin' | 'user'): Promise<Actor>;
  /** One more session of the actor. @returns its access token */
  addSessionOf(actor: Actor): Promise<{ sessionId: string; access: string }>;
  addTarget(): Promise<string>;
}

const { password } = newUserFields();

export async function createFixture(app: TestApp): Promise<Fixture> {
  const { config, keys, metrics, stores } = app;
  const store = createStore(stores.database);
  const tokens = createAccessTokens({ keys, jwt: config.jwt, ttlMs: config.sessions.accessTokenTtl });
  const hasher = await createPasswordHasher(config, metrics, noTracing);
  const passwordHash = await hasher.hash(password);
  const users: string[] = [];

  async function openSession(id: string) {
    const { id: sessionId } = await addSession(store, id);
    const { token } = await tokens.sign({ userId: id, sessionId, authTime: new Date(), roles: [] });
    return { sessionId, access: token };
  }

  return {
    store,
    users,
    roles: [],
    async addActor(role) {
      const { id, email } = await addUser(store, { passwordHash });
      await store.roles.grant(id, role);
      users.push(id);
      return { id, email, password, ...(await openSession(id)) };
    },
    addSessionOf: ({ id }) => openSession(id),
    async addTarget() {
      const { id } = await addUser(store, { passwordHash });
      await addSession(store, id);
      users.push(id);
      return id;
    },
  };
}

/** Makes what a request changes, and the request. */
type Prepare = (fixture: Fixture, actor: Actor) => Promise<Attempt>;

const of = (what: string, body?: object): Attempt => ({ what, ...(body && { body }) });

const onTarget =
  (method: string, path: string, bodyOf: () => object | undefined = () => undefined): Prepare =>
  async (fixture) =>
    of(`${method} /api/v1/admin/users/${await fixture.addTarget()}${path}`, bodyOf());

async function addRole({ store, roles }: Fixture): Promise<string> {
  const name = `role-${newUser().username}`;
  await store.roles.insert({ name, description: '' });
  roles.push(name);
  return name;
}

const me = '/api/v1/users/me';

/** Requests of users for each route that changes something of their own. */
const ownChanges: Record<string, readonly Prepare[]> = {
  'POST /api/v1/auth/reauthenticate': [
    async (_, { password }) => of('POST /api/v1/auth/reauthenticate', { password }),
  ],
  'POST /api/v1/auth/logout': [async () => of('POST /api/v1/auth/logout')],
  'POST /api/v1/auth/logout-all': [async () => of('POST /api/v1/auth/logout-all')],
  'POST /api/v1/users/me/password': [
    async (_, actor) =>
      of(`POST ${me}/password`, { current_password: actor.password, new_password: newUserFields().password }),
  ],
  'PATCH /api/v1/users/me': [
    async () => of(`PATCH ${me}`, { username: newUser().username }),
    async (_, actor) => of(`PATCH ${me}`, { email: newUser().email, password: actor.password }),
  ],
  'DELETE /api/v1/users/me': [async (_, actor) => of(`DELETE ${me}`, { password: actor.password })],
  'POST /api/v1/users/me/delete': [async (_, actor) => of(`POST ${me}/delete`, { password: actor.password })],
  'DELETE /api/v1/users/me/sessions/:id': [
    async (fixture, actor) => of(`DELETE ${me}/sessions/${(await fixture.addSessionOf(actor)).sessionId}`),
  ],
};

/** Requests of administrators for each route that changes something of others. */
const adminChanges: Record<string, readonly Prepare[]> = {
  'PATCH /api/v1/admin/users/:id': [onTarget('PATCH', '', () => ({ email: newUser().email }))],
  'PUT /api/v1/admin/users/:id/roles': [
    onTarget('PUT', '/roles', () => ({ roles: ['admin', 'user'] })),
    // A demoted administrator who takes the role back.
    async (_, { id }) => of(`PUT /api/v1/admin/users/${id}/roles`, { roles: ['admin', 'user'] }),
  ],
  'POST /api/v1/admin/users/:id/reset-token': [onTarget('POST', '/reset-token')],
  'DELETE /api/v1/admin/users/:id': [onTarget('DELETE', '')],
  'POST /api/v1/admin/users/:id/disable': [onTarget('POST', '/disable')],
  'POST /api/v1/admin/users/:id/enable': [onTarget('POST', '/enable')],
  'POST /api/v1/admin/users/:id/unlock': [onTarget('POST', '/unlock')],
  'DELETE /api/v1/admin/users/:id/sessions': [onTarget('DELETE', '/sessions')],
  'POST /api/v1/admin/roles': [
    async ({ roles }) => {
      const name = `role-${newUser().username}`;
      roles.push(name);
      return of('POST /api/v1/admin/roles', { name });
    },
  ],
  'DELETE /api/v1/admin/roles/:name': [
    async (fixture) => of(`DELETE /api/v1/admin/roles/${await addRole(fixture)}`),
  ],
};

/** Every route that changes something for a logged-in user, as `METHOD /path/:template`. */
export const changingRoutes = [...Object.keys(ownChanges), ...Object.keys(adminChanges)];

/** A kind of request, and the role that its route demands. */
export interface Change {
  readonly route: string;
  readonly role: 'admin' | 'user';
  readonly prepare: Prepare;
}

const changesOf = (table: Record<string, readonly Prepare[]>, role: Change['role']): Change[] =>
  Object.entries(table).flatMap(([route, prepares]) => prepares.map((prepare) => ({ route, role, prepare })));

export const changes: readonly Change[] = [
  ...changesOf(ownChanges, 'user'),
  ...changesOf(adminChanges, 'admin'),
];

const snapshotStatement = `
  with ids as (select json_array_elements_text($1::text::json) as id),
  names as (select json_array_elements_text($2::text::json) as name)
  select row_to_json(u)::text as line from users u where id::text in (select id from ids)
  union all
  select row_to_json(s)::text from sessions s where user_id::text in (select id from ids)
  union all
  select row_to_json(ur)::text from user_roles ur where user_id::text in (select id from ids)
  union all
  select row_to_json(p)::text from password_resets p where user_id::text in (select id from ids)
  union all
  select row_to_json(r)::text from roles r where name in (select name from names)
  union all
  select row_to_json(a)::text from audit_log a
  where actor_id::text in (select id from ids) and action ~ '^(user|role)\\.'
  order by line`;

/** The rows of users and roles, and the audit rows of changes by these users, as Postgres prints them. */
export async function snapshot(
  { run }: ReturnType<typeof openStatements>,
  users: readonly string[],
  roles: readonly string[],
): Promise<string[]> {
  const params = [JSON.stringify(users), JSON.stringify(roles)];
  return (await run<{ line: string }>(snapshotStatement, params)).map(({ line }) => line);
}
