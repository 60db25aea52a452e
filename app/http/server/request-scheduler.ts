/** Requests that are handled in one iteration of the event loop, of all networks together. */
export const requestsPerIteration = 64;

/**
 * Shares the event loop among client networks. Node.js handles every request that has arrived before it looks at other
 * connections again: a thousand busy connections would delay everybody else by as many requests. Here an iteration
 * handles up to 64. Further requests wait, and the networks are served round robin: one with few requests is next soon, however many
 * requests the others have sent.
 */
export function createRequestScheduler() {
  /** The requests of each network that wait, in the order in which the networks are served. */
  const waiting = new Map<string, (() => void)[]>();
  let handled = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextIteration);
  }

  function nextIteration(): void {
    isScheduled = false;
    handled = 0;
    for (const [network, requests] of waiting) {
      if (handled === requestsPerIteration) break;
      handled += 1;
      // A network that has more requests goes to the end, where this loop meets it again.
      waiting.delete(network);
      const handle = requests.shift();
      if (requests.length > 0) waiting.set(network, requests);
      handle?.();
    }
    if (waiting.size > 0) schedule();
  }

  return (network: string, handle: () => void): void => {
    schedule();
    if (waiting.size === 0 && handled < requestsPerIteration) {
      handled += 1;
      handle();
      return;
    }
    const requests = waiting.get(network);
    if (requests) requests.push(handle);
    else waiting.set(network, [handle]);
  };
}
