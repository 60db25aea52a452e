import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AppError } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { NetworkStanding, Priority } from './network-standing.ts';
import type { RateLimits } from './rate-limits.ts';
import { bodyLimits, type ReadBody } from './read-body.ts';

export type OverloadControl = ReturnType<typeof createOverloadControl>;

/**
 * Decides whether a request for an endpoint with a queue goes ahead, and before whom. It asks no store, so that refusals
 * cannot fill the CPU while passwords wait for it.
 */
export function createOverloadControl(options: {
  limits: RateLimits;
  networks: NetworkStanding;
  readBody: ReadBody;
}) {
  const { limits, networks, readBody } = options;
  const known = new WeakSet<IncomingMessage>();

  const isLimited = ({ limit }: Endpoint, network: string, priority: Priority): boolean =>
    limit !== undefined && priority !== 'known' && limits.isBlocked(limit, network);

  const isRefused = (endpoint: Endpoint, network: string, priority: Priority): boolean =>
    isLimited(endpoint, network, priority) || endpoint.queue?.isFull(priority) === true;

  return {
    /** Whether a request of this priority would be refused. */
    isRefused,

    /** Refuses a request, counts it, and expects its network to wait. Null if it would not be refused any more. */
    refuse(endpoint: Endpoint, network: string, priority: Priority): AppError | null {
      if (!isRefused(endpoint, network, priority)) return null;
      const { limit, queue } = endpoint;
      const byLimit = limit && isLimited(endpoint, network, priority);
      const error = byLimit ? limits.refuseBlocked(limit, network) : queue?.reject(priority);
      networks.askedToWait(network, error?.retryAfter ?? 0);
      return error ?? null;
    },

    /** Whether a known device sent the request. The proof is in the Cookie header or in the body, which has to arrive. */
    async isFromKnownDevice(endpoint: Endpoint, request: IncomingMessage): Promise<boolean> {
      const { isKnownDevice, access } = endpoint;
      if (!isKnownDevice || known.has(request)) return known.has(request);
      const readText = async () => (await readBody(request, bodyLimits[access])).toString('latin1');
      const isKnown = isKnownDevice(request.headers.cookie ?? '') || isKnownDevice(await readText());
      if (isKnown) known.add(request);
      return isKnown;
    },

    networks,
    /** Milliseconds until a suspect network gets its refusal: a random one around the delay of the limits. */
    refusalDelay: (): number => limits.refusalDelay * (0.5 + randomInt(1_000) / 1_000),
  };
}
