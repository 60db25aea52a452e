import { Agent } from 'node:http';
import { ask, type Reply } from '../harness/client.ts';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { median, percentile, round } from '../harness/statistics.ts';
import { newUserFields, register, type UserFields } from '../harness/users.ts';

/** The logins that an observer compares, by their names in the report. */
type Subjects = Readonly<Record<string, UserFields>>;
type Times = Record<string, number[]>;
type LogIn = (user: UserFields) => Promise<Reply>;

const bound = 0.05;
/** The accepted relative error of each median, and the maximum number of samples to reach it. */
const certainty = 0.01;
const most = 1_800;

/** What an observer sees of an answer, without the parts that differ for every request. */
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

const wrong = (user: UserFields): UserFields => ({ ...user, password: 'not-Th1s-one' });

async function refusable(deployment: Deployment): Promise<Subjects> {
  const [url = ''] = deployment.urls;
  const [known, disabled] = [await register(url), await register(url)];
  await deployment.postgres.sql`update users set disabled_at = now() where email = ${disabled.email}`;
  return { 'unknown email': newUserFields(), 'wrong password': wrong(known), 'disabled account': disabled };
}

/** One request at a time in a rotating order, so that a slow machine affects all subjects equally. */
async function sample(
  subjects: Subjects,
  times: Times,
  appearances: Set<string>,
  logIn: LogIn,
  rounds: number,
) {
  const names = Object.entries(subjects);
  for (let n = 0; n < rounds; n += 1) {
    const first = n % names.length;
    for (const [name, user] of [...names.slice(first), ...names.slice(0, first)]) {
      const reply = await logIn(user);
      times[name]?.push(reply.ms);
      appearances.add(appearance(reply));
    }
  }
}

/** Standard error of a median, as a share of it: 1.25 σ / √n, and the quartiles of a normal spread are 1.35 σ apart. */
function uncertainty(times: readonly number[]): number {
  const range = percentile(times, 0.75) - percentile(times, 0.25);
  return (1.25 * range) / 1.35 / Math.sqrt(times.length) / median(times);
}

/** Takes at least `least` samples of each subject, and more while their medians are too uncertain. */
async function compare(
  { report }: ScenarioContext,
  subjects: Subjects,
  logIn: LogIn,
  least: number,
): Promise<void> {
  const fresh = (): Times => Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  const appearances = new Set<string>();
  await sample(subjects, fresh(), appearances, logIn, 10);
  const times = fresh();
  const each = (): number[][] => Object.values(times);
  do await sample(subjects, times, appearances, logIn, least);
  while (each().some((of) => uncertainty(of) > certainty) && each().every((of) => of.length < most));
  report.check(
    'all answers have the same body and headers',
    appearances.size === 1,
    appearances.size > 1 ? [...appearances].slice(0, 2).join('\n') : '',
  );
  for (const [name, of] of Object.entries(times)) {
    const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => round(percentile(of, q), 2));
    report.figure(`${name}, quartiles of ${of.length}`, `${low} / ${middle} / ${high} ms`);
  }
  const medians = each().map(median);
  const spread = Math.max(...medians) / Math.min(...medians) - 1;
  report.check('medians differ by less than 5 %', spread < bound, `${round(spread * 100, 2)} %`);
}

/** A locked account that exists must look like one that does not exist. */
async function checkThrottled(context: ScenarioContext, deployment: Deployment, agent: Agent): Promise<void> {
  const limited = await deployment.start('limited', {
    env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
  });
  let networks = 0;
  // One address block: after its entries are used up, no attempt slot opens for its networks.
  const fromAnywhere: LogIn = ({ email, password }) => {
    networks += 1;
    const headers = { 'X-Forwarded-For': `2001:db8:1:${networks.toString(16)}::1` };
    return ask(limited.url, 'POST /api/v1/auth/login', { body: { email, password }, headers, agent });
  };
  const subjects = {
    'throttled known email': wrong(await register(limited.url)),
    'throttled unknown email': newUserFields(),
  };
  const transcripts = new Set<string>();
  for (const user of Object.values(subjects)) {
    // Which answers there are, but not how many: a slot may open meanwhile.
    const seen = new Set<string>();
    for (let n = 0; n < 20; n += 1) {
      const { status, body } = await fromAnywhere(user);
      seen.add(JSON.stringify([status, body?.code, body?.detail]));
    }
    transcripts.add([...seen].join());
  }
  const [transcript = ''] = transcripts;
  context.report.check(
    'known and unknown emails are throttled alike',
    transcripts.size === 1 && transcript.includes('429'),
  );
  await compare(context, subjects, fromAnywhere, context.quick ? 200 : 600);
}

export const enumeration: Scenario = {
  name: 'enumeration',
  claim: 'A login does not reveal which emails exist, by body, header or time',
  async run(context) {
    const deployment = await startDeployment(context);
    const [url = ''] = deployment.urls;
    const agent = new Agent({ keepAlive: true });
    const logIn: LogIn = ({ email, password }) =>
      ask(url, 'POST /api/v1/auth/login', { body: { email, password }, agent });
    await compare(context, await refusable(deployment), logIn, context.quick ? 60 : 300);
    await checkThrottled(context, deployment, agent);
    agent.destroy();
  },
};
