import { randomUUID } from 'node:crypto';
import { type JWSHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { AppError } from '../../errors.ts';
import { SentId } from '../../http/route/fields.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface SignedUser {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  /** When the user last proved the password in this session. */
  readonly authTime: Date;
}

export interface AccessTokenOptions {
  readonly keys: SigningKeys;
  readonly jwt: Pick<Config['jwt'], 'issuer' | 'audience'>;
  /** Lifetime of a token in milliseconds, rounded down to whole seconds. */
  readonly ttlMs: number;
  readonly now?: () => Date;
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** Characters, all ASCII in a valid token. Longer input is refused unread, because hashing it would cost time. */
const maxTokenLength = 4_096;

/**
 * Characters of the verified tokens that are cached, and the least for which one token counts: 20,000 tokens, or fewer long
 * ones. With a `max` the library would allocate the memory of all entries at once.
 */
const maxCachedCharacters = 32_000_000;
const minCachedCharacters = 1_600;

/** RFC 7515 section 7.1 to the letter: jose's decoder accepts padding and white space. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Seconds by which the clock of another replica may differ. Never applied to exp. */
const clockSkew = 5;

/** RFC 9068 section 2.1. */
const type = 'at+jwt';

const Payload = z.object({
  sub: SentId,
  sid: SentId,
  jti: SentId,
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative(),
  roles: z.array(z.string()),
  // A token of the previous release has none.
  auth_time: z.int().nonnegative().optional(),
});

type AccessTokenClaims = ReturnType<typeof parseClaims>;

const lifetimeOf = ({ ttlMs }: AccessTokenOptions): number => Math.max(1, Math.floor(ttlMs / 1000));

/**
 * Times are whole seconds since the epoch. `authTime` is null if the token does not say it. `expiresAt` is exp, but at most
 * `lifetime` and the clock skew after iat: somebody who has a signing key writes any exp, and a lifetime that was lowered
 * applies to tokens signed before.
 */
function parseClaims(payload: unknown, now: number, lifetime: number) {
  const { sub, sid, iat, exp, roles, auth_time } = Payload.parse(payload);
  const expiresAt = Math.min(exp, iat + lifetime + clockSkew);
  if (expiresAt <= now) throw new RangeError('the token has expired by its exp or by its iat');
  if (iat > now + clockSkew) throw new RangeError('iat is in the future');
  return Object.freeze({
    userId: sub,
    sessionId: sid,
    roles: Object.freeze(roles),
    issuedAt: iat,
    expiresAt,
    authTime: auth_time ?? null,
  });
}

/** @throws AppError service_unavailable while the signing key is revoked */
function assertCanSign(keys: SigningKeys): void {
  if (keys.canSign()) return;
  const cause = new Error('the signing key is revoked, and no other is configured');
  throw new AppError('service_unavailable', { cause, retryAfter: 10 });
}

function createSigner(options: AccessTokenOptions, seconds: () => number) {
  const { keys, jwt } = options;
  const expiresIn = lifetimeOf(options);

  function build(user: SignedUser, kid: string): SignJWT {
    const issuedAt = seconds();
    const auth_time = Math.floor(user.authTime.getTime() / 1000);
    return new SignJWT({ sid: user.sessionId, auth_time, roles: [...user.roles] })
      .setProtectedHeader({ alg: keys.algorithm, typ: type, kid })
      .setIssuer(jwt.issuer)
      .setAudience(jwt.audience)
      .setSubject(user.userId)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + expiresIn);
  }

  return async function sign(user: SignedUser): Promise<{ token: string; expiresIn: number }> {
    assertCanSign(keys);
    const { kid, key } = keys.current();
    const token = await build(user, kid).sign(key);
    if (token.length <= maxTokenLength) return { token, expiresIn };
    return { token: await build({ ...user, roles: [] }, kid).sign(key), expiresIn };
  };
}

function createChecker(options: AccessTokenOptions, seconds: () => number) {
  const { keys, jwt, now = () => new Date() } = options;
  const lifetime = lifetimeOf(options);

  /** Reads only kid from the header: jku, jwk, x5u and x5c would let a token name its own key (RFC 8725 section 3.10). */
  function findKey(header: JWSHeaderParameters) {
    if (header.crit !== undefined) throw new TypeError('crit is not supported');
    const key = typeof header.kid === 'string' ? keys.find(header.kid) : null;
    if (!key) throw new TypeError('unknown kid');
    return key;
  }

  return async function check(token: string): Promise<AccessTokenClaims> {
    if (!compactForm.test(token)) throw new TypeError('not a compact JWS');
    const result = await jwtVerify(token, findKey, {
      algorithms: [keys.algorithm],
      issuer: jwt.issuer,
      audience: jwt.audience,
      typ: type,
      clockTolerance: clockSkew,
      currentDate: now(),
    });
    return parseClaims(result.payload, seconds(), lifetime);
  };
}

/**
 * Signs and verifies access tokens (RFC 9068) with the precautions of RFC 8725. RFC 9068 also asks for client_id, which
 * is left out: users log in to this service itself, and there are no registered clients.
 */
export function createAccessTokens(options: AccessTokenOptions) {
  const { keys, now = () => new Date() } = options;
  const seconds = (): number => Math.floor(now().getTime() / 1000);
  const sign = createSigner(options, seconds);
  const check = createChecker(options, seconds);
  const verified = new LRUCache<string, AccessTokenClaims>({
    maxSize: maxCachedCharacters,
    sizeCalculation: (_claims, token) => Math.max(token.length, minCachedCharacters),
  });
  let generation = 0;
  keys.onChange(() => {
    generation += 1;
    verified.clear();
  });

  return {
    /**
     * Returns the token and its lifetime in seconds. If the roles would make the token longer than `verify` accepts,
     * they are left out: this service uses the roles of the user's state, and other services then grant less.
     * @throws AppError service_unavailable while the signing key is revoked
     */
    sign,

    /**
     * For a caller that changes something before it signs: a refresh token must not be spent without a new one.
     * @throws AppError service_unavailable while the signing key is revoked
     */
    assertCanSign: (): void => assertCanSign(keys),

    /**
     * Verifies a token. Algorithm, issuer, audience and type are pinned, and every claim is checked. No store and no
     * network takes part, so any failure is the token's fault.
     * @throws AppError unauthorized, with the reason as its cause
     */
    async verify(token: string): Promise<AccessTokenClaims> {
      if (token.length > maxTokenLength) {
        throw new AppError('unauthorized', { cause: new RangeError('too long') });
      }
      const known = verified.get(token);
      if (known && known.expiresAt > seconds()) return known;
      const before = generation;
      try {
        const claims = await check(token);
        // A key that was dropped in the meantime must not stay valid in the cache.
        if (before === generation) verified.set(token, claims);
        return claims;
      } catch (cause) {
        throw new AppError('unauthorized', { cause });
      }
    },
  };
}
