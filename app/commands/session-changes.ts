import { createSessionStates, type SessionStates } from '../features/sessions/session-states.ts';
import { readStateSecret } from '../jobs/read-state-secret.ts';
import type { Logger } from '../observe/log.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import type { SystemStore } from '../store/store.ts';

/** Sessions that one transaction ends: few enough to finish well within DB_TIMEOUT. */
const batchSize = 1_000;

/** What a command says that changed sessions without the Redis of the replicas. */
export const withoutRedis =
  'REDIS_URL is not set here, so no message was sent: other replicas notice the change within one second, but for five minutes they may not know of it while Postgres is unavailable';

/** The states of sessions, by which a command announces to the replicas what it has changed. */
export const openSessionStates = async (
  store: SystemStore,
  redis: RedisClient,
  log: Logger,
): Promise<SessionStates> => {
  const secret = await readStateSecret(store);
  return createSessionStates({
    ...{ store, redis, log },
    secret: () => secret,
    // A command reads no copy.
    onRefusedCopy: () => undefined,
  });
};

/**
 * Ends every session that is active and was opened before this call, and announces each to the replicas.
 * @param cause as sessions have it in the database
 * @returns their number
 */
export async function endAllSessions(
  { store, states }: { store: SystemStore; states: Pick<SessionStates, 'sessionsEnded'> },
  cause: string,
): Promise<number> {
  const start = performance.now();
  for (let total = 0; ; ) {
    const ended = await store.transaction((tx) =>
      tx.sessions.endBatch(cause, performance.now() - start, batchSize),
    );
    await states.sessionsEnded(ended);
    total += ended.length;
    if (ended.length < batchSize) return total;
  }
}
