/** Milliseconds between two looks at whether the server answers again. */
const probeInterval = 500;

/**
 * Spares callers a server that does not answer: one pays the deadline, those who come after are refused at once. A call
 * without an answer counts when no other had one in the later half of its time: a slow query beside quick ones means
 * nothing. Then `probe` is asked, at once and every half second, until one is answered. Calls are refused from the first
 * failure of a probe on; after a call that took `patience` they are already while it is asked, since more would wait
 * as long.
 * @param options.patience milliseconds
 * @param options.isOutage whether a call that failed had no answer
 * @param options.probe asks something small, under a deadline of its own
 * @param options.onOpen told whenever calls begin to be refused, before anything is probed
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
  let answeredAt = Number.NEGATIVE_INFINITY;
  let probing: NodeJS.Timeout | undefined;

  function open(): void {
    if (isOpen) return;
    isOpen = true;
    onOpen();
  }

  function doubt(cause: unknown, isUrgent: boolean): void {
    if (isUrgent) open();
    if (probing) return;
    let isCertain = false;

    async function look(): Promise<void> {
      const isAnswered = await probe().then(
        () => true,
        (error) => !isOutage(error),
      );
      // Probes overlap where each waits for its deadline; one that is late says nothing about what comes after.
      if (probing !== timer) return;
      if (isAnswered) {
        clearInterval(timer);
        probing = undefined;
        isOpen = false;
        if (isCertain) onChange(false);
      } else {
        open();
        if (!isCertain) onChange(true, cause);
        isCertain = true;
      }
    }

    const timer = setInterval(look, probeInterval).unref();
    probing = timer;
    void look();
  }

  return {
    /** Whether a call would be in vain. */
    isOpen: () => isOpen,

    /** Takes note of what becomes of a call, before its caller does. Never rejects. */
    watch(call: Promise<unknown>): Promise<void> {
      const began = performance.now();
      const answered = (): void => {
        answeredAt = performance.now();
      };
      return call.then(answered, (error) => {
        const now = performance.now();
        if (!isOutage(error)) answered();
        else if (answeredAt < (began + now) / 2) doubt(error, now - began >= patience);
      });
    },

    /** Probes no more. */
    stop: () => clearInterval(probing),
  };
}
