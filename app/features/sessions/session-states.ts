import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import type { Store } from '../../store/store.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { createRevocationBroadcast } from './internal/revocation-broadcast.ts';
import { createStateCache } from './internal/state-cache.ts';
import {
  readStateCopy,
  revocationLifetime,
  writeSessionEnd,
  writeStateCopy,
  writeUserVersion,
} from './internal/state-copies.ts';

export type SessionStates = Awaited<ReturnType<typeof createSessionStates>>;

interface Services {
  readonly store: Store;
  readonly redis: RedisClient;
  readonly log: Logger;
}

const channel = 'session-events';

/** The answer while Postgres is unavailable: a recent copy in Redis. @throws AppError service_unavailable */
async function findCopy(redis: RedisClient, sessionId: string, cause: unknown): Promise<ActiveSession> {
  try {
    const state = await readStateCopy(redis, sessionId);
    if (state) return state;
  } catch (error) {
    throw new AppError('service_unavailable', { cause: error, retryAfter: 1 });
  }
  // Absence proves nothing: the session may be active and never have been copied.
  throw new AppError('service_unavailable', { cause, retryAfter: 1 });
}

/** Reads states from Postgres into the cache, once at a time for each session. */
function createStateLoader({ store, redis }: Services, cache: ReturnType<typeof createStateCache>) {
  const loading = new Map<string, Promise<ActiveSession | null>>();
  const copiedVersions = new LRUCache<string, number>({ max: 50_000, ttl: 30_000 });

  function copyToRedis(state: ActiveSession): void {
    if (copiedVersions.get(state.sessionId) === state.version) return;
    copiedVersions.set(state.sessionId, state.version);
    writeStateCopy(redis, state).catch(() => copiedVersions.delete(state.sessionId));
  }

  async function load(sessionId: string): Promise<ActiveSession | null> {
    const asOf = performance.now();
    let state: ActiveSession | null;
    try {
      state = await store.sessions.findActive(sessionId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') throw error;
      return findCopy(redis, sessionId, error);
    }
    // An ended session stays ended, so its token cannot be used to keep Postgres busy.
    if (!state || state.disabled) cache.endSession(sessionId);
    if (!state || cache.hasEnded(sessionId)) return null;
    // The user changed during the query, and callers who came after the change wait for this very answer.
    if (!cache.put(state, asOf)) return load(sessionId);
    copyToRedis(state);
    return state;
  }

  return function loadOnce(sessionId: string): Promise<ActiveSession | null> {
    const current = loading.get(sessionId);
    if (current) return current;
    const started = load(sessionId).finally(() => loading.delete(sessionId));
    loading.set(sessionId, started);
    return started;
  };
}

/**
 * To whom a session belongs and whether it is active. Postgres is the source of truth and is queried at most once a
 * second for each session. A revocation takes effect at once in this process and by pub/sub in the others; a lost
 * message delays it by at most that second. While Postgres is unavailable, a recent copy in Redis answers, unless Redis
 * also stores a revocation.
 */
export async function createSessionStates(services: Services) {
  const { redis, log } = services;
  const cache = createStateCache();
  const load = createStateLoader(services, cache);
  const broadcast = createRevocationBroadcast(log, revocationLifetime);
  const publish = (message: string, writeRevocation: () => Promise<void>): Promise<void> =>
    broadcast(message, () => Promise.all([writeRevocation(), redis.publish(channel, message)]));

  await redis
    .subscribe(channel, (message) => {
      const [kind, id = ''] = message.split(' ');
      if (kind === 'session') cache.endSession(id);
      if (kind === 'user') cache.changeUser(id);
    })
    .catch((error) => log.warn({ err: error }, 'cannot subscribe to the session events of other replicas'));

  return {
    /**
     * The state of an active session of an active user, otherwise null; at most one second old.
     * @throws AppError service_unavailable when neither Postgres nor Redis can answer
     */
    async find(sessionId: string): Promise<ActiveSession | null> {
      if (cache.hasEnded(sessionId)) return null;
      const state = cache.get(sessionId) ?? (await load(sessionId));
      return state && state.expiresAt.getTime() > Date.now() ? state : null;
    },

    /** Call after the commit that ended the sessions. */
    async sessionsEnded(sessionIds: readonly string[]): Promise<void> {
      for (const id of sessionIds) cache.endSession(id);
      await Promise.all(sessionIds.map((id) => publish(`session ${id}`, () => writeSessionEnd(redis, id))));
    },

    /** Call after the commit that changed a user's roles, name or status; `version` is the new one. */
    async userChanged(userId: string, version: number): Promise<void> {
      cache.changeUser(userId);
      await publish(`user ${userId}`, () => writeUserVersion(redis, userId, version));
    },
  };
}
