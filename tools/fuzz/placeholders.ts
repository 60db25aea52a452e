import { randomBytes } from 'node:crypto';
import type { TestApp } from '../../test/support/app.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser } from '../../test/support/users.ts';

/**
 * Generated requests contain placeholders for ids, tokens and the like, which exist only while the application runs. So a
 * seed repeats a run although these values differ each time.
 */
const users = ['admin', 'user', 'victim'] as const;
const fields = ['id', 'email', 'username', 'password', 'access', 'refresh'] as const;

export const placeholder = (who: (typeof users)[number], what: (typeof fields)[number]): string =>
  `@@${who}.${what}@@`;
export const resetPlaceholder = '@@reset@@';
export const cursorPlaceholder = '@@cursor@@';
export const rolePlaceholder = '@@role@@';
export const newPlaceholder = '@@new@@';
/** A new username in Cyrillic letters. */
export const cyrillicPlaceholder = '@@cyrillic@@';

export interface Placeholders {
  /** Replaces every placeholder with its current value. */
  fill(text: string): string;
  /** Call it after a request that may have changed the users. The next `renew` creates new ones. */
  invalidate(): void;
  /** Creates new users after `invalidate`. */
  renew(): Promise<void>;
  /** The values that no answer may contain. */
  secrets(): readonly string[];
}

async function createUsers(app: TestApp): Promise<Map<string, string>> {
  const [admin, user, victim] = await Promise.all([logInNewAdmin(app), logInNewUser(app), logInNewUser(app)]);
  const reset = await app.ask(`POST /api/v1/admin/users/${victim.id}/reset-token`, { token: admin.access });
  const page = await app.ask('GET /api/v1/admin/users?limit=1', { token: admin.access });
  const everyone: Record<(typeof users)[number], LoggedInUser> = { admin, user, victim };
  const known = users.flatMap((who) =>
    fields.map((what) => [placeholder(who, what), everyone[who][what]] as const),
  );
  return new Map([
    ...known,
    [resetPlaceholder, reset.body.data.token],
    [cursorPlaceholder, page.body.meta.next_cursor],
    [rolePlaceholder, 'user'],
  ]);
}

const newCyrillicName = (): string =>
  [...randomBytes(12)].map((byte) => String.fromCodePoint(0x430 + (byte % 32))).join('');

/** An administrator, a user, and a third user for both to act on. New ones replace them after a change. */
export function createPlaceholders(app: TestApp): Placeholders {
  let known = new Map<string, string>();
  let isStale = true;
  return {
    fill: (text) =>
      text
        .replaceAll(newPlaceholder, () => `n${randomBytes(6).toString('hex')}`)
        .replaceAll(cyrillicPlaceholder, newCyrillicName)
        .replaceAll(/@@[\w.]+@@/g, (found) => known.get(found) ?? found),
    invalidate() {
      isStale = true;
    },
    async renew() {
      if (!isStale) return;
      known = await createUsers(app);
      isStale = false;
    },
    secrets: () =>
      [...known].filter(([name]) => /password|access|refresh|reset/.test(name)).map(([, value]) => value),
  };
}
