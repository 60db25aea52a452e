import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ActiveSession } from '../../../store/tables/sessions.ts';

/** Milliseconds for which a copy in Redis may answer token checks while Postgres is unavailable. */
export const copyLifetime = 300_000;

/** Milliseconds by which the clock of the replica that wrote a copy may be ahead; as for access tokens. */
const clockSkew = 5_000;

/**
 * Why a copy is not used. `bad_mac`: it is unsigned, altered, truncated or not a copy. `other_session`: it was copied from
 * the key of another session. `bad_time`: it is older than its lifetime, or from the future.
 */
export type CopyFault = 'bad_mac' | 'other_session' | 'bad_time';

/** A state and the milliseconds since it was requested from Postgres. */
export interface StateCopy {
  readonly state: ActiveSession;
  readonly age: number;
}

const label = 'auth-service session state copy';
/** `MAC.JSON`; base64url writes the 32 bytes of a MAC in 43 characters. */
const macLength = 43;

/** The MAC covers the text that is parsed afterwards, so nothing but a state that `sign` was given reaches the cast. */
function parse(json: string): { state: ActiveSession; at: number } {
  // reason: the MAC shows that sign() below wrote the text
  const { state, at } = JSON.parse(json) as { state: ActiveSession; at: number };
  const user = { ...state.user, createdAt: new Date(state.user.createdAt) };
  return { state: { ...state, expiresAt: new Date(state.expiresAt), user }, at };
}

/**
 * Signs the session states that are copied to Redis, because Redis is not trusted with roles. A token check may use a copy
 * only if this service wrote it, for this session and a short time ago. HMAC-SHA-256 (RFC 2104) over session id, user,
 * roles, version and time, under a key that is derived from `secret` with HKDF (RFC 5869).
 * @param secret shared by all replicas and not stored in Redis
 */
export function createStateSigner(secret: Buffer) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', label, 32));
  const macOf = (json: string): string => createHmac('sha256', key).update(json).digest('base64url');

  function hasValidMac(text: string): boolean {
    const expected = Buffer.from(`${macOf(text.slice(macLength + 1))}.`);
    const given = Buffer.from(text.slice(0, macLength + 1));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  return {
    /** @param at when the state was requested from Postgres, in milliseconds since the epoch */
    sign(state: ActiveSession, at: number): string {
      const json = JSON.stringify({ state, at });
      return `${macOf(json)}.${json}`;
    },

    /** The copy in `text` if it is one of this session and recent, otherwise the reason to refuse it. */
    verify(text: string, sessionId: string): StateCopy | CopyFault {
      if (!hasValidMac(text)) return 'bad_mac';
      const { state, at } = parse(text.slice(macLength + 1));
      if (state.sessionId !== sessionId) return 'other_session';
      const age = Date.now() - at;
      if (age > copyLifetime || age < -clockSkew) return 'bad_time';
      return { state, age: Math.max(0, age) };
    },
  };
}
