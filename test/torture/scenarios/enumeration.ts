import { Agent } from 'node:http';
import { ask, type Reply } from '../bench/client.ts';
import { newPerson, type Person, register } from '../bench/people.ts';
import { median, percentile, round } from '../bench/statistics.ts';
import { type Bench, openWorld, type Scenario, type World } from '../bench/world.ts';

const kinds = ['unknown email', 'wrong password', 'disabled account'] as const;
type Kind = (typeof kinds)[number];

const bound = 0.05;

/** Everything that an observer sees, without what differs from answer to answer anyway. */
function appearance({ status, headers, text }: Reply): string {
  const { date, 'x-request-id': requestId, ...rest } = headers;
  return JSON.stringify([status, rest, text.replace(String(requestId), ''), date !== undefined]);
}

async function subjects(world: World): Promise<Record<Kind, Person>> {
  const [url = ''] = world.urls;
  const [known, disabled] = [await register(url), await register(url)];
  await world.postgres.sql`update users set disabled_at = now() where email = ${disabled.email}`;
  return {
    'unknown email': newPerson(),
    'wrong password': { ...known, password: 'not-Th1s-one' },
    'disabled account': disabled,
  };
}

/** In turn and one at a time, in an order that changes, so that whatever slows the machine slows all alike. */
async function sample(bench: Bench, world: World, count: number) {
  const [url = ''] = world.urls;
  const people = await subjects(world);
  const agent = new Agent({ keepAlive: true });
  const times: Record<Kind, number[]> = { 'unknown email': [], 'wrong password': [], 'disabled account': [] };
  const looks = new Set<string>();
  for (let n = 0; n < count; n += 1) {
    const order = kinds.map((_, k) => kinds[(k + n) % kinds.length] ?? 'unknown email');
    for (const kind of order) {
      const { email, password } = people[kind];
      const reply = await ask(url, 'POST /api/v1/auth/login', { body: { email, password }, agent });
      times[kind].push(reply.ms);
      looks.add(appearance(reply));
    }
  }
  agent.destroy();
  const differing = looks.size > 1 ? [...looks].join('\n') : '';
  bench.report.check('one answer for all three, body and headers', looks.size === 1, differing);
  return times;
}

/** Once spent, the budget of an account that exists looks like that of one that does not. */
async function checkThrottled(bench: Bench, world: World): Promise<void> {
  const limited = await world.start('limited', { env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' } });
  const known = await register(limited.url);
  const transcript = async (email: string, network: number): Promise<string> => {
    const seen: unknown[] = [];
    for (let n = 0; n < 15; n += 1) {
      const headers = { 'X-Forwarded-For': `10.${network}.0.${n}` };
      const { status, body } = await ask(limited.url, 'POST /api/v1/auth/login', {
        body: { email, password: 'not-Th1s-one' },
        headers,
      });
      seen.push([status, body?.code, body?.detail]);
    }
    return JSON.stringify(seen);
  };
  const [one, other] = [await transcript(known.email, 2), await transcript(newPerson().email, 3)];
  bench.report.check(
    'a throttled known email looks like a throttled unknown one',
    one === other && one.includes('429'),
  );
}

export const enumeration: Scenario = {
  name: 'enumeration',
  claim: 'Login tells nobody which emails exist, not by body, header or time',
  async run(bench) {
    const world = await openWorld(bench);
    const { report } = bench;
    await sample({ ...bench, report: { figure: () => undefined, check: () => undefined } }, world, 10);
    const times = await sample(bench, world, bench.quick ? 60 : 300);
    for (const kind of kinds) {
      const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => round(percentile(times[kind], q), 2));
      report.figure(`${kind}, quartiles of ${times[kind].length}`, `${low} / ${middle} / ${high} ms`);
    }
    const medians = kinds.map((kind) => median(times[kind]));
    const spread = Math.max(...medians) / Math.min(...medians) - 1;
    report.check('medians differ by less than 5 %', spread < bound, `${round(spread * 100, 2)} %`);
    await checkThrottled(bench, world);
  },
};
