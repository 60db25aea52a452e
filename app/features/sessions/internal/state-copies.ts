import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { ActiveSession } from '../../../store/tables/sessions.ts';

/** Milliseconds for which a copy in Redis may answer token checks while Postgres is unavailable. */
export const copyLifetime = 300_000;
/** A revocation must outlive every copy that it revokes. */
export const revocationLifetime = 2 * copyLifetime;

const stateKey = (sessionId: string): string => `state:${sessionId}`;
const endedKey = (sessionId: string): string => `ended:${sessionId}`;
const versionKey = (userId: string): string => `user-version:${userId}`;

export async function writeStateCopy(redis: RedisClient, state: ActiveSession): Promise<void> {
  await redis.set(stateKey(state.sessionId), JSON.stringify(state), copyLifetime);
}

/** Revocations have keys of their own, so that a copy written late cannot overwrite one. */
export async function writeSessionEnd(redis: RedisClient, sessionId: string): Promise<void> {
  await redis.set(endedKey(sessionId), '1', revocationLifetime);
}

export async function writeUserVersion(redis: RedisClient, userId: string, version: number): Promise<void> {
  await redis.setMax(versionKey(userId), version, revocationLifetime);
}

/** The copy of an active session; null if there is none, or the session ended or its user changed since. */
export async function readStateCopy(redis: RedisClient, sessionId: string): Promise<ActiveSession | null> {
  const [text, ended] = await redis.get([stateKey(sessionId), endedKey(sessionId)]);
  if (!text || ended) return null;
  const state = reviveState(text);
  const [version] = await redis.get([versionKey(state.user.id)]);
  return Number(version ?? 0) > state.version ? null : state;
}

function reviveState(text: string): ActiveSession {
  // reason: written by writeStateCopy above; Redis is as trusted as Postgres here.
  const state = JSON.parse(text) as ActiveSession;
  return {
    ...state,
    expiresAt: new Date(state.expiresAt),
    user: { ...state.user, createdAt: new Date(state.user.createdAt) },
  };
}
