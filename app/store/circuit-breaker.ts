import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds from one look at whether the server answers again to the next, unless that look takes longer. */
const probeInterval = 500;

/** Milliseconds without any answer that make a silence, at least: under load there is one every few. */
const shortestSilence = 100;

/**
 * Spares callers a server that does not answer: one pays the deadline, those who come after are refused at once. A call
 * without an answer counts when no other had one in the later half of its time: a slow query beside quick ones means
 * nothing, nor does a connection that cannot be made beside others that serve. Then `probe` is asked, at once and every
 * half second, until it is answered. Calls are refused from its first failure on; after a call that took `patience` they
 * are already while it is asked, since more would wait as long.
 * @param options.patience milliseconds
 * @param options.isOutage whether a call that failed had no answer
 * @param options.probe asks something small, under a deadline of its own
 * @param options.onOpen told when calls begin to be refused, while no probe is under way
 * @param options.onChange told when an outage is certain, with its cause, and when it is over
 */
export function createCircuitBreaker(options: {
  patience: number;
  isOutage: (error: unknown) => boolean;
  probe: () => Promise<unknown>;
  onOpen?: () => void;
  onChange: (isAway: boolean, cause?: unknown) => void;
}) {
  const { patience, isOutage, probe, onOpen = () => undefined, onChange } = options;
  let isOpen = false;
  let isProbing = false;
  let isStopped = false;
  let answeredAt = Number.NEGATIVE_INFINITY;

  const answered = (): void => {
    answeredAt = performance.now();
  };

  /** Whether a call that began then and failed so tells of a silence; any other tells of an answer, or of nothing. */
  function isSilence(error: unknown, began: number): boolean {
    const now = performance.now();
    if (isOutage(error)) return answeredAt < now - Math.max(shortestSilence, (now - began) / 2);
    answered();
    return false;
  }

  async function isProbeSilent(): Promise<boolean> {
    const began = performance.now();
    return probe().then(
      () => false,
      (error) => isSilence(error, began),
    );
  }

  async function awaitAnswer(cause: unknown): Promise<void> {
    let isCertain = false;
    for (;;) {
      if (isStopped) return;
      const pause = sleep(probeInterval, undefined, { ref: false });
      const isSilent = await isProbeSilent();
      if (isStopped) return;
      if (!isSilent) break;
      isOpen = true;
      onOpen();
      if (!isCertain) onChange(true, cause);
      isCertain = true;
      await pause;
    }
    if (isCertain) onChange(false);
  }

  async function doubt(cause: unknown, isUrgent: boolean): Promise<void> {
    if (isUrgent) isOpen = true;
    if (isProbing || isStopped) return;
    if (isUrgent) onOpen();
    isProbing = true;
    await awaitAnswer(cause);
    isProbing = false;
    isOpen = false;
  }

  return {
    /** Whether a call would be in vain. */
    isOpen: () => isOpen,

    /** Takes note of what becomes of a call, before its caller does. Never rejects. */
    watch(call: Promise<unknown>): Promise<void> {
      const began = performance.now();
      return call.then(answered, (error) => {
        if (isSilence(error, began)) void doubt(error, performance.now() - began >= patience);
      });
    },

    /** Probes no more, and tells of nothing. */
    stop(): void {
      isStopped = true;
    },
  };
}
