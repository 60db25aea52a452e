import { Agent } from 'node:http';
import { ask, type Reply } from '../bench/client.ts';
import { newPerson, type Person, register } from '../bench/people.ts';
import { median, percentile, round } from '../bench/statistics.ts';
import { type Bench, openWorld, type Scenario, type World } from '../bench/world.ts';

const kinds = ['unknown email', 'wrong password', 'disabled account'] as const;
type Kind = (typeof kinds)[number];

const bound = 0.05;
/** How exactly each median has to be known, as a share of it, and how many samples that may cost. */
const certainty = 0.01;
const most = 1_800;

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

type Times = Record<Kind, number[]>;

/** In turn and one at a time, in an order that changes, so that whatever slows the machine slows all alike. */
async function sample(times: Times, looks: Set<string>, ask: (kind: Kind) => Promise<Reply>, rounds: number) {
  for (let n = 0; n < rounds; n += 1) {
    const order = kinds.map((_, k) => kinds[(k + n) % kinds.length] ?? 'unknown email');
    for (const kind of order) {
      const reply = await ask(kind);
      times[kind].push(reply.ms);
      looks.add(appearance(reply));
    }
  }
}

/** Standard error of a median, as a share of it: 1.25 σ / √n, and the quartiles of a normal spread are 1.35 σ apart. */
function uncertainty(times: readonly number[]): number {
  const range = percentile(times, 0.75) - percentile(times, 0.25);
  return (1.25 * range) / 1.35 / Math.sqrt(times.length) / median(times);
}

/** At least `least` samples of each kind, and more while a noisy machine leaves their medians uncertain. */
async function measure(bench: Bench, world: World, least: number): Promise<Times> {
  const [url = ''] = world.urls;
  const people = await subjects(world);
  const agent = new Agent({ keepAlive: true });
  const logIn = (kind: Kind): Promise<Reply> => {
    const { email, password } = people[kind];
    return ask(url, 'POST /api/v1/auth/login', { body: { email, password }, agent });
  };
  const fresh = (): Times => ({ 'unknown email': [], 'wrong password': [], 'disabled account': [] });
  const looks = new Set<string>();
  await sample(fresh(), looks, logIn, 10);
  const times = fresh();
  const isUncertain = (): boolean => kinds.some((kind) => uncertainty(times[kind]) > certainty);
  do await sample(times, looks, logIn, least);
  while (isUncertain() && times['unknown email'].length < most);
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
    const times = await measure(bench, world, bench.quick ? 60 : 300);
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
