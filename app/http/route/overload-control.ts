import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AppError } from '../../errors.ts';
import { createMemoryCounter } from '../../store/rate-limit/memory-counter.ts';
import type { Endpoint } from './endpoint.ts';
import type { NetworkStanding, Priority } from './network-standing.ts';
import type { RateLimits } from './rate-limits.ts';
import { bodyLimits, type ReadBody } from './read-body.ts';

/** Requests of known devices per network and window. */
const knownBudget = { points: 60, window: 60_000 } as const;

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
  const known = new WeakMap<IncomingMessage, boolean>();
  const knownOfNetwork = createMemoryCounter();

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
      // The limits themselves remember whom they have refused.
      if (!byLimit) networks.askedToWait(network, error?.retryAfter ?? 0);
      return error ?? null;
    },

    /**
     * Whether a known device sent the request. The proof is in the Cookie header or in the body, which has to arrive. The
     * devices of one network are known 60 times a minute: otherwise its own accounts would give a client priority.
     */
    async isFromKnownDevice(endpoint: Endpoint, network: string, request: IncomingMessage): Promise<boolean> {
      const { isKnownDevice, access } = endpoint;
      const before = isKnownDevice ? known.get(request) : false;
      if (!isKnownDevice || before !== undefined) return before === true;
      const readText = async () => (await readBody(request, bodyLimits[access])).toString('latin1');
      const hasProof = isKnownDevice(request.headers.cookie ?? '') || isKnownDevice(await readText());
      const counted = hasProof ? knownOfNetwork.consume(network, knownBudget.window) : null;
      const isKnown = counted !== null && counted.consumed <= knownBudget.points;
      known.set(request, isKnown);
      return isKnown;
    },

    networks,
    /** Milliseconds until a suspect network gets its refusal: a random one around the delay of the limits. */
    refusalDelay: (): number => limits.refusalDelay * (0.5 + randomInt(1_000) / 1_000),
  };
}
