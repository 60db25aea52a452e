import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../harness/deployment.ts';
import type { Outage } from '../harness/redis-server.ts';
import type { ScenarioContext } from '../harness/scenario.ts';
import { percentile, round } from '../harness/statistics.ts';
import { type LoggedInUser, logInNewUsers, logOut } from '../harness/users.ts';
import { type Load, startLoad } from '../load/load.ts';
import type { Sample, Stream } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';

/** One outage, in milliseconds since the epoch. */
export interface Phase {
  readonly name: string;
  readonly began: number;
  /** The store answers again. */
  readonly returned: number;
  readonly ended: number;
}

const streamNames = ['me', 'sessions', 'verify', 'login', 'register', 'refresh', 'logged out'] as const;

/** All requests of clients, far below capacity, on all replicas. */
export async function startMixedLoad(context: ScenarioContext, deployment: Deployment, seconds: number) {
  const [base = ''] = deployment.urls;
  const users = await logInNewUsers(base, 24);
  const loggedOutUsers = users.splice(0, 4);
  for (const user of loggedOutUsers) await logOut(base, user);
  const tokens = users.map(({ access }) => access);
  const stream = (
    name: Stream['name'],
    kind: Stream['kind'],
    rate: number,
    more: Partial<Stream>,
  ): Stream => ({
    ...{ name, kind, rate, clients: 200, bases: deployment.urls },
    ...more,
  });
  const streams = [
    stream('me', 'me', 30, { tokens }),
    // Two queries in a row: the state of the session, and the list.
    stream('sessions', 'sessions', 10, { tokens }),
    stream('verify', 'verify', 60, { tokens }),
    stream('login', 'login', 4, { users }),
    stream('register', 'register', 2, {}),
    stream('refresh', 'refresh', 8, { tokens: users.map(({ refresh }) => refresh) }),
    stream('logged out', 'verify', 20, { tokens: loggedOutUsers.map(({ access }) => access) }),
  ];
  const load: Load = await startLoad(streams, seconds, context.cleanup);
  return { load, users: users as readonly LoggedInUser[] };
}

export async function causeOutage(
  name: string,
  begin: Outage['kill'],
  end: Outage['start'],
  times: { duration: number; after: number; meanwhile?: () => Promise<void> },
): Promise<Phase> {
  const began = Date.now();
  await begin();
  await times.meanwhile?.();
  await sleep(Math.max(0, times.duration - (Date.now() - began)));
  await end();
  const returned = Date.now();
  await sleep(times.after);
  const ended = Date.now();
  // The next phase begins after the answers of this one.
  await sleep(250);
  return { name, began, returned, ended };
}

const isServed = ({ status }: Sample): boolean => (status >= 200 && status < 300) || status === 401;

/** The checks that apply to an outage of either store. */
export function checkOutage(context: ScenarioContext, result: LoadResult, phases: readonly Phase[]): void {
  const { report } = context;
  for (const name of streamNames) report.figure(name, describe(result.outcomes(name)));
  const faults = result
    .of()
    .filter(({ status, retryAfter }) => status === 0 || (status >= 500 && !(status === 503 && retryAfter)));
  report.check(
    'no 5xx but 503 with Retry-After, no request without an answer',
    faults.length === 0,
    exemplify(faults),
  );
  const accepted = result.of('logged out').filter(({ status }) => status < 400);
  report.check('a logged-out token stays invalid', accepted.length === 0, exemplify(accepted));
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

/** DB_TIMEOUT of the service, and a tolerance for a busy machine. */
const deadline = 3_000;
const slack = 500;

/** The checks that apply while Postgres is unavailable. */
export function checkWithoutPostgres(context: ScenarioContext, result: LoadResult, phase: Phase): void {
  const { report } = context;
  const checked = samplesDuring(result, 'verify', phase);
  const answered = checked.filter(({ status }) => status === 204).length;
  report.check(
    `${phase.name}: /auth/verify is answered from Redis`,
    checked.length > 0 && answered === checked.length,
    `${answered} of ${checked.length}, p50 ${round(
      percentile(
        checked.map(({ ms }) => ms),
        0.5,
      ),
    )} ms`,
  );
  const refused = result
    .of()
    .filter(({ status, due }) => status === 503 && due >= phase.began && due < phase.returned);
  const slowest = Math.max(0, ...refused.map(({ ms }) => ms));
  report.check(
    `${phase.name}: 503 comes within the deadline of a query`,
    slowest <= deadline + slack,
    `${refused.length} refused, the slowest after ${round(slowest, 0)} ms`,
  );
}
