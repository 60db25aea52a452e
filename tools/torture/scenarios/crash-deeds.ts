import { verify } from '@node-rs/argon2';
import type { Sql } from 'postgres';
import { ask } from '../harness/client.ts';
import { logIn, type Member, members, newPerson } from '../harness/people.ts';

export type State = 'untried' | 'acknowledged' | 'cut';

/** Something that a client asks for, and how to find out afterwards what became of it. */
export interface Deed {
  /** True when it was acknowledged. */
  attempt(): Promise<boolean>;
  state(): State;
  /** To be inspected before the rest. */
  readonly urgent: boolean;
  /** What is wrong with the world after the crash; empty when nothing is. */
  inspect(): Promise<string[]>;
}

function deed(
  urgent: boolean,
  attempt: () => Promise<{ status: number }>,
  success: number,
  inspect: (state: State) => Promise<string[]>,
): Deed {
  let state: State = 'untried';
  return {
    urgent,
    state: () => state,
    async attempt() {
      const { status } = await attempt();
      state = status === success ? 'acknowledged' : 'cut';
      return state === 'acknowledged';
    },
    inspect: () => inspect(state),
  };
}

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

export function registrations(url: string, sql: Sql, count: number): Deed[] {
  return times(count, () => {
    const person = newPerson();
    return deed(
      false,
      () => ask(url, 'POST /api/v1/auth/register', { body: person }),
      201,
      async (state) => {
        const [row] = await sql<{ passwordHash: string; roles: number }[]>`
          select password_hash as "passwordHash",
            (select count(*)::integer from user_roles r where r.user_id = u.id) as roles
          from users u where email = ${person.email}`;
        if (!row) return state === 'acknowledged' ? ['an acknowledged registration is lost'] : [];
        if (state === 'untried') return ['somebody is registered who never asked'];
        const isWhole = row.roles === 1 && (await verify(row.passwordHash, person.password));
        return isWhole ? [] : ['a registration is half done'];
      },
    );
  });
}

export async function refreshes(url: string, count: number): Promise<Deed[]> {
  const people = await members(url, count);
  return people.map((member) => {
    let newest = member.refresh;
    const refresh = (token: string) =>
      ask(url, 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });
    return deed(
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

/** Either all of it: the new password, other sessions ended; or nothing of it. */
async function inspectChange(url: string, sql: Sql, state: State, own: Member, other: Member, next: string) {
  const [row] = await sql<{ passwordHash: string }[]>`
    select password_hash as "passwordHash" from users where email = ${own.email}`;
  const hash = row?.passwordHash ?? '';
  const [isNew, isOld] = [await verify(hash, next), await verify(hash, own.password)];
  const { status } = await ask(url, 'GET /api/v1/auth/verify', { token: other.access });
  const mine = await ask(url, 'GET /api/v1/auth/verify', { token: own.access });
  const faults: string[] = [];
  if (state === 'acknowledged' && !isNew) faults.push('an acknowledged password change is lost');
  if (state === 'untried' && isNew) faults.push('a password changed that nobody changed');
  if (isNew === isOld) faults.push('neither password is good, or both are');
  if (status !== (isNew ? 401 : 204))
    faults.push(`a password change is half done: the other session answers ${status}`);
  if (mine.status !== 204) faults.push(`the changing session answers ${mine.status}`);
  return faults;
}

export async function changes(url: string, sql: Sql, count: number): Promise<Deed[]> {
  const people = await members(url, count);
  const others: Member[] = [];
  for (const member of people) others.push(await logIn(url, member));
  return people.map((own, n) => {
    const next = `Chang3d-${own.username}`;
    const body = { current_password: own.password, new_password: next };
    return deed(
      false,
      () => ask(url, 'POST /api/v1/users/me/password', { token: own.access, body }),
      200,
      (state) => inspectChange(url, sql, state, own, others[n] ?? own, next),
    );
  });
}
