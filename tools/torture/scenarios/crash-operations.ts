import { verify } from '@node-rs/argon2';
import type { Sql } from 'postgres';
import { ask } from '../harness/client.ts';
import { type LoggedInUser, logIn, logInNewUsers, newUserFields } from '../harness/users.ts';

export type State = 'not sent' | 'acknowledged' | 'interrupted';

/** One request of a client, and a check of its effect after the crash. */
export interface Operation {
  /** Sends the request. True when the service acknowledged it. */
  send(): Promise<boolean>;
  state(): State;
  /** Check this operation before the others. */
  readonly urgent: boolean;
  /** The faults that the crash left behind; empty when there are none. */
  check(): Promise<string[]>;
}

function createOperation(
  urgent: boolean,
  send: () => Promise<{ status: number }>,
  success: number,
  check: (state: State) => Promise<string[]>,
): Operation {
  let state: State = 'not sent';
  return {
    urgent,
    state: () => state,
    async send() {
      const { status } = await send();
      state = status === success ? 'acknowledged' : 'interrupted';
      return state === 'acknowledged';
    },
    check: () => check(state),
  };
}

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

export function registrations(url: string, sql: Sql, count: number): Operation[] {
  return times(count, () => {
    const user = newUserFields();
    return createOperation(
      false,
      () => ask(url, 'POST /api/v1/auth/register', { body: user }),
      201,
      async (state) => {
        const [row] = await sql<{ passwordHash: string; roles: number }[]>`
          select password_hash as "passwordHash",
            (select count(*)::integer from user_roles r where r.user_id = u.id) as roles
          from users u where email = ${user.email}`;
        if (!row) return state === 'acknowledged' ? ['an acknowledged registration is lost'] : [];
        if (state === 'not sent') return ['a user exists without a registration'];
        const isComplete = row.roles === 1 && (await verify(row.passwordHash, user.password));
        return isComplete ? [] : ['a registration is incomplete'];
      },
    );
  });
}

export async function refreshes(url: string, count: number): Promise<Operation[]> {
  const users = await logInNewUsers(url, count);
  return users.map((user) => {
    let newest = user.refresh;
    const refresh = (token: string) =>
      ask(url, 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });
    return createOperation(
      true,
      async () => {
        const reply = await refresh(newest);
        if (reply.status === 200) newest = reply.body.data.refresh_token;
        return reply;
      },
      200,
      async (state) => {
        const { status } = await refresh(newest);
        return status === 200 ? [] : [`a client is logged out (${status}) after a refresh that was ${state}`];
      },
    );
  });
}

/** A password change must be complete (new password, other sessions ended) or have no effect at all. */
async function checkChange(
  url: string,
  sql: Sql,
  state: State,
  user: LoggedInUser,
  otherSession: LoggedInUser,
  next: string,
) {
  const [row] = await sql<{ passwordHash: string }[]>`
    select password_hash as "passwordHash" from users where email = ${user.email}`;
  const hash = row?.passwordHash ?? '';
  const [isNew, isOld] = [await verify(hash, next), await verify(hash, user.password)];
  const { status } = await ask(url, 'GET /api/v1/auth/verify', { token: otherSession.access });
  const changing = await ask(url, 'GET /api/v1/auth/verify', { token: user.access });
  const faults: string[] = [];
  if (state === 'acknowledged' && !isNew) faults.push('an acknowledged password change is lost');
  if (state === 'not sent' && isNew) faults.push('a password changed without a request');
  if (isNew === isOld) faults.push('neither password is valid, or both are');
  if (status !== (isNew ? 401 : 204))
    faults.push(`a password change is incomplete: the other session answers ${status}`);
  if (changing.status !== 204) faults.push(`the changing session answers ${changing.status}`);
  return faults;
}

export async function changes(url: string, sql: Sql, count: number): Promise<Operation[]> {
  const users = await logInNewUsers(url, count);
  const others: LoggedInUser[] = [];
  for (const user of users) others.push(await logIn(url, user));
  return users.map((user, n) => {
    const next = `Chang3d-${user.username}`;
    const body = { current_password: user.password, new_password: next };
    return createOperation(
      false,
      () => ask(url, 'POST /api/v1/users/me/password', { token: user.access, body }),
      200,
      (state) => checkChange(url, sql, state, user, others[n] ?? user, next),
    );
  });
}
