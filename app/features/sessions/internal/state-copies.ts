import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { ActiveSession } from '../../../store/tables/sessions.ts';
import { type CopyFault, copyLifetime, createStateSigner, type StateCopy } from './signed-state.ts';

/** A revocation must outlive every copy that it revokes. */
export const revocationLifetime = 2 * copyLifetime;

/** Release 1.0.0 has unsigned copies under `state:`. Neither release reads the copies of the other. */
const stateKey = (sessionId: string): string => `signed-state:${sessionId}`;
const endedKey = (sessionId: string): string => `ended:${sessionId}`;
const versionKey = (userId: string): string => `user-version:${userId}`;

/** Revocations have keys of their own, so that a copy written late cannot overwrite one. */
export async function writeSessionEnd(redis: RedisClient, sessionId: string): Promise<void> {
  await redis.set(endedKey(sessionId), '1', revocationLifetime);
}

export async function writeUserVersion(redis: RedisClient, userId: string, version: number): Promise<void> {
  await redis.setMax(versionKey(userId), version, revocationLifetime);
}

interface Options {
  readonly redis: RedisClient;
  /** Signs the copies. @see createStateSigner */
  readonly secret: () => Buffer;
}

/** The signer of the secret as it is now. */
function createSigner(secret: () => Buffer) {
  let last = secret();
  let signer = createStateSigner(last);
  return () => {
    const current = secret();
    if (!current.equals(last)) {
      last = current;
      signer = createStateSigner(current);
    }
    return signer;
  };
}

/**
 * Copies of session states in Redis, for token checks while Postgres is unavailable. Somebody who can write to Redis can
 * delete copies, and can delete a revocation together with bringing back the copy that it revoked. Such a copy is used
 * for at most the lifetime of copies, counted from the time when Postgres confirmed its content.
 */
export function createStateCopies({ redis, secret }: Options) {
  const signer = createSigner(secret);

  return {
    /** @param at when the state was requested from Postgres, in milliseconds since the epoch */
    write: (state: ActiveSession, at: number): Promise<void> =>
      redis.set(stateKey(state.sessionId), signer().sign(state, at), copyLifetime),

    /**
     * The copy of an active session; null if there is none, or the session ended or its user changed since.
     * @param onRefuse called for a copy that this service did not write for this session within the lifetime of copies
     */
    async read(sessionId: string, onRefuse: (fault: CopyFault) => void): Promise<StateCopy | null> {
      const [text = null, ended] = await redis.get([stateKey(sessionId), endedKey(sessionId)]);
      if (text === null || ended) return null;
      const copy = signer().verify(text, sessionId);
      if (typeof copy === 'string') {
        onRefuse(copy);
        return null;
      }
      const [version] = await redis.get([versionKey(copy.state.user.id)]);
      // A value that is no number revokes as well.
      return Number(version ?? 0) <= copy.state.version ? copy : null;
    },
  };
}
