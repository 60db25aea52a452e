import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Logger } from '../../observe/log.ts';
import { createLruCache } from '../../store/lru-cache.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import type { Store } from '../../store/store.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { createRevocationBroadcast } from './internal/revocation-broadcast.ts';
import type { CopyFault } from './internal/signed-state.ts';
import { createStateCache } from './internal/state-cache.ts';
import {
  createStateCopies,
  revocationLifetime,
  writeSessionEnd,
  writeUserVersion,
} from './internal/state-copies.ts';

export type SessionStates = Awaited<ReturnType<typeof createSessionStates>>;

interface Services {
  readonly store: Store;
  readonly redis: RedisClient;
  readonly log: Logger;
  /** Signs the copies in Redis, which does not store it. Postgres has another one after a restore. */
  readonly secret: () => Buffer;
  /** Called for a copy in Redis that this service did not write, or not for this session, or too long ago. */
  readonly onRefusedCopy: (fault: CopyFault, sessionId: string, asker: Asker) => void;
}

/** Who asks for a state: the user of a valid access token of the session, and the client that sent it. */
export interface Asker {
  readonly userId: string;
  readonly client: Client;
}

type StateCache = ReturnType<typeof createStateCache>;
type StateCopies = ReturnType<typeof createStateCopies>;

const channel = 'session-events';
const eventForm = /^(?:session|user) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Reads in a row for one answer. Each answer of Postgres may be overtaken by a message about the session or its user, and
 * somebody who can write to Redis can send such messages without pause.
 */
const maxReads = 10;

/** The answer while Postgres is unavailable: a recent copy in Redis. @throws AppError service_unavailable */
async function findCopy(
  { copies, onRefusedCopy }: Pick<Services, 'onRefusedCopy'> & { copies: StateCopies },
  cache: StateCache,
  { sessionId, asker, cause }: { sessionId: string; asker: Asker; cause: unknown },
) {
  try {
    const copy = await copies.read(sessionId, (fault) => onRefusedCopy(fault, sessionId, asker));
    if (copy && cache.accepts(copy)) return copy.state;
  } catch (error) {
    throw new AppError('service_unavailable', { cause: error, retryAfter: 1 });
  }
  // Absence proves nothing: the session may be active and never have been copied.
  throw new AppError('service_unavailable', { cause, retryAfter: 1 });
}

/** Reads states from Postgres into the cache, once at a time for each session. */
function createStateLoader({ store, redis, secret, onRefusedCopy }: Services, cache: StateCache) {
  const loading = new Map<string, Promise<ActiveSession | null>>();
  const copiedVersions = createLruCache<number>(50_000, 30_000);
  const copies = createStateCopies({ redis, secret });

  function copyToRedis(state: ActiveSession, at: number): void {
    if (copiedVersions.get(state.sessionId) === state.version) return;
    copiedVersions.set(state.sessionId, state.version);
    copies.write(state, at).catch(() => copiedVersions.delete(state.sessionId));
  }

  async function load(sessionId: string, asker: Asker, reads = 1): Promise<ActiveSession | null> {
    const [asOf, at] = [performance.now(), Date.now()];
    let state: ActiveSession | null;
    try {
      state = await store.sessions.findActive(sessionId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') throw error;
      return findCopy({ copies, onRefusedCopy }, cache, { sessionId, asker, cause: error });
    }
    // An ended session stays ended, so its token cannot be used to keep Postgres busy.
    if (!state || state.disabled) cache.endSession(sessionId);
    if (!state || cache.hasEnded(sessionId)) return null;
    if (cache.put(state, asOf)) {
      copyToRedis(state, at);
      return state;
    }
    // The session or its user changed during the query, and callers who came after the change wait for this very answer.
    if (reads >= maxReads) throw new AppError('service_unavailable', { retryAfter: 1 });
    return load(sessionId, asker, reads + 1);
  }

  return function loadOnce(sessionId: string, asker: Asker): Promise<ActiveSession | null> {
    const current = loading.get(sessionId);
    if (current) return current;
    const started = load(sessionId, asker).finally(() => loading.delete(sessionId));
    loading.set(sessionId, started);
    return started;
  };
}

/**
 * To whom a session belongs and whether it is active. Postgres is the source of truth and is queried at most once a
 * second for each session. A revocation takes effect at once in this process and by pub/sub in the others; a lost
 * message delays it by at most that second. While Postgres is unavailable, a recent copy in Redis answers, unless Redis
 * also stores a revocation or this process knows of one. Redis is not trusted: what is in it grants nothing unless this
 * service signed it.
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
      // A message grants nothing and ends nothing: Postgres decides.
      const [, id] = eventForm.exec(message) ?? [];
      if (id) cache.recheck(id);
    })
    .catch((error) => {
      const message = 'cannot subscribe to the session events of other replicas';
      log.warn({ event: 'session_events_unavailable', err: error }, message);
    });

  return {
    /**
     * The state of an active session of an active user, otherwise null; at most one second old.
     * @throws AppError service_unavailable when neither Postgres nor Redis can answer
     */
    async find(sessionId: string, asker: Asker): Promise<ActiveSession | null> {
      if (cache.hasEnded(sessionId)) return null;
      const state = cache.get(sessionId) ?? (await load(sessionId, asker));
      return state && state.expiresAt.getTime() > Date.now() ? state : null;
    },

    /** Call after the commit that ended the sessions. */
    async sessionsEnded(sessionIds: readonly string[]): Promise<void> {
      for (const id of sessionIds) cache.endSession(id);
      await Promise.all(sessionIds.map((id) => publish(`session ${id}`, () => writeSessionEnd(redis, id))));
    },

    /** Call after the commit that changed a user's roles, name or status; `version` is the new one. */
    async userChanged(userId: string, version: number): Promise<void> {
      cache.changeUser(userId, version);
      await publish(`user ${userId}`, () => writeUserVersion(redis, userId, version));
    },
  };
}
