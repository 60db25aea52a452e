import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../harness/cleanup.ts';
import type { FromChild, Plan, Sample, Stream } from './plan.ts';
import { createResult, type LoadResult } from './result.ts';

const file = fileURLToPath(new URL('./process.ts', import.meta.url));

export interface Load {
  /** Resolves when the time of the plan is over and every answer has arrived. */
  readonly finished: Promise<LoadResult>;
  stop(): Promise<LoadResult>;
}

/** Starts a load generator in a separate process. Resolves when it sends. */
export async function startLoad(
  streams: readonly Stream[],
  seconds: number,
  cleanup: Cleanup,
): Promise<Load> {
  const child = fork(file, { execArgv: ['--import=tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  cleanup.add(() => void child.kill('SIGKILL'));
  const samples: Sample[] = [];
  const finished = new Promise<LoadResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => {
      if (status === 0) resolve(createResult(streams, samples));
      else reject(new Error(`a load generator ended with ${status}`));
    });
  });
  // The caller awaits it later. Until then a failure must not be an unhandled rejection.
  finished.catch(() => undefined);
  const started = new Promise<void>((resolve) => {
    child.on('message', (message: FromChild) => {
      if ('samples' in message) samples.push(...message.samples);
      else resolve();
    });
  });
  const plan: Plan = { streams, seconds };
  child.send({ plan });
  await Promise.race([started, finished]);
  return {
    finished,
    stop() {
      if (child.connected) child.send({ stop: true });
      return finished;
    },
  };
}
