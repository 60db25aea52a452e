import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Repeats a request until its answer has the status, and wakes the blocked thread. */
const client = `
  const { get } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const { done, status, url } = workerData;
  function ask() {
    get(url, { agent: false }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      if (response.statusCode !== status) return void ask();
      parentPort.postMessage(body);
      Atomics.store(done, 0, 1);
      Atomics.notify(done, 0);
    });
  }
  ask();
`;

/** Milliseconds. Shorter than the timeout of a test. */
const longest = 15_000;

/**
 * Blocks the event loop of this thread until a client in another thread has got an answer with this status.
 * @returns the body of that answer
 * @throws Error when the client gets no such answer within 15 seconds
 */
export async function askWhileBlocked(url: string, status: number): Promise<string> {
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(client, { eval: true, execArgv: [], workerData: { done, status, url } });
  const answered = once(worker, 'message');
  try {
    if (Atomics.wait(done, 0, 0, longest) === 'timed-out')
      throw new Error(`${url} did not answer with ${status}`);
    // reason: the client sends the body and nothing else.
    const [body] = (await answered) as [string];
    return body;
  } finally {
    await worker.terminate();
  }
}
