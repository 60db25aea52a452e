import { setTimeout as sleep } from 'node:timers/promises';
import { openRaw } from '../bench/raw-client.ts';
import type { Service } from '../bench/service.ts';
import type { Bench } from '../bench/world.ts';

const question = 'GET /api/v1/health/live HTTP/1.1\r\nHost: a\r\n\r\n';

/** Many requests in one write: all are answered, in one connection. */
export async function checkPipelining(bench: Bench, service: Service): Promise<void> {
  const count = 2_000;
  const connection = await openRaw(service.url);
  let answered = 0;
  connection.socket.on('data', (chunk) => {
    answered += chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
  });
  connection.socket.write(question.repeat(count));
  for (let n = 0; n < 100 && answered < count * 0.99; n += 1) await sleep(100);
  connection.socket.destroy();
  // A status line that two chunks share is not counted.
  bench.report.check(
    'pipelined requests are all answered',
    answered >= count * 0.99,
    `${answered} of ${count}`,
  );
}

/** Clients that ask and never read: their answers must not pile up in memory. */
export async function checkUnreadAnswers(bench: Bench, service: Service): Promise<void> {
  const before = service.memory();
  const path = '/api/v1/openapi.json';
  const requests = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(500);
  const connections = await Promise.all(Array.from({ length: 20 }, () => openRaw(service.url)));
  for (const { socket } of connections) {
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(requests);
  }
  let highest = before;
  for (let n = 0; n < 30; n += 1) {
    await sleep(100);
    highest = Math.max(highest, service.memory());
  }
  for (const { socket } of connections) socket.destroy();
  const grown = Math.round(highest - before);
  bench.report.check(
    'answers that nobody reads do not pile up',
    grown < 200,
    `${grown} MiB more for ${20 * 500} asked for`,
  );
}
