import { setTimeout as sleep } from 'node:timers/promises';
import { openRaw, type RawConnection } from '../harness/raw-client.ts';
import type { Service } from '../harness/service.ts';
import type { Bench } from '../harness/world.ts';

const question = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** HTTP/1.1 lets a client send a few requests without waiting (RFC 9112, 9.3.2); the answers come in order. */
async function checkFew(bench: Bench, service: Service): Promise<void> {
  const paths = ['/api/v1/health/live', '/api/v1/nothing', '/api/v1/health', '/api/v1/users/me'];
  const connection = await openRaw(service.url);
  connection.socket.write(paths.map(question).join(''));
  const statuses = (): string =>
    [...connection.text().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, each]) => each).join(' ');
  for (let n = 0; n < 50 && statuses().split(' ').length < paths.length; n += 1) await sleep(50);
  connection.socket.destroy();
  bench.report.check(
    'a few pipelined requests are answered in order',
    statuses() === '200 404 200 401',
    statuses(),
  );
}

async function pipeline(service: Service, path: string, count: number): Promise<RawConnection> {
  const connection = await openRaw(service.url);
  connection.socket.on('error', () => undefined);
  connection.socket.pause();
  connection.socket.write(question(path).repeat(count));
  return connection;
}

/**
 * Clients that send many requests in one piece and never read: neither the work nor the answers may pile up. Others
 * notice, if it is so, by their latency.
 */
async function checkMany(bench: Bench, service: Service, path: string): Promise<void> {
  const before = service.memory();
  const connections = await Promise.all(Array.from({ length: 20 }, () => pipeline(service, path, 2_000)));
  let highest = before;
  for (let n = 0; n < 40; n += 1) {
    await sleep(100);
    highest = Math.max(highest, service.memory());
  }
  for (const { socket } of connections) socket.destroy();
  const grown = Math.round(highest - before);
  bench.report.check(
    '40,000 pipelined answers that nobody reads do not pile up',
    grown < 150,
    `${grown} MiB more`,
  );
}

/** Clients that send more at once than they may, are cut, and come again: what they sent must not stay behind. */
async function checkCut(bench: Bench, service: Service): Promise<void> {
  const before = service.memory();
  for (let n = 0; n < 200; n += 1) await (await pipeline(service, '/', 1_500)).closed;
  const grown = Math.round(service.memory() - before);
  bench.report.check(
    '300,000 requests on connections that were cut leave nothing',
    grown < 150,
    `${grown} MiB more`,
  );
}

export async function checkPipelining(bench: Bench, service: Service): Promise<void> {
  await checkFew(bench, service);
  await checkMany(bench, service, '/api/v1/openapi.json');
  await checkMany(bench, service, '/api/v1/auth/verify');
  await checkCut(bench, service);
}
