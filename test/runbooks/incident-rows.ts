/** The example account of the pages, and an account that was attacked before it. */
const [user, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

const account = (id: string, email: string, username: string): string =>
  `insert into users (id, email, username, password_hash) values ('${id}', '${email}', '${username}', '-')`;

const attempt = (userId: string | null, outcome: string, reason: string | null, age: string): string => `
  insert into login_histories (id, occurred_at, user_id, outcome, reason, ip, user_agent)
  values (gen_random_uuid(), now() - interval '${age}', ${userId ? `'${userId}'` : 'null'}, '${outcome}',
    ${reason ? `'${reason}'` : 'null'}, '203.0.113.7', 'curl/8')`;

const session = (id: string, values: { readonly cause?: string; readonly idleFor?: string }): string => `
  insert into sessions (id, user_id, mac_key, token_hash, ip, user_agent, idle_expires_at, expires_at, ended_at, end_cause)
  values ('${id}', '${user}', '-', '-', '203.0.113.7', 'curl/8', now() ${values.idleFor ? `- interval '${values.idleFor}'` : ''},
    now() + interval '1 day', ${values.cause ? `now(), '${values.cause}'` : 'null, null'})`;

/** Statements that write what an attack, a client with a bug, and overdue jobs leave behind. */
export const incidentRows: readonly string[] = [
  account(user, 'user@example.com', 'user'),
  account(other, 'other@example.com', 'other'),
  ...['5 minutes', '4 minutes', '3 minutes'].map((age) => attempt(null, 'failure', 'unknown_email', age)),
  attempt(other, 'failure', 'wrong_password', '2 minutes'),
  attempt(user, 'success', null, '1 minute'),
  session('00000000-0000-4000-8000-000000000007', {}),
  session('00000000-0000-4000-8000-000000000008', { cause: 'reuse_old' }),
  session('00000000-0000-4000-8000-000000000009', { cause: 'session_anomaly' }),
  session('00000000-0000-4000-8000-00000000000a', { idleFor: '3 days' }),
  `insert into maintenance (name, ran_at) values ('purge', now() - interval '3 days'), ('signing-key:example', now() - interval '120 days')`,
  `insert into service_secrets (name, value) values ('session-states', '-')`,
  `insert into audit_log (action, target_type, target_id, actor_type) values ('user.disable', 'user', '${user}', 'command_line')`,
  `insert into backups (name, snapshot_at, size_bytes, row_count, target, encryption)
   values ('auth-20260101T000000Z-abcdef', now() - interval '3 days', 1024, 10, 'folder', 'age')`,
  `insert into revoked_signing_keys (kid) values ('${'k'.repeat(43)}')`,
];
