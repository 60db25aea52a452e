/** Requests of one network that are handled in one iteration of the event loop. */
export const requestsPerIteration = 32;

/**
 * Shares the event loop among client networks. Node.js handles every request that has arrived before it looks at other
 * connections again: a thousand busy connections of one client would delay everybody else by as many requests. Here each
 * network gets up to 32 requests handled in an iteration, and its further ones wait in order for the next.
 */
export function createFairTurns() {
  const handled = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextIteration);
  }

  function nextIteration(): void {
    isScheduled = false;
    handled.clear();
    for (const [network, requests] of waiting) {
      const next = requests.splice(0, requestsPerIteration);
      handled.set(network, next.length);
      if (requests.length === 0) waiting.delete(network);
      for (const handle of next) handle();
    }
    if (waiting.size > 0) schedule();
  }

  return (network: string, handle: () => void): void => {
    const count = handled.get(network) ?? 0;
    if (count < requestsPerIteration) {
      handled.set(network, count + 1);
      schedule();
      handle();
      return;
    }
    const requests = waiting.get(network);
    if (requests) requests.push(handle);
    else waiting.set(network, [handle]);
    schedule();
  };
}
