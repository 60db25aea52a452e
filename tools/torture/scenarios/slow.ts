import { setTimeout as sleep } from 'node:timers/promises';
import { startDeployment } from '../harness/deployment.ts';
import { openRaw, type RawConnection, statusOf } from '../harness/raw-client.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { percentile, round } from '../harness/statistics.ts';
import { logInNewUsers } from '../harness/users.ts';
import { startLoad } from '../load/load.ts';
import { describe } from '../load/result.ts';
import { checkPipelining } from './slow-pipelining.ts';

/** The timeouts of the service in milliseconds, and its interval between two checks. */
const headersTimeout = 10_000;
const requestTimeout = 30_000;
const checking = 2_500;
const memoryLimit = 512;
/** The maximum p99 of regular clients in milliseconds: below the usual probe timeout of a second. */
const maxLatency = 1_000;

const head = (more: string): string => `POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\n${more}`;

/** From eight addresses, each of which stays below its limit. */
async function openMany(url: string, count: number): Promise<RawConnection[]> {
  const opened: RawConnection[] = [];
  for (let n = 0; n < count; n += 100) {
    const batch = await Promise.allSettled(
      Array.from({ length: Math.min(100, count - n) }, (_, index) =>
        openRaw(url, `127.0.3.${(index % 8) + 1}`),
      ),
    );
    const connected = batch.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    opened.push(...connected);
    if (connected.length < batch.length) break;
  }
  return opened;
}

function close(connections: readonly RawConnection[]): void {
  for (const { socket } of connections) socket.destroy();
}

/** Clients that send `beginning` and then one byte per second without an end. */
async function drip(
  context: ScenarioContext,
  service: Service,
  name: string,
  beginning: string,
  bound: number,
): Promise<void> {
  const connections = await openMany(service.url, context.quick ? 20 : 200);
  for (const { socket } of connections) socket.write(beginning);
  const dripping = setInterval(() => {
    for (const { socket } of connections) if (socket.writable) socket.write('a');
  }, 1_000);
  const times = await Promise.race([
    Promise.all(connections.map(({ closed }) => closed)),
    sleep(bound + checking + 5_000, [Number.POSITIVE_INFINITY]),
  ]);
  clearInterval(dripping);
  const slowest = Math.round(Math.max(...times));
  const refused = connections.filter((each) => statusOf(each) === 408).length;
  context.report.check(
    `${name}: cut with 408 in time`,
    slowest <= bound + checking && refused === connections.length,
    `${refused} of ${connections.length}, the last after ${slowest} ms`,
  );
  close(connections);
}

async function checkIdle(context: ScenarioContext, service: Service): Promise<void> {
  const wanted = context.quick ? 1_000 : 10_000;
  const connections = await openMany(service.url, wanted);
  const memory = service.memory();
  context.report.figure(
    'idle connections',
    `${connections.length} of ${wanted}, ${Math.round(memory)} MiB resident`,
  );
  context.report.check('idle connections are accepted', connections.length === wanted);
  await sleep(headersTimeout + checking + 1_000);
  const left = connections.filter((each) => each.isOpen()).length;
  context.report.check('connections without a request are closed', left === 0, `${left} left`);
  close(connections);
}

async function checkHugeHeaders(context: ScenarioContext, service: Service): Promise<void> {
  const connections = await openMany(service.url, 50);
  for (const { socket } of connections) {
    socket.on('error', () => undefined);
    socket.write(head(`X-Huge: ${'a'.repeat(1_000_000)}\r\n\r\n`));
  }
  await Promise.race([Promise.all(connections.map(({ closed }) => closed)), sleep(5_000)]);
  const refused = connections.filter((each) => statusOf(each) === 431).length;
  const open = connections.filter((each) => each.isOpen()).length;
  // Node closes the connection before it has read everything, so a reset may replace the answer.
  context.report.check(
    'headers of a megabyte: refused and closed',
    open === 0,
    `431 seen by ${refused} of ${connections.length}`,
  );
  close(connections);
}

export const slow: Scenario = {
  name: 'slow',
  claim: 'Slow, idle, oversized and pipelining clients are limited and do not affect regular clients',
  async run(context) {
    const { report } = context;
    const deployment = await startDeployment(context);
    const [service] = deployment.replicas;
    if (!service) throw new Error('no service');
    const users = await logInNewUsers(service.url, 5);
    const tokens = users.map(({ access }) => access);
    const load = await startLoad(
      [{ name: 'regular', kind: 'me', rate: 20, clients: 20, bases: deployment.urls, tokens }],
      300,
      context.cleanup,
    );
    let memory = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, service.memory());
    }, 100);
    context.cleanup.add(() => clearInterval(watch));

    const body = head('Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"email":"');
    const attacks: [name: string, attack: () => Promise<void>][] = [
      ['huge headers', () => checkHugeHeaders(context, service)],
      ['slow headers', () => drip(context, service, 'slow headers', head('X-Slow: '), headersTimeout)],
      ['idle connections', () => checkIdle(context, service)],
      ['slow bodies', () => drip(context, service, 'slow bodies', body, requestTimeout)],
      ['pipelining', () => checkPipelining(context, service)],
    ];
    const phases: { name: string; began: number; ended: number }[] = [];
    for (const [name, attack] of attacks) {
      const began = Date.now();
      await attack();
      phases.push({ name, began, ended: Date.now() });
    }

    const result = await load.stop();
    const odd = result.others('regular', ['200']);
    report.check('regular clients get 200', odd.length === 0, describe(result.outcomes()));
    for (const { name, began, ended } of phases) {
      const times = result
        .of()
        .filter(({ due }) => due >= began && due < ended)
        .map(({ ms }) => ms);
      const p99 = round(percentile(times, 0.99));
      report.check(`regular clients during ${name}: p99 ≤ ${maxLatency} ms`, p99 <= maxLatency, `${p99} ms`);
    }
    report.check(
      `resident memory < ${memoryLimit} MiB`,
      memory < memoryLimit,
      `${Math.round(memory)} MiB at most`,
    );
  },
};
