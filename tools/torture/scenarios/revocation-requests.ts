import type { Sql } from 'postgres';
import { ask, type Reply } from '../harness/client.ts';
import type { Deployment } from '../harness/deployment.ts';
import { type LoggedInUser, logIn, newUserFields, register, type UserFields } from '../harness/users.ts';

export interface Actor extends LoggedInUser {
  readonly id: string;
}

/** What the tries of a scenario share: an administrator who revokes, and a user whom administrators change. */
export interface Cast {
  readonly deployment: Deployment;
  readonly boss: Actor;
}

async function addUser({ postgres, urls }: Deployment): Promise<UserFields & { id: string }> {
  const user = await register(urls[0] ?? '');
  const [row] = await postgres.sql<{ id: string }[]>`select id from users where email = ${user.email}`;
  return { ...user, id: row?.id ?? '' };
}

export const addTarget = async (deployment: Deployment): Promise<string> => (await addUser(deployment)).id;

export async function addAdmin(deployment: Deployment): Promise<Actor> {
  const user = await addUser(deployment);
  await deployment.postgres.sql`
    insert into user_roles (user_id, role_id) select ${user.id}, id from roles where name = 'admin'`;
  return { ...(await logIn(deployment.urls[0] ?? '', user)), id: user.id };
}

/** Takes the roles of a finished try away. Each change counts all administrators. */
export async function revokeRoles(sql: Sql, ...ids: readonly string[]): Promise<void> {
  await sql`delete from user_roles where user_id = any(${ids}::uuid[])`;
}

export interface Change {
  readonly line: string;
  readonly body: object;
}

/** Changes that send a body, so that a client can hold it back. `target` is the id of another user. */
export const changes: readonly ((actor: Actor, target: string) => Change)[] = [
  // A demoted administrator who takes the role back.
  ({ id }) => ({ line: `PUT /api/v1/admin/users/${id}/roles`, body: { roles: ['admin', 'user'] } }),
  // The role for an accomplice.
  (_, target) => ({ line: `PUT /api/v1/admin/users/${target}/roles`, body: { roles: ['admin', 'user'] } }),
  (_, target) => ({ line: `PATCH /api/v1/admin/users/${target}`, body: { email: newUserFields().email } }),
  () => ({ line: 'POST /api/v1/admin/roles', body: { name: `r-${newUserFields().username}` } }),
];

/** Changes of the own account. A demotion does not concern them. */
export const ownChanges: typeof changes = [
  () => ({ line: 'PATCH /api/v1/users/me', body: { username: newUserFields().username } }),
  ({ password }) => ({ line: 'PATCH /api/v1/users/me', body: { email: newUserFields().email, password } }),
  ({ password }) => ({
    line: 'POST /api/v1/users/me/password',
    body: { current_password: password, new_password: newUserFields().password },
  }),
  ({ password }) => ({ line: 'DELETE /api/v1/users/me', body: { password } }),
];

export interface Revocation {
  readonly name: string;
  readonly changes: typeof changes;
  /** Prepares the revocation of an actor. @returns its request, to the replica that is named */
  prepare(cast: Cast, actor: Actor): Promise<(url: string) => Promise<Reply>>;
}

const byBoss =
  (method: string, path: string, body?: object): Revocation['prepare'] =>
  async ({ boss }, { id }) =>
  (url) =>
    ask(url, `${method} /api/v1/admin/users/${id}${path}`, { token: boss.access, ...(body && { body }) });

const all = [...changes, ...ownChanges];

export const revocations: readonly Revocation[] = [
  { name: 'demotion', changes, prepare: byBoss('PUT', '/roles', { roles: ['user'] }) },
  { name: 'disabling', changes: all, prepare: byBoss('POST', '/disable') },
  { name: 'deletion', changes: all, prepare: byBoss('DELETE', '') },
  {
    name: 'logout',
    changes: all,
    prepare:
      async (_, { access }) =>
      (url) =>
        ask(url, 'POST /api/v1/auth/logout', { token: access }),
  },
  {
    name: 'password change',
    changes: all,
    async prepare({ deployment }, actor) {
      const [url = ''] = deployment.urls;
      const { access } = await logIn(url, actor);
      const body = { current_password: actor.password, new_password: newUserFields().password };
      return (at) => ask(at, 'POST /api/v1/users/me/password', { token: access, body });
    },
  },
];

/** The rows of both users and the roles that the actor created, as Postgres prints them. */
export async function snapshot(sql: Sql, actor: Actor, target: string): Promise<string> {
  const rows = await sql<{ line: string }[]>`
    with ids as (select unnest(array[${actor.id}, ${target}]::uuid[]) as id)
    select row_to_json(u)::text as line from users u where id in (select id from ids)
    union all
    select row_to_json(s)::text from sessions s where user_id in (select id from ids)
    union all
    select row_to_json(ur)::text from user_roles ur where user_id in (select id from ids)
    union all
    select row_to_json(a)::text from audit_log a where actor_id = ${actor.id}
      and action in ('user.roles', 'user.update', 'role.create')
    order by line`;
  return rows.map(({ line }) => line).join('\n');
}
