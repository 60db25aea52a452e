import { randomUUID } from 'node:crypto';
import { type JWSHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { AppError } from '../../errors.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Times are whole seconds since the epoch. */
export interface AccessTokenClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly roles: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** Characters, all ASCII in a valid token. More is refused unread: hashing a megabyte for a stranger costs. */
const maxTokenLength = 4_096;

/** RFC 7515 section 7.1 to the letter: jose's decoder lets padding and white space pass. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** How far another replica's clock may run ahead, in seconds. Never applied to exp. */
const clockSkew = 5;

/** RFC 9068 section 2.1. */
const type = 'at+jwt';

const payload = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  jti: z.uuid(),
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative(),
  roles: z.array(z.string()),
});

function parseClaims(claims: unknown, now: number): AccessTokenClaims {
  const { sub, sid, jti, iat, exp, roles } = payload.parse(claims);
  if (exp <= now) throw new RangeError('exp has passed');
  if (iat > now + clockSkew) throw new RangeError('iat lies ahead');
  return Object.freeze({
    userId: sub,
    sessionId: sid,
    tokenId: jti,
    roles: Object.freeze(roles),
    issuedAt: iat,
    expiresAt: exp,
  });
}

/**
 * Signs and verifies access tokens after RFC 9068, with the care of RFC 8725. RFC 9068 also asks for client_id; it is
 * left out, since users log in to this service itself and there are no registered clients.
 * @param options.ttlMs life of a token in milliseconds, rounded down to whole seconds
 */
export function createAccessTokens(options: {
  readonly keys: SigningKeys;
  readonly jwt: Pick<Config['jwt'], 'issuer' | 'audience'>;
  readonly ttlMs: number;
  readonly now?: () => Date;
}) {
  const { keys, jwt, now = () => new Date() } = options;
  const expiresIn = Math.max(1, Math.floor(options.ttlMs / 1000));
  const seconds = (): number => Math.floor(now().getTime() / 1000);
  // Bounded by count and by characters, so that long tokens cannot make it large.
  const verified = new LRUCache<string, AccessTokenClaims>({
    max: 20_000,
    maxSize: 32 * 1024 * 1024,
    sizeCalculation: (_claims, token) => token.length,
  });
  let generation = 0;
  keys.onChange(() => {
    generation += 1;
    verified.clear();
  });

  /** Only kid is read from the header: jku, jwk, x5u and x5c would let the token name its own key (RFC 8725 3.10). */
  function findKey(header: JWSHeaderParameters) {
    if (header.crit !== undefined) throw new TypeError('crit is not supported');
    const key = typeof header.kid === 'string' ? keys.find(header.kid) : null;
    if (!key) throw new TypeError('unknown kid');
    return key;
  }

  async function check(token: string): Promise<AccessTokenClaims> {
    const result = await jwtVerify(token, findKey, {
      algorithms: [keys.algorithm],
      issuer: jwt.issuer,
      audience: jwt.audience,
      typ: type,
      clockTolerance: clockSkew,
      currentDate: now(),
    });
    return parseClaims(result.payload, seconds());
  }

  function build(user: SignedUser, kid: string): SignJWT {
    const issuedAt = seconds();
    return new SignJWT({ sid: user.sessionId, roles: [...user.roles] })
      .setProtectedHeader({ alg: keys.algorithm, typ: type, kid })
      .setIssuer(jwt.issuer)
      .setAudience(jwt.audience)
      .setSubject(user.userId)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + expiresIn);
  }

  return {
    /**
     * @returns the token and its life in seconds. Roles that would make it longer than `verify` takes are left out
     * altogether: this service acts on the roles of the user's state, and others then grant less, never more.
     */
    async sign(user: SignedUser): Promise<{ token: string; expiresIn: number }> {
      const { kid, key } = keys.current();
      const token = await build(user, kid).sign(key);
      if (token.length <= maxTokenLength) return { token, expiresIn };
      return { token: await build({ ...user, roles: [] }, kid).sign(key), expiresIn };
    },

    /**
     * The algorithm, issuer, audience and type are pinned and every claim is checked. Nothing here asks a store or
     * the network, so whatever fails is the token's fault.
     * @throws AppError unauthorized, with what was wrong as its cause
     */
    async verify(token: string): Promise<AccessTokenClaims> {
      if (token.length > maxTokenLength)
        throw new AppError('unauthorized', { cause: new RangeError('too long') });
      const known = verified.get(token);
      if (known && known.expiresAt > seconds()) return known;
      const before = generation;
      try {
        if (!compactForm.test(token)) throw new TypeError('not a compact JWS');
        const claims = await check(token);
        // A key dropped meanwhile must not live on in the cache.
        if (before === generation) verified.set(token, claims);
        return claims;
      } catch (cause) {
        throw new AppError('unauthorized', { cause });
      }
    },
  };
}

export interface SignedUser {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
}
