import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../harness/cleanup.ts';

/** Connections of an attacker, all of one behaviour. A connection that the service closes is opened again. */
export interface AttackPlan {
  readonly base: string;
  readonly connections: number;
  /** Local addresses that the connections come from, in turn. Linux routes all of 127.0.0.0/8 to this machine. */
  readonly addresses: readonly string[];
  /** Texts that the connections send when they open, in turn. */
  readonly opening: readonly string[];
  /** What a connection does afterwards: reads nothing, reads everything, or also repeats its text after each answer. */
  readonly behaviour: 'never-read' | 'read' | 'repeat';
  /** Milliseconds after which a closed connection is opened again; null: never. */
  readonly reopenAfter: number | null;
}

export interface AttackCounts {
  /** Connections open at the last look. */
  readonly open: number;
  /** Connections made, refused or cut connections included. */
  readonly made: number;
  /** Answers by status. Only of connections that read. */
  readonly answers: Readonly<Record<string, number>>;
}

export interface Attack {
  counts(): AttackCounts;
  /** Closes all connections. */
  stop(): Promise<void>;
}

const file = fileURLToPath(new URL('./attacker.ts', import.meta.url));

/** Starts an attacker in a process of its own. Resolves when every connection was tried once. */
export async function startAttack(plan: AttackPlan, cleanup: Cleanup): Promise<Attack> {
  const child = fork(file, { execArgv: ['--import=tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  cleanup.add(() => void child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let counts: AttackCounts = { open: 0, made: 0, answers: {} };
  const begun = new Promise<void>((resolve) => {
    child.on('message', (message: AttackCounts) => {
      counts = message;
      if (counts.made >= plan.connections) resolve();
    });
  });
  child.send(plan);
  await Promise.race([begun, ended]);
  return {
    counts: () => counts,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
