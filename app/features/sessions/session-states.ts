import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import type { Store } from '../../store/store.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { createAnnouncements } from './internal/announcements.ts';
import {
  readSnapshot,
  recordSessionEnd,
  recordUserVersion,
  revocationLife,
  writeSnapshot,
} from './internal/session-snapshots.ts';

export type SessionStates = Awaited<ReturnType<typeof createSessionStates>>;

interface Entry {
  readonly state: ActiveSession;
  /** When the question was asked, not when it was answered: an answer is as old as its question. */
  readonly asOf: number;
}

/** Milliseconds a state may be served without asking again: a second, less what the answer then takes. */
const maxAge = 900;
const channel = 'session-events';

/**
 * Who a session belongs to and whether it lives. Postgres is the truth and is asked at most once a second for each
 * session. Revocations drop the local copy at once and those of other replicas by pub/sub; a lost message costs the
 * second, nothing more. While Postgres is away, a recent copy in Redis answers, unless a revocation stands beside it.
 */
export async function createSessionStates(options: { store: Store; redis: RedisClient; log: Logger }) {
  const { store, redis, log } = options;
  const entries = new LRUCache<string, Entry>({ max: 50_000, ttl: maxAge });
  const loading = new Map<string, Promise<ActiveSession | null>>();
  // Revocations outlive any load that was under way when they happened, so that its late answer is not believed.
  const endedSessions = new LRUCache<string, true>({ max: 50_000, ttl: 30_000 });
  const changedUsers = new LRUCache<string, number>({ max: 50_000, ttl: 30_000 });
  const snapshotWritten = new LRUCache<string, number>({ max: 50_000, ttl: 30_000 });
  const announce = createAnnouncements(log, revocationLife);

  const isCurrent = (entry: Entry): boolean => entry.asOf > (changedUsers.get(entry.state.user.id) ?? -1);

  function applySessionEnd(sessionId: string): void {
    endedSessions.set(sessionId, true);
    entries.delete(sessionId);
  }

  function applyUserChange(userId: string): void {
    changedUsers.set(userId, performance.now());
  }

  const announceBoth = (message: string, tombstone: () => Promise<void>): Promise<void> =>
    announce(message, () => Promise.all([tombstone(), redis.publish(channel, message)]));

  function keepSnapshot(state: ActiveSession): void {
    if (snapshotWritten.get(state.sessionId) === state.version) return;
    snapshotWritten.set(state.sessionId, state.version);
    writeSnapshot(redis, state).catch(() => snapshotWritten.delete(state.sessionId));
  }

  async function fromSnapshot(sessionId: string, cause: unknown): Promise<ActiveSession | null> {
    try {
      const state = await readSnapshot(redis, sessionId);
      if (state) return state;
    } catch (error) {
      throw new AppError('service_unavailable', { cause: error, retryAfter: 1 });
    }
    // Absence proves nothing: the session may be fine and simply never have been copied.
    throw new AppError('service_unavailable', { cause, retryAfter: 1 });
  }

  async function load(sessionId: string): Promise<ActiveSession | null> {
    const asOf = performance.now();
    let state: ActiveSession | null;
    try {
      state = await store.sessions.findActive(sessionId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') throw error;
      return fromSnapshot(sessionId, error);
    }
    if (!state || state.disabled) {
      // What has ended never lives again, so a dead session's token cannot be used to keep Postgres busy.
      endedSessions.set(sessionId, true);
    }
    if (!state || endedSessions.has(sessionId)) return null;
    const entry = { state, asOf };
    // The user changed while Postgres was thinking, and callers who came after the change wait for this very answer.
    if (!isCurrent(entry)) return load(sessionId);
    entries.set(sessionId, entry, { ttl: Math.max(1, maxAge - (performance.now() - asOf)) });
    keepSnapshot(state);
    return state;
  }

  function loadOnce(sessionId: string): Promise<ActiveSession | null> {
    const under = loading.get(sessionId);
    if (under) return under;
    const started = load(sessionId).finally(() => loading.delete(sessionId));
    loading.set(sessionId, started);
    return started;
  }

  await redis
    .subscribe(channel, (message) => {
      const [kind, id = ''] = message.split(' ');
      if (kind === 'session') applySessionEnd(id);
      if (kind === 'user') applyUserChange(id);
    })
    .catch((error) => log.warn({ err: error }, 'no session events from other replicas for now'));

  return {
    /**
     * The state of a living session of an active user, else null; at most a second old.
     * @throws AppError service_unavailable when neither Postgres nor Redis can tell
     */
    async find(sessionId: string): Promise<ActiveSession | null> {
      if (endedSessions.has(sessionId)) return null;
      const entry = entries.get(sessionId);
      const state = entry && isCurrent(entry) ? entry.state : await loadOnce(sessionId);
      return state && state.expiresAt.getTime() > Date.now() ? state : null;
    },

    /** To be called after the commit that ended them. */
    async sessionsEnded(sessionIds: readonly string[]): Promise<void> {
      for (const id of sessionIds) applySessionEnd(id);
      await Promise.all(
        sessionIds.map((id) => announceBoth(`session ${id}`, () => recordSessionEnd(redis, id))),
      );
    },

    /** To be called after the commit that changed a user's roles, name or status; `version` is the new one. */
    async userChanged(userId: string, version: number): Promise<void> {
      applyUserChange(userId);
      await announceBoth(`user ${userId}`, () => recordUserVersion(redis, userId, version));
    },
  };
}
