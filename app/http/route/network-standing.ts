import { createLruCache } from '../../store/lru-cache.ts';

/**
 * Who waits before whom for expensive work, best first. `known`: a device or a session that has proved itself.
 * `clean`: a network without failures. `suspect`: all others.
 */
export const priorities = ['known', 'clean', 'suspect'] as const;

export type Priority = (typeof priorities)[number];

/** Milliseconds for which a network is suspect after a failure. */
const failureMemory = 15 * 60_000;
/** Milliseconds for which a network is suspect after it came back sooner than Retry-After said. */
const impatienceMemory = 10_000;
/** Share of Retry-After that a client must have waited; clocks and timers of clients are inexact. */
const patience = 0.9;
/** Failures that a success forgives. A guesser could log in to an own account after each guess. */
const forgiven = 3;
/** Requests at once that look like one user, who logs in on several devices. */
const maxAtOnce = 4;
const maxNetworks = 20_000;

interface Standing {
  /** Failures, each within a quarter of an hour after the one before, and when they are forgotten. */
  failures: number;
  forgetAt: number;
  suspectUntil: number;
  /** The time that Retry-After asked to wait for. */
  retryAt: number;
  running: number;
}

function suspect(standing: Standing, duration: number): void {
  standing.suspectUntil = Math.max(standing.suspectUntil, performance.now() + duration);
}

function fail(standing: Standing): void {
  const now = performance.now();
  if (now >= standing.forgetAt) standing.failures = 0;
  standing.failures += 1;
  standing.forgetAt = now + failureMemory;
  suspect(standing, failureMemory);
}

export type NetworkStanding = ReturnType<typeof createNetworkStanding>;

/**
 * What this process remembers of client networks (IPv4 address or IPv6 /64): whether their attempts failed, and whether
 * they wait as long as Retry-After says. Each replica has its own memory, which costs nothing to ask: under a flood, most
 * requests are refused by it. Times are milliseconds of the monotonic clock.
 */
export function createNetworkStanding() {
  const networks = createLruCache<Standing>(maxNetworks);

  function find(network: string): Standing {
    const known = networks.get(network);
    if (known) return known;
    const standing = { failures: 0, forgetAt: 0, suspectUntil: 0, retryAt: 0, running: 0 };
    networks.set(network, standing);
    return standing;
  }

  return {
    /** The priority of a request that proves nothing. A request before its Retry-After makes its network suspect. */
    priorityOf(network: string): Exclude<Priority, 'known'> {
      const standing = networks.get(network);
      if (!standing) return 'clean';
      const now = performance.now();
      if (now < standing.retryAt) suspect(standing, impatienceMemory);
      return now < standing.suspectUntil || standing.running >= maxAtOnce ? 'suspect' : 'clean';
    },

    /** The network was refused and told to come back after some seconds. */
    askedToWait(network: string, seconds: number): void {
      find(network).retryAt = performance.now() + seconds * 1000 * patience;
    },

    /**
     * Runs one attempt. Its error makes the network suspect if `isFailure` says so. Its success clears the network after
     * few failures, unless the attempt was `known`, which says nothing about others on the network.
     */
    async attempt<T>(
      network: string,
      priority: Priority,
      isFailure: (error: unknown) => boolean,
      run: () => Promise<T>,
    ): Promise<T> {
      const standing = find(network);
      standing.running += 1;
      try {
        const result = await run();
        if (priority !== 'known' && standing.failures <= forgiven) standing.suspectUntil = 0;
        return result;
      } catch (error) {
        if (isFailure(error)) fail(standing);
        throw error;
      } finally {
        standing.running -= 1;
      }
    },
  };
}
