import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolPod } from '../cluster/tool-pod.ts';

export interface LostRequest {
  readonly at: string;
  readonly connection: 'kept' | 'new';
  /** The code of the system, such as ECONNRESET, or the status of the answer. */
  readonly reason: string;
}

export interface LoadResult {
  /** Requests after the warm-up. */
  readonly sent: number;
  /** Milliseconds of the slowest request that was answered. */
  readonly slowest: number;
  readonly failures: readonly LostRequest[];
}

/** Requests a second on kept-alive and on new connections, and the number of kept-alive connections. */
export interface LoadRates {
  readonly kept: number;
  readonly new: number;
  readonly sockets: number;
}

export interface LoadTarget {
  /** `http://10.96.0.7:8000`: an address, because not every cluster has DNS. */
  readonly base: string;
  /** The name in the header Host. */
  readonly host: string;
}

export interface Load {
  /** Resolves when so many requests have been answered or have failed. */
  until(answered: number): Promise<void>;
  /** Ends the load and waits for the requests in flight. */
  stop(): Promise<LoadResult>;
}

/** Seconds after which a load ends by itself, so that an interrupted run leaves none behind. */
const maxSeconds = 900;

type Line = { readonly answered: number } | { readonly result: LoadResult };

/**
 * Starts a load in the pod, and resolves when the warm-up is over.
 * @throws Error with what the generator says if it cannot log in
 */
export async function startLoad(pod: ToolPod, target: LoadTarget, rates: LoadRates): Promise<Load> {
  const child = pod.start(['node', '/scripts/generator.mjs']);
  const complaints = text(child.stderr);
  const ended = once(child, 'close');
  let answered = -1;
  let result: LoadResult | undefined;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    // reason: generator.mjs writes no other lines.
    const parsed = JSON.parse(line) as Line;
    if ('result' in parsed) result = parsed.result;
    else answered = parsed.answered;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify({ ...target, rates, maxSeconds })}\n`);

  async function fail(): Promise<never> {
    throw new Error(`the load has ended before its time: ${(await complaints).trim() || 'without a reason'}`);
  }

  const hasAnswered = async (count: number): Promise<void> => {
    while (answered < count) {
      if (result || child.exitCode !== null) await fail();
      await sleep(200);
    }
  };

  await hasAnswered(0);
  return {
    until: hasAnswered,
    async stop() {
      child.stdin.end();
      await ended;
      return result ?? fail();
    },
  };
}
