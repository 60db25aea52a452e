import { Agent } from 'node:http';
import { ask, type Reply } from '../harness/client.ts';
import { newPerson, type Person, register } from '../harness/people.ts';
import { median, percentile, round } from '../harness/statistics.ts';
import { type Bench, openWorld, type Scenario, type World } from '../harness/world.ts';

/** What an observer compares: who is asked for, under a name for the report. */
type Subjects = Readonly<Record<string, Person>>;
type Times = Record<string, number[]>;
type LogIn = (person: Person) => Promise<Reply>;

const bound = 0.05;
/** How exactly each median has to be known, as a share of it, and how many samples that may cost. */
const certainty = 0.01;
const most = 1_800;

/** Everything that an observer sees, without what differs from answer to answer anyway. */
function appearance({ status, headers, text }: Reply): string {
  const {
    date,
    'x-request-id': requestId,
    'retry-after': retryAfter,
    'ratelimit-reset': reset,
    ...rest
  } = headers;
  const present = [date, retryAfter, reset].map((value) => value !== undefined);
  return JSON.stringify([status, rest, text.replace(String(requestId), ''), present]);
}

const wrong = (person: Person): Person => ({ ...person, password: 'not-Th1s-one' });

async function refusable(world: World): Promise<Subjects> {
  const [url = ''] = world.urls;
  const [known, disabled] = [await register(url), await register(url)];
  await world.postgres.sql`update users set disabled_at = now() where email = ${disabled.email}`;
  return { 'unknown email': newPerson(), 'wrong password': wrong(known), 'disabled account': disabled };
}

/** In turn and one at a time, in an order that changes, so that whatever slows the machine slows all alike. */
async function sample(subjects: Subjects, times: Times, looks: Set<string>, logIn: LogIn, rounds: number) {
  const names = Object.entries(subjects);
  for (let n = 0; n < rounds; n += 1) {
    const first = n % names.length;
    for (const [name, person] of [...names.slice(first), ...names.slice(0, first)]) {
      const reply = await logIn(person);
      times[name]?.push(reply.ms);
      looks.add(appearance(reply));
    }
  }
}

/** Standard error of a median, as a share of it: 1.25 σ / √n, and the quartiles of a normal spread are 1.35 σ apart. */
function uncertainty(times: readonly number[]): number {
  const range = percentile(times, 0.75) - percentile(times, 0.25);
  return (1.25 * range) / 1.35 / Math.sqrt(times.length) / median(times);
}

/** At least `least` samples of each subject, and more while a noisy machine leaves their medians uncertain. */
async function compare({ report }: Bench, subjects: Subjects, logIn: LogIn, least: number): Promise<void> {
  const fresh = (): Times => Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  const looks = new Set<string>();
  await sample(subjects, fresh(), looks, logIn, 10);
  const times = fresh();
  const each = (): number[][] => Object.values(times);
  do await sample(subjects, times, looks, logIn, least);
  while (each().some((of) => uncertainty(of) > certainty) && each().every((of) => of.length < most));
  report.check(
    'one answer for all, body and headers',
    looks.size === 1,
    looks.size > 1 ? [...looks].slice(0, 2).join('\n') : '',
  );
  for (const [name, of] of Object.entries(times)) {
    const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => round(percentile(of, q), 2));
    report.figure(`${name}, quartiles of ${of.length}`, `${low} / ${middle} / ${high} ms`);
  }
  const medians = each().map(median);
  const spread = Math.max(...medians) / Math.min(...medians) - 1;
  report.check('medians differ by less than 5 %', spread < bound, `${round(spread * 100, 2)} %`);
}

/** Once spent, the budget of an account that exists looks like that of one that does not, and so does each refusal. */
async function checkThrottled(bench: Bench, world: World, agent: Agent): Promise<void> {
  const limited = await world.start('limited', { env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' } });
  let addresses = 0;
  const fromAnywhere: LogIn = ({ email, password }) => {
    addresses += 1;
    const headers = {
      'X-Forwarded-For': `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`,
    };
    return ask(limited.url, 'POST /api/v1/auth/login', { body: { email, password }, headers, agent });
  };
  const subjects = {
    'throttled known email': wrong(await register(limited.url)),
    'throttled unknown email': newPerson(),
  };
  const transcripts = new Set<string>();
  for (const person of Object.values(subjects)) {
    const seen: unknown[] = [];
    for (let n = 0; n < 15; n += 1) {
      const { status, body } = await fromAnywhere(person);
      seen.push([status, body?.code, body?.detail]);
    }
    transcripts.add(JSON.stringify(seen));
  }
  const [transcript = ''] = transcripts;
  bench.report.check(
    'a known email is throttled as an unknown one is',
    transcripts.size === 1 && transcript.includes('429'),
  );
  await compare(bench, subjects, fromAnywhere, bench.quick ? 200 : 600);
}

export const enumeration: Scenario = {
  name: 'enumeration',
  claim: 'Login tells nobody which emails exist, not by body, header or time',
  async run(bench) {
    const world = await openWorld(bench);
    const [url = ''] = world.urls;
    const agent = new Agent({ keepAlive: true });
    const logIn: LogIn = ({ email, password }) =>
      ask(url, 'POST /api/v1/auth/login', { body: { email, password }, agent });
    await compare(bench, await refusable(world), logIn, bench.quick ? 60 : 300);
    await checkThrottled(bench, world, agent);
    agent.destroy();
  },
};
