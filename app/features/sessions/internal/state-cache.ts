import { LRUCache } from 'lru-cache';
import type { ActiveSession } from '../../../store/tables/sessions.ts';

interface Entry {
  readonly state: ActiveSession;
  /** When the query was sent. An answer is as old as its question. */
  readonly asOf: number;
}

/** Milliseconds for which a state may be served without a new query: a second, less the time of the response. */
const maxAge = 900;
const maxEntries = 50_000;

/**
 * What this process knows of session states, and of revocations. Revocations outlive every query that was in flight
 * when they happened, so that its late answer is not believed.
 */
export function createStateCache() {
  const entries = new LRUCache<string, Entry>({ max: maxEntries, ttl: maxAge });
  const endedSessions = new LRUCache<string, true>({ max: maxEntries, ttl: 30_000 });
  const changedUsers = new LRUCache<string, number>({ max: maxEntries, ttl: 30_000 });

  const isCurrent = ({ state, asOf }: Entry): boolean => asOf > (changedUsers.get(state.user.id) ?? -1);

  return {
    hasEnded: (sessionId: string): boolean => endedSessions.has(sessionId),

    get(sessionId: string): ActiveSession | null {
      const entry = entries.get(sessionId);
      return entry && isCurrent(entry) ? entry.state : null;
    },

    /** @returns false, and keeps nothing, if the user changed after the query was sent */
    put(state: ActiveSession, asOf: number): boolean {
      if (!isCurrent({ state, asOf })) return false;
      const ttl = Math.max(1, maxAge - (performance.now() - asOf));
      entries.set(state.sessionId, { state, asOf }, { ttl });
      return true;
    },

    endSession(sessionId: string): void {
      endedSessions.set(sessionId, true);
      entries.delete(sessionId);
    },

    changeUser(userId: string): void {
      changedUsers.set(userId, performance.now());
    },
  };
}
