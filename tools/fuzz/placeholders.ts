import { randomBytes } from 'node:crypto';
import { encodeCursor } from '../../app/http/route/cursor.ts';
import type { TestApp } from '../../test/support/app.ts';
import { type LoggedIn, loggedIn, loggedInAdmin } from '../../test/support/people.ts';

/**
 * Names that stand in generated requests for what exists only once the application runs: a run can be repeated from
 * its seed although ids and tokens differ each time.
 */
const people = ['admin', 'user', 'victim'] as const;
const traits = ['id', 'email', 'username', 'password', 'access', 'refresh'] as const;

export const mark = (who: (typeof people)[number], what: (typeof traits)[number]): string =>
  `@@${who}.${what}@@`;
export const resetMark = '@@reset@@';
export const cursorMark = '@@cursor@@';
export const roleMark = '@@role@@';
export const newMark = '@@new@@';

export interface World {
  /** Puts what exists now in the place of every mark. */
  fill(text: string): string;
  /** To be called after a request that may have changed who exists; the next `fill` knows the truth again. */
  disturb(): void;
  /** Makes the people anew, if need be. */
  settle(): Promise<void>;
  /** Everything that no answer may repeat, unasked for. */
  secrets(): readonly string[];
}

async function populate(app: TestApp): Promise<Map<string, string>> {
  const [admin, user, victim] = await Promise.all([loggedInAdmin(app), loggedIn(app), loggedIn(app)]);
  const reset = await app.ask(`POST /api/v1/admin/users/${victim.id}/reset-token`, { token: admin.access });
  const everyone: Record<(typeof people)[number], LoggedIn> = { admin, user, victim };
  const known = people.flatMap((who) =>
    traits.map((what) => [mark(who, what), everyone[who][what]] as const),
  );
  return new Map([
    ...known,
    [resetMark, reset.body.data.token],
    [cursorMark, encodeCursor({ createdAt: new Date(), id: victim.id }) ?? ''],
    [roleMark, 'user'],
  ]);
}

/** An administrator, a user and somebody for both to act upon, replaced whenever a request may have done so. */
export function createWorld(app: TestApp): World {
  let known = new Map<string, string>();
  let isDisturbed = true;
  return {
    fill: (text) =>
      text
        .replaceAll(newMark, () => `n${randomBytes(6).toString('hex')}`)
        .replaceAll(/@@[\w.]+@@/g, (found) => known.get(found) ?? found),
    disturb() {
      isDisturbed = true;
    },
    async settle() {
      if (!isDisturbed) return;
      known = await populate(app);
      isDisturbed = false;
    },
    secrets: () =>
      [...known].filter(([name]) => /password|access|refresh|reset/.test(name)).map(([, value]) => value),
  };
}
