import type { LRUCache } from 'lru-cache';
import { createLruCache } from '../../../store/lru-cache.ts';
import type { ActiveSession } from '../../../store/tables/sessions.ts';
import { copyLifetime, type StateCopy } from './signed-state.ts';

interface Entry {
  readonly state: ActiveSession;
  /** When the query was sent. An answer is as old as its question. */
  readonly asOf: number;
}

/** Milliseconds for which a state may be served without a new query: a second, less the time of the response. */
const maxAge = 900;
const maxEntries = 50_000;

/** Revocations outlive every query that was in flight when they happened, and every copy of a state that they revoke. */
const remember = <V extends {}>() => createLruCache<V>(maxEntries, copyLifetime);

/**
 * What this process knows of revocations. It has learned of a revocation from its own work, from Postgres, or from a
 * message. Messages can be forged by anybody who can write to Redis, so a message only discards what is older than the
 * message.
 */
function createRevocationMemory() {
  const endedSessions = remember<true>();
  const knownVersions = remember<number>();
  /** When this process last changed a user, by its id. */
  const changedUsers = remember<number>();
  /** When a message last named a session or a user, by its id. Forged messages can fill it, but nothing else. */
  const announced = remember<number>();

  const isAfter = (times: LRUCache<string, number>, id: string, asOf: number): boolean =>
    asOf > (times.get(id) ?? Number.NEGATIVE_INFINITY);

  return {
    endSession: (sessionId: string) => endedSessions.set(sessionId, true),
    hasEnded: (sessionId: string): boolean => endedSessions.has(sessionId),

    learnVersion(userId: string, version: number): void {
      if (version > (knownVersions.get(userId) ?? 0)) knownVersions.set(userId, version);
    },
    isOutdated: ({ user, version }: ActiveSession): boolean => version < (knownVersions.get(user.id) ?? 0),

    changeUser: (userId: string) => changedUsers.set(userId, performance.now()),
    announce: (id: string) => announced.set(id, performance.now()),
    /** Whether neither the session nor its user has changed since. */
    isCurrent: ({ state: { sessionId, user }, asOf }: Entry): boolean =>
      isAfter(changedUsers, user.id, asOf) &&
      isAfter(announced, user.id, asOf) &&
      isAfter(announced, sessionId, asOf),
  };
}

/** The session states that this process has read, and whether they are still current. */
export function createStateCache() {
  const entries = createLruCache<Entry>(maxEntries, maxAge);
  const revocations = createRevocationMemory();

  return {
    hasEnded: revocations.hasEnded,

    get(sessionId: string): ActiveSession | null {
      const entry = entries.get(sessionId);
      return entry && revocations.isCurrent(entry) ? entry.state : null;
    },

    /** @returns false, and keeps nothing, if the session or its user changed after the query was sent */
    put(state: ActiveSession, asOf: number): boolean {
      if (!revocations.isCurrent({ state, asOf })) return false;
      const ttl = Math.max(1, maxAge - (performance.now() - asOf));
      entries.set(state.sessionId, { state, asOf }, { ttl });
      revocations.learnVersion(state.user.id, state.version);
      return true;
    },

    /** Whether nothing that this process knows contradicts a copy. The copy may have been brought back after a revocation. */
    accepts({ state, age }: StateCopy): boolean {
      if (revocations.hasEnded(state.sessionId) || revocations.isOutdated(state)) return false;
      return revocations.isCurrent({ state, asOf: performance.now() - age });
    },

    /** The session has ended: this process ended it, or Postgres said so. */
    endSession(sessionId: string): void {
      revocations.endSession(sessionId);
      entries.delete(sessionId);
    },

    /** This process changed the user; `version` is the new one. */
    changeUser(userId: string, version: number): void {
      revocations.changeUser(userId);
      revocations.learnVersion(userId, version);
    },

    /** Discards the states of a session, or of all sessions of a user, by its id. The next request asks Postgres. */
    recheck(id: string): void {
      revocations.announce(id);
    },
  };
}
