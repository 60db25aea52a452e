import { setTimeout as sleep } from 'node:timers/promises';
import { openRaw, type RawConnection } from '../harness/raw-client.ts';
import type { ScenarioContext } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';

const question = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** HTTP/1.1 lets a client send a few requests without waiting (RFC 9112, 9.3.2); the answers come in order. */
async function checkFew(context: ScenarioContext, service: Service): Promise<void> {
  const paths = ['/api/v1/health/live', '/api/v1/nothing', '/api/v1/health', '/api/v1/users/me'];
  const connection = await openRaw(service.url);
  connection.socket.write(paths.map(question).join(''));
  const statuses = (): string =>
    [...connection.text().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, each]) => each).join(' ');
  for (let n = 0; n < 50 && statuses().split(' ').length < paths.length; n += 1) await sleep(50);
  connection.socket.destroy();
  context.report.check(
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
 * Clients that send many requests at once and never read. Neither work nor answers may pile up; the latency of regular
 * clients would show it.
 */
async function checkMany(context: ScenarioContext, service: Service, path: string): Promise<void> {
  const before = service.memory();
  const connections = await Promise.all(Array.from({ length: 20 }, () => pipeline(service, path, 2_000)));
  let highest = before;
  for (let n = 0; n < 40; n += 1) {
    await sleep(100);
    highest = Math.max(highest, service.memory());
  }
  for (const { socket } of connections) socket.destroy();
  const grown = Math.round(highest - before);
  context.report.check(
    '40,000 pipelined answers that nobody reads do not pile up',
    grown < 150,
    `${grown} MiB more`,
  );
}

/** Clients that exceed the limit of pipelined requests, are disconnected, and reconnect. Their requests must not leak. */
async function checkCut(context: ScenarioContext, service: Service): Promise<void> {
  const before = service.memory();
  for (let n = 0; n < 200; n += 1) await (await pipeline(service, '/', 1_500)).closed;
  const grown = Math.round(service.memory() - before);
  context.report.check(
    '300,000 requests on closed connections do not leak',
    grown < 150,
    `${grown} MiB more`,
  );
}

export async function checkPipelining(context: ScenarioContext, service: Service): Promise<void> {
  await checkFew(context, service);
  await checkMany(context, service, '/api/v1/openapi.json');
  await checkMany(context, service, '/api/v1/auth/verify');
  await checkCut(context, service);
}
