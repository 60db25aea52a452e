import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between the starts of two probes. A probe that takes longer delays the next one. */
const probeInterval = 500;

/** An outage means at least this many milliseconds without any answer: under load there is an answer every few. */
const minOutage = 100;

interface CircuitBreakerOptions {
  /** A call that failed after this many milliseconds opens the circuit at once: the next calls would take as long. */
  readonly slowFailure: number;
  /** Whether a failed call got no answer. Other failures are answers. */
  readonly isOutage: (error: unknown) => boolean;
  /** A small call with a deadline of its own. */
  readonly probe: () => Promise<unknown>;
  /** Called when calls begin to be rejected, but not while a probe is running. */
  readonly onOpen?: () => void;
  /** Called after the first failed probe, with the error of the failed call, and when the server answers again. */
  readonly onChange: (isUnavailable: boolean, cause?: unknown) => void;
}

interface BreakerState extends CircuitBreakerOptions {
  /** Half-open: a probe is running after a quick failure, and calls still pass. Open: calls are rejected. */
  state: 'closed' | 'half-open' | 'open';
  isStopped: boolean;
  answeredAt: number;
}

/**
 * A slow query beside quick ones is no outage, and neither is one refused connection beside others that work. So a
 * failure counts only if no other call got an answer in the later half of its time.
 */
function showsOutage(breaker: BreakerState, error: unknown, startedAt: number): boolean {
  const now = performance.now();
  if (breaker.isOutage(error)) return breaker.answeredAt < now - Math.max(minOutage, (now - startedAt) / 2);
  breaker.answeredAt = now;
  return false;
}

function trip(breaker: BreakerState, cause: unknown, isSlow: boolean): void {
  if (breaker.isStopped) return;
  const isProbing = breaker.state !== 'closed';
  if (isSlow) breaker.state = 'open';
  if (isProbing) return;
  if (isSlow) breaker.onOpen?.();
  else breaker.state = 'half-open';
  void probeUntilAnswered(breaker, cause);
}

async function probeUntilAnswered(breaker: BreakerState, cause: unknown): Promise<void> {
  let isReported = false;
  while (!breaker.isStopped) {
    const pause = sleep(probeInterval, undefined, { ref: false });
    const startedAt = performance.now();
    const isUnavailable = await breaker.probe().then(
      () => false,
      (error) => showsOutage(breaker, error, startedAt),
    );
    if (breaker.isStopped) return;
    if (!isUnavailable) {
      breaker.state = 'closed';
      if (isReported) breaker.onChange(false);
      return;
    }
    breaker.state = 'open';
    breaker.onOpen?.();
    if (!isReported) breaker.onChange(true, cause);
    isReported = true;
    await pause;
  }
}

export type CircuitBreaker = ReturnType<typeof createCircuitBreaker>;

/**
 * Rejects calls at once while a server does not answer, so that only one caller waits for the deadline. A call that
 * shows an outage starts a probe, which is repeated every half second until the server answers. Calls are rejected
 * from the first failed probe on, or immediately after a slow failure (docs/decisions/0005-circuit-breaker.md).
 */
export function createCircuitBreaker(options: CircuitBreakerOptions) {
  const breaker: BreakerState = {
    ...options,
    state: 'closed',
    isStopped: false,
    answeredAt: Number.NEGATIVE_INFINITY,
  };
  return {
    isOpen: () => breaker.state === 'open',

    /** Records the result of a call before its caller gets it. Never rejects. */
    track(call: Promise<unknown>): Promise<void> {
      const startedAt = performance.now();
      const onAnswer = (): void => {
        breaker.answeredAt = performance.now();
      };
      return call.then(onAnswer, (error) => {
        if (!showsOutage(breaker, error, startedAt)) return;
        trip(breaker, error, performance.now() - startedAt >= breaker.slowFailure);
      });
    },

    /** Ends the probes. `onChange` is not called any more. */
    stop(): void {
      breaker.isStopped = true;
    },
  };
}
