import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { ActiveSession } from '../../../store/tables/sessions.ts';

/** Milliseconds for which a copy in Redis may answer token checks while Postgres is away. */
export const snapshotLife = 300_000;
/** A revocation must outlive every copy that it revokes. */
export const revocationLife = 2 * snapshotLife;

const stateKey = (sessionId: string): string => `state:${sessionId}`;
const endedKey = (sessionId: string): string => `ended:${sessionId}`;
const versionKey = (userId: string): string => `user-version:${userId}`;

export async function writeSnapshot(redis: RedisClient, state: ActiveSession): Promise<void> {
  await redis.set(stateKey(state.sessionId), JSON.stringify(state), snapshotLife);
}

/** Revocations are keys of their own, so a copy that is written late cannot overwrite one. */
export async function recordSessionEnd(redis: RedisClient, sessionId: string): Promise<void> {
  await redis.set(endedKey(sessionId), '1', revocationLife);
}

export async function recordUserVersion(redis: RedisClient, userId: string, version: number): Promise<void> {
  await redis.setMax(versionKey(userId), version, revocationLife);
}

/** The copy of a living session, or null when there is none, or it was ended or its user changed since. */
export async function readSnapshot(redis: RedisClient, sessionId: string): Promise<ActiveSession | null> {
  const [text, ended] = await redis.get([stateKey(sessionId), endedKey(sessionId)]);
  if (!text || ended) return null;
  const state = reviveState(text);
  const [version] = await redis.get([versionKey(state.user.id)]);
  return Number(version ?? 0) > state.version ? null : state;
}

function reviveState(text: string): ActiveSession {
  // Written by writeSnapshot above; Redis is as trusted as Postgres here.
  const state = JSON.parse(text) as ActiveSession;
  return {
    ...state,
    expiresAt: new Date(state.expiresAt),
    user: { ...state.user, createdAt: new Date(state.user.createdAt) },
  };
}
