import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import { holdBody } from '../harness/held-body.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import {
  addAdmin,
  addTarget,
  type Cast,
  type Revocation,
  revocations,
  revokeRoles,
  snapshot,
} from './revocation-requests.ts';

/** Tries at the same time. */
const parallel = 8;
/** Milliseconds by which the body is complete before or after the request that revokes, at most. */
const raceWindow = 12;

interface Counts {
  tries: number;
  /** Answered with 401 or 403. */
  refused: number;
  /** Answered with success. */
  made: number;
  /** Committed after the revocation was answered. */
  late: number;
  other: number[];
}

type When = 'after the answer' | 'in a race';

/** One try. @returns false if the service did not wait for the body, so that it proves nothing */
async function attempt(cast: Cast, revocation: Revocation, when: When, n: number, counts: Counts) {
  const { deployment } = cast;
  const { sql } = deployment.postgres;
  const actor = await addAdmin(deployment);
  const target = await addTarget(deployment);
  const revoke = await revocation.prepare(cast, actor);
  const change = revocation.changes[n % revocation.changes.length];
  const [first = '', second = ''] = n % 2 === 0 ? deployment.urls : [...deployment.urls].reverse();
  if (!change) throw new Error('there is no change');
  const { line, body } = change(actor, target);
  const held = await holdBody(first, line, actor.access, body);
  if (held.isAnswered()) return false;

  const finishing = when === 'in a race' && sleep(Math.random() * raceWindow).then(() => held.finish());
  if (when === 'in a race') await sleep(Math.random() * raceWindow);
  const { status, text } = await revoke(second);
  const before = await snapshot(sql, actor, target);
  const answer = await (finishing || held.finish());
  // In a race, the change may end the session or the account before the revocation, which is then refused itself.
  if (status >= 300 && !(when === 'in a race' && answer < 300)) {
    throw new Error(`${revocation.name} answered ${status}: ${text}`);
  }
  counts.tries += 1;
  if (answer === 401 || answer === 403) counts.refused += 1;
  else if (answer >= 200 && answer < 300) counts.made += 1;
  else counts.other.push(answer);
  if ((await snapshot(sql, actor, target)) !== before) counts.late += 1;
  await revokeRoles(sql, actor.id, target);
  return true;
}

async function repeat(cast: Cast, revocation: Revocation, when: When, tries: number): Promise<Counts> {
  const counts: Counts = { tries: 0, refused: 0, made: 0, late: 0, other: [] };
  let next = 0;
  let wasted = 0;
  const work = async (): Promise<void> => {
    while (next < tries) {
      const n = next;
      next += 1;
      while (!(await attempt(cast, revocation, when, n, counts))) {
        wasted += 1;
        if (wasted > tries) throw new Error('the service does not wait for bodies');
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return counts;
}

const describe = ({ tries, refused, made, late, other }: Counts): string =>
  `${tries} tries: ${refused} refused, ${made} made, ${late} committed late` +
  (other.length > 0 ? `, other answers ${[...new Set(other)].join(', ')}` : '');

async function checkRevocation(context: ScenarioContext, cast: Cast, revocation: Revocation): Promise<void> {
  const { report, quick } = context;
  const tries = quick ? 40 : 1_000;
  const held = await repeat(cast, revocation, 'after the answer', tries);
  report.check(
    `${revocation.name}: a body that was held back until the answer changes nothing`,
    held.tries === tries && held.refused === tries && held.late === 0,
    describe(held),
  );
  const races = quick ? 20 : 300;
  const raced = await repeat(cast, revocation, 'in a race', races);
  report.check(
    `${revocation.name}: in a race, no change is committed after the answer`,
    // A change of the own account is answered with it, which a deletion may have removed since the commit: 404.
    raced.tries === races && raced.late === 0 && raced.other.every((status) => status === 404),
    describe(raced),
  );
}

async function checkDeadlocks(context: ScenarioContext, { postgres, replicas }: Deployment): Promise<void> {
  const [row] = await postgres.sql<{ deadlocks: number }[]>`
    select deadlocks::integer as deadlocks from pg_stat_database where datname = current_database()`;
  context.report.check('no transactions deadlock', row?.deadlocks === 0, String(row?.deadlocks));
  const errors = replicas.flatMap((replica) => replica.errors());
  context.report.check('no replica logs an error', errors.length === 0, errors[0]);
}

export const revocation: Scenario = {
  name: 'revocation',
  claim:
    'After the answer to a demotion, disabling, deletion, logout or password change, no change by its user is committed',
  async run(context) {
    // Cheap hashes: the scenario logs thousands of users in.
    const env = { ARGON2_MEMORY_KIB: '64', ARGON2_TIME: '1' };
    const deployment = await startDeployment(context, { replicas: 2, env });
    const cast = { deployment, boss: await addAdmin(deployment) };
    for (const each of revocations) await checkRevocation(context, cast, each);
    await checkDeadlocks(context, deployment);
  },
};
