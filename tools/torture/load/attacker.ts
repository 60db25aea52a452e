import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttackCounts, AttackPlan } from './attack.ts';

/*
 * The process of an attacker. attack.ts starts it, sends a plan and ends it with a signal; the process reports its
 * counts every quarter of a second.
 */

/** Connections begun in one go: more would overflow the backlog of the listener, which is not what is tested. */
const burst = 200;

const answers: Record<string, number> = {};
const open = new Set<Socket>();
let made = 0;

/** Statuses of the answers in `text`. A status line that two chunks share is lost, which an attacker can bear. */
function countAnswers(text: string): number {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status ?? '');
  for (const status of statuses) answers[status] = (answers[status] ?? 0) + 1;
  return statuses.length;
}

function openConnection(plan: AttackPlan, index: number): void {
  const { hostname, port } = new URL(plan.base);
  const localAddress = plan.addresses[index % plan.addresses.length];
  const opening = plan.opening[index % plan.opening.length] ?? '';
  const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
  made += 1;
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    open.add(socket);
    socket.write(opening);
  });
  socket.once('close', () => {
    open.delete(socket);
    if (plan.reopenAfter !== null) setTimeout(() => openConnection(plan, index), plan.reopenAfter);
  });
  if (plan.behaviour === 'never-read') {
    socket.pause();
    return;
  }
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    const count = countAnswers(text);
    if (plan.behaviour === 'repeat' && count > 0 && socket.writable) socket.write(opening);
  });
}

const report = (): void => void process.send?.({ open: open.size, made, answers } satisfies AttackCounts);

async function attack(plan: AttackPlan): Promise<void> {
  setInterval(report, 250);
  for (let index = 0; index < plan.connections; index += 1) {
    openConnection(plan, index);
    if (index % burst === burst - 1) await sleep(10);
  }
  report();
}

process.once('message', (plan: AttackPlan) => void attack(plan));
process.once('disconnect', () => process.exit());
