import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Answers each command, and wakes the blocked thread once the kernel has the answer to that about `asked`. */
const server = `
  const { createServer } = require('node:net');
  const { parentPort, workerData: answered } = require('node:worker_threads');
  const answerTo = (command) => (command.includes(':asked') ? '*1\\r\\n$5\\r\\nvalue\\r\\n' : '+PONG\\r\\n');
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const commands = String(chunk).split(/^(?=[*]\\d+\\r\\n)/m);
      socket.write(commands.map(answerTo).join(''), () => {
        if (!String(chunk).includes(':asked')) return;
        Atomics.store(answered, 0, 1);
        Atomics.notify(answered, 0);
      });
    });
  });
  listener.listen(0, '127.0.0.1', () => parentPort.postMessage(listener.address().port));
`;

/** Milliseconds. Shorter than the timeout of a test. */
const longest = 15_000;

/** A stand-in for Redis in a thread of its own, which answers while this thread is blocked. */
export async function startStandInRedis() {
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(server, { eval: true, execArgv: [], workerData: answered });
  // reason: the server sends its port and nothing else.
  const [port] = (await once(worker, 'message')) as [number];
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Blocks this thread until `get(['asked'])` has been answered, and then for as long as `milliseconds`. */
    blockUntilAnswered(milliseconds: number): void {
      if (Atomics.wait(answered, 0, 0, longest) === 'timed-out')
        throw new Error('the stand-in was not asked');
      Atomics.wait(answered, 0, 1, milliseconds);
    },
    close: () => worker.terminate(),
  };
}
