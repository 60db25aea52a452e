import { setTimeout as sleep } from 'node:timers/promises';
import { logOut, type Member, members } from '../harness/people.ts';
import type { Outage } from '../harness/redis-server.ts';
import type { Bench, World } from '../harness/world.ts';
import { type Load, startLoad } from '../load/load.ts';
import type { Sample, Stream } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';

/** A stretch of an outage, in milliseconds since the epoch. */
export interface Phase {
  readonly name: string;
  readonly began: number;
  /** The store answers again. */
  readonly returned: number;
  readonly ended: number;
}

const streamNames = ['me', 'sessions', 'verify', 'login', 'register', 'refresh', 'logged out'] as const;

/** Everything that clients do, at a pace far below capacity, on all replicas. */
export async function startMixedLoad(bench: Bench, world: World, seconds: number) {
  const [base = ''] = world.urls;
  const people = await members(base, 24);
  const gone = people.splice(0, 4);
  for (const member of gone) await logOut(base, member);
  const tokens = people.map(({ access }) => access);
  const stream = (
    name: Stream['name'],
    kind: Stream['kind'],
    rate: number,
    more: Partial<Stream>,
  ): Stream => ({
    ...{ name, kind, rate, clients: 200, bases: world.urls },
    ...more,
  });
  const streams = [
    stream('me', 'me', 30, { tokens }),
    // Two questions to Postgres, one after the other: whether the session lives, and what is asked for.
    stream('sessions', 'sessions', 10, { tokens }),
    stream('verify', 'verify', 60, { tokens }),
    stream('login', 'login', 4, { people }),
    stream('register', 'register', 2, {}),
    stream('refresh', 'refresh', 8, { tokens: people.map(({ refresh }) => refresh) }),
    stream('logged out', 'verify', 20, { tokens: gone.map(({ access }) => access) }),
  ];
  const load: Load = await startLoad(streams, seconds, bench.cleanup);
  return { load, people: people as readonly Member[] };
}

export async function suffer(
  name: string,
  begin: Outage['kill'],
  end: Outage['start'],
  times: { away: number; after: number; meanwhile?: () => Promise<void> },
): Promise<Phase> {
  const began = Date.now();
  await begin();
  await times.meanwhile?.();
  await sleep(Math.max(0, times.away - (Date.now() - began)));
  await end();
  const returned = Date.now();
  await sleep(times.after);
  const ended = Date.now();
  // What was due before is answered before the next phase begins.
  await sleep(250);
  return { name, began, returned, ended };
}

const isServed = ({ status }: Sample): boolean => (status >= 200 && status < 300) || status === 401;

/** What holds whichever store is away. */
export function checkOutage(bench: Bench, result: LoadResult, phases: readonly Phase[]): void {
  const { report } = bench;
  for (const name of streamNames) report.figure(name, describe(result.outcomes(name)));
  const faults = result
    .of()
    .filter(({ status, retryAfter }) => status === 0 || (status >= 500 && !(status === 503 && retryAfter)));
  report.check(
    'no 5xx but 503 with Retry-After, no request without an answer',
    faults.length === 0,
    exemplify(faults),
  );
  const revived = result.of('logged out').filter(({ status }) => status < 400);
  report.check('a logged-out token stays dead', revived.length === 0, exemplify(revived));
  const loggedOut = result.others('refresh', ['200', '503']);
  report.check('nobody is logged out', loggedOut.length === 0, exemplify(loggedOut));
  for (const { name, returned, ended } of phases) {
    const recovery = result.recovery({ from: returned, until: ended }, isServed);
    report.check(
      `${name}: everything is served within 2 s of the return`,
      recovery <= 2_000,
      `${recovery} ms`,
    );
  }
}

export function samplesDuring(result: LoadResult, stream: string, phase: Phase): Sample[] {
  return result.of(stream).filter(({ due }) => due >= phase.began && due < phase.returned);
}
