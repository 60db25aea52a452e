import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../harness/client.ts';
import type { FromChild, Plan, Sample, Stream, ToChild } from './plan.ts';
import { createSend, type Send } from './request-sender.ts';

/*
 * The process of a load generator. load.ts starts it, sends a plan and later a stop message; at the end the process
 * sends its samples back in batches.
 */

const defaultTick = 2;
/** Milliseconds to wait for answers after the last request. */
const timeout = 15_000;

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

/** Null when every client of the stream is busy. */
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

/** Open loop: requests follow a fixed schedule and are timed from their scheduled time, even if earlier ones are slow. */
async function openLoop(index: number, next: Send, { rate, tick }: Pace, end: number): Promise<void> {
  const start = epoch();
  for (let sent = 0; !stopped; ) {
    const now = epoch();
    if (now >= end) return;
    for (; start + (sent * 1000) / rate <= now; sent += 1) send(index, next, start + (sent * 1000) / rate);
    await sleep(tick);
  }
}

/** Closed loop: each client sends its next request after its answer. */
async function closedLoop(index: number, next: Send, clients: number, end: number): Promise<void> {
  const client = async (): Promise<void> => {
    while (!stopped && epoch() < end) await (send(index, next, epoch()) ?? sleep(defaultTick));
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function run(stream: Stream, index: number, end: number): Promise<void> {
  const next = createSend(stream);
  const { rate, tick = defaultTick, clients } = stream;
  return rate === null ? closedLoop(index, next, clients, end) : openLoop(index, next, { rate, tick }, end);
}

async function execute(plan: Plan): Promise<void> {
  const end = epoch() + plan.seconds * 1000;
  await tell({ started: true });
  await Promise.all(plan.streams.map((stream, index) => run(stream, index, end)));
  await Promise.race([Promise.all(waiting), sleep(timeout, undefined, { ref: false })]);
  while (samples.length > 0) await tell({ samples: samples.splice(0, 5_000) });
  process.exit(0);
}

process.on('message', (message: ToChild) => {
  if ('plan' in message) void execute(message.plan);
  else stopped = true;
});
process.on('disconnect', () => process.exit(1));
