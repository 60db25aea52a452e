import { expect } from 'chai';
import type { TestApp } from './app.ts';
import { logIn, logInNewAdmin, registerUser } from './users.ts';

/**
 * Values of settings that a server, a database or a role may have, and that change what Postgres sends, or what a statement
 * means, if nothing else is said.
 */
export const foreignSettings: readonly (readonly [name: string, value: string])[] = [
  ['bytea_output', 'escape'],
  ['datestyle', 'German'],
  ['datestyle', 'SQL, DMY'],
  ['datestyle', 'Postgres, MDY'],
  ['intervalstyle', 'sql_standard'],
  ['timezone', 'Asia/Kathmandu'],
  ['standard_conforming_strings', 'off'],
  ['backslash_quote', 'off'],
  ['extra_float_digits', '-15'],
  ['client_encoding', 'LATIN1'],
  ['search_path', ''],
  ['search_path', 'elsewhere, public'],
  ['search_path', 'elsewhere, pg_catalog'],
  ['default_transaction_isolation', 'serializable'],
  ['default_transaction_isolation', 'repeatable read'],
  ['default_transaction_deferrable', 'on'],
  ['idle_in_transaction_session_timeout', '20'],
  ['statement_timeout', '1'],
  ['lock_timeout', '1'],
  ['row_security', 'off'],
  ['xmloption', 'document'],
  ['array_nulls', 'off'],
  ['transform_null_equals', 'on'],
  ['quote_all_identifiers', 'on'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['session_replication_role', 'replica'],
  ['exit_on_error', 'on'],
  ['client_min_messages', 'debug5'],
  ['check_function_bodies', 'off'],
  ['default_table_access_method', 'heap'],
];

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The statement that sets it for the current role in one database, which is stronger than a setting of the server. */
export const setStatement = (database: string, [name, value]: readonly [string, string]): string => {
  const list = value.split(',').map((each) => each.trim());
  return `alter role current_user in database ${database} set ${name} = ${list.map(quoted).join(', ')}`;
};

/** A schema with tables of the same names, which a search path or the name of the role puts before `public`. */
export const createSchema = (name: string): string =>
  `create schema ${name};
  ${['users', 'sessions', 'roles', 'schema_migrations'].map((table) => `create table ${name}.${table} (id text);`).join('\n')}`;

/** What users and administrators do every day, over HTTP, and what each answer contains. */
export async function checkEverydayRequests(app: TestApp): Promise<void> {
  const startedAt = Date.now();
  const admin = await logInNewAdmin(app);
  const user = await logIn(app, await registerUser(app));
  const { email, username, password } = user;
  const again = await app.ask('POST /api/v1/auth/register', { body: { email, username, password } });
  expect(again.status).to.equal(409);
  let tokens = { access_token: user.access, refresh_token: user.refresh };
  for (let turn = 0; turn < 3; turn += 1) {
    const { refresh_token } = tokens;
    const reply = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token } });
    expect(reply.status).to.equal(200);
    tokens = reply.body.data;
  }
  const get = async (path: string, token = tokens.access_token) => {
    const reply = await app.ask(`GET /api/v1/${path}`, { token });
    expect(reply.status).to.equal(200);
    return reply.body.data;
  };
  const isRecent = (instant: string) => Math.abs(Date.parse(instant) - startedAt) < 60_000;
  const me = await get('users/me');
  expect(me).to.include({ id: user.id, email: user.email });
  expect(isRecent(me.created_at)).to.equal(true);
  const [attempt] = await get('users/me/login-history');
  expect(isRecent(attempt.occurred_at)).to.equal(true);
  const [session] = await get('users/me/sessions');
  expect(isRecent(session.last_seen_at)).to.equal(true);
  const roles = { token: admin.access, body: { roles: ['user', 'admin'] } };
  expect((await app.ask(`PUT /api/v1/admin/users/${user.id}/roles`, roles)).status).to.equal(200);
  const [entry] = await get(`admin/audit-log?target_id=${user.id}`, admin.access);
  expect(isRecent(entry.occurred_at)).to.equal(true);
}
