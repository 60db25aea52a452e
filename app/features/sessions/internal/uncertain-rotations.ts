import { createHmac } from 'node:crypto';
import { createLruCache } from '../../../store/lru-cache.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { SessionRow } from '../../../store/tables/sessions.ts';
import type { RefreshToken } from './refresh-token.ts';

/** Milliseconds in which a client may come back after an outage with the token whose rotation was not answered. */
const lifetime = 600_000;
const maxEntries = 50_000;

const label = 'auth-service uncertain rotation';
const keyOf = (sessionId: string): string => `uncertain-rotation:${sessionId}`;

/**
 * Rotations that failed after their update had been sent to Postgres. Postgres may have committed one, but nobody has the
 * successor, so that the second use of its token is no sign of a theft, however late and from wherever it comes. Redis tells
 * the other replicas. It is not trusted: a mark is a MAC under the key of the session, which only Postgres stores.
 */
export function createUncertainRotations(redis: RedisClient) {
  const marks = createLruCache<string>(maxEntries, lifetime);

  const markOf = ({ macKey }: SessionRow, { hash }: RefreshToken): string =>
    createHmac('sha256', macKey).update(label).update(hash).digest('base64url');

  return {
    async add(session: SessionRow, presented: RefreshToken): Promise<void> {
      const mark = markOf(session, presented);
      marks.set(session.id, mark);
      // Without Redis, only this replica knows.
      await redis.set(keyOf(session.id), mark, lifetime).catch(() => undefined);
    },

    async has(session: SessionRow, presented: RefreshToken): Promise<boolean> {
      const mark = markOf(session, presented);
      if (marks.get(session.id) === mark) return true;
      const [stored = null] = await redis.get([keyOf(session.id)]).catch(() => [null]);
      return stored === mark;
    },
  };
}

export type UncertainRotations = ReturnType<typeof createUncertainRotations>;
