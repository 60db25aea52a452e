import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Environment } from '../../app/config/reader.ts';
import { AppError } from '../../app/errors.ts';
import {
  type AccessTokens,
  createAccessTokens,
  type SignedUser,
} from '../../app/features/tokens/access-token.ts';
import { pemPair, testConfig, useSigningKeys } from './keys.ts';

export function pairEnv(name: string, algorithm: 'RS256' | 'ES256' | 'EdDSA' = 'RS256'): Environment {
  const { privatePem, publicPem } = pemPair(name, algorithm);
  return { JWT_ALGORITHM: algorithm, JWT_PRIVATE_KEY: privatePem, JWT_PUBLIC_KEY: publicPem };
}

export const signedUser = (): SignedUser => ({
  userId: randomUUID(),
  sessionId: randomUUID(),
  roles: ['admin', 'user'],
  authTime: new Date('2029-12-31T23:55:00.900Z'),
});

export async function expectUnauthorized(tokens: AccessTokens, token: string): Promise<void> {
  const error = await tokens.verify(token).then(
    () => expect.fail(`accepted ${token.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(AppError);
  expect(error).to.include({ code: 'unauthorized' });
  expect(error).to.have.property('cause').that.is.instanceOf(Error);
}

/** Opens access tokens; closes their keys after each test of the calling suite. */
export function useAccessTokens() {
  const workshop = useSigningKeys();

  /** Tokens on a clock that stands still at `clock.now` (milliseconds). */
  async function open(env: Environment = pairEnv('a')) {
    const { jwt, sessions } = testConfig(env);
    const clock = { now: Date.parse('2030-01-01T00:00:00.400Z') };
    const { keys } = await workshop.open(env, () => clock.now);
    const now = () => new Date(clock.now);
    return { keys, tokens: createAccessTokens({ keys, jwt, ttlMs: sessions.accessTokenTtl, now }), clock };
  }

  /** A valid header and payload, for a test to invalidate. */
  async function validParts(env?: Environment) {
    const { keys, tokens, clock } = await open(env);
    const { token } = await tokens.sign(signedUser());
    return { keys, tokens, clock, token, header: decodeProtectedHeader(token), payload: decodeJwt(token) };
  }

  return { open, validParts };
}
