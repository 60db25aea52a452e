import { randomUUID } from 'node:crypto';
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
  readonly seconds: number;
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
 * Starts a process that outlives this command. A load does not hang on one long stream through the API server, which may break
 * while nodes and pods change.
 */
const startScript = 'setsid node /scripts/generator.mjs "$1" >"$2" 2>&1 & echo $!';

/**
 * Starts a load in the pod, and resolves when the warm-up is over.
 * @throws Error with what the generator says if it cannot log in
 */
export async function startLoad(pod: ToolPod, target: LoadTarget, rates: LoadRates): Promise<Load> {
  const file = `/tmp/load-${randomUUID()}`;
  const options = JSON.stringify({ ...target, rates, maxSeconds });
  const pid = (await pod.exec(['sh', '-c', startScript, 'start', options, file])).trim();

  async function lastLine(): Promise<Line | undefined> {
    const line = (await pod.exec(['tail', '-n', '1', file])).trim();
    if (line.startsWith('{"answered"') || line.startsWith('{"result"')) {
      // reason: generator.mjs writes lines of these two kinds.
      return JSON.parse(line) as Line;
    }
    // An error of Node.js begins with its place, and ends with the version.
    if (line) throw new Error(`the load has ended: ${(await pod.exec(['cat', file])).trim()}`);
    return undefined;
  }

  async function until(isReached: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const line = await lastLine();
      if (line && isReached(line)) return line;
      if (line && 'result' in line) throw new Error('the load has ended before its time');
      await sleep(2_000);
    }
  }

  await until(() => true);
  return {
    until: async (count) => void (await until((line) => 'answered' in line && line.answered >= count)),
    async stop() {
      await pod.exec(['sh', '-c', 'kill -TERM "$1"', 'stop', pid]);
      const line = await until((one) => 'result' in one);
      await pod.exec(['rm', file]);
      if (!('result' in line)) throw new Error('the load has no result');
      return line.result;
    },
  };
}
