import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { bearerToken } from './bearer.ts';
import type { Context } from './context.ts';
import type { FixedToken } from './endpoint.ts';
import type { RateLimits } from './rate-limits.ts';

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Compares the Bearer token with the configured one in constant time: the digests have the same length. A network that has
 * used up its refusals is refused without a question to a store, so that guesses cost no more than requests for a path that
 * does not exist.
 * @throws AppError unauthorized or rate_limited
 */
export async function checkFixedToken(
  ctx: Context,
  { refusals, secret }: FixedToken,
  limits: RateLimits,
): Promise<void> {
  const token = bearerToken(ctx.get('Authorization'));
  if (token !== null && timingSafeEqual(digest(token), digest(secret()))) return;
  const { network } = ctx.state.client;
  if (limits.isBlocked(refusals, network)) throw limits.refuseBlocked(refusals, network);
  await limits.enforce(ctx, refusals);
  throw new AppError('unauthorized', { detail: 'The token of this endpoint is needed' });
}
