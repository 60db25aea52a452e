import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../harness/client.ts';
import { createSend, type Send } from './kinds.ts';
import type { FromChild, Plan, Sample, Stream, ToChild } from './plan.ts';

/*
 * The load generator's process. Started by load.ts, which sends a plan and later asks it to stop; at the end it
 * sends its samples back in pieces.
 */

const defaultTick = 2;
/** Milliseconds for which answers are awaited after the last request. */
const patience = 15_000;

const epoch = (): number => performance.timeOrigin + performance.now();
const tell = (message: FromChild): Promise<void> =>
  new Promise((resolve) => void process.send?.(message, () => resolve()));

let stopped = false;
const samples: Sample[] = [];
const waiting = new Set<Promise<unknown>>();

function record(stream: number, due: number, late: number, reply: Reply): void {
  samples.push({
    stream,
    due,
    ms: epoch() - due,
    late,
    status: reply.status,
    retryAfter: reply.headers['retry-after'] !== undefined,
    code: reply.error ?? (typeof reply.body?.code === 'string' ? reply.body.code : null),
  });
}

/** False when the stream has no client to spare. */
function send(index: number, next: Send, due: number): Promise<void> | null {
  const late = epoch() - due;
  const asked = next();
  if (!asked) return null;
  const done = asked.then((reply) => record(index, due, late, reply)).finally(() => waiting.delete(done));
  waiting.add(done);
  return done;
}

interface Pace {
  readonly rate: number;
  readonly tick: number;
}

/** Open loop: requests fall due whatever has become of those before, and are timed from when they were due. */
async function pace(index: number, next: Send, { rate, tick }: Pace, end: number): Promise<void> {
  const start = epoch();
  for (let sent = 0; !stopped; ) {
    const now = epoch();
    if (now >= end) return;
    for (; start + (sent * 1000) / rate <= now; sent += 1) send(index, next, start + (sent * 1000) / rate);
    await sleep(tick);
  }
}

/** Closed loop: as fast as the answers come. */
async function chase(index: number, next: Send, clients: number, end: number): Promise<void> {
  const client = async (): Promise<void> => {
    while (!stopped && epoch() < end) await (send(index, next, epoch()) ?? sleep(defaultTick));
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function run(stream: Stream, index: number, end: number): Promise<void> {
  const next = createSend(stream);
  const { rate, tick = defaultTick, clients } = stream;
  return rate === null ? chase(index, next, clients, end) : pace(index, next, { rate, tick }, end);
}

async function carryOut(plan: Plan): Promise<void> {
  const end = epoch() + plan.seconds * 1000;
  await tell({ started: true });
  await Promise.all(plan.streams.map((stream, index) => run(stream, index, end)));
  await Promise.race([Promise.all(waiting), sleep(patience, undefined, { ref: false })]);
  while (samples.length > 0) await tell({ samples: samples.splice(0, 5_000) });
  process.exit(0);
}

process.on('message', (message: ToChild) => {
  if ('plan' in message) void carryOut(message.plan);
  else stopped = true;
});
process.on('disconnect', () => process.exit(1));
