import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRealStores, realStores } from '../observability/stores.ts';
import { createCgroup } from '../torture/harness/cgroup.ts';
import { createCleanup } from '../torture/harness/cleanup.ts';
import { ask } from '../torture/harness/client.ts';
import { runToEnd, type Wrap } from '../torture/harness/process.ts';
import { migrateDatabase, type Service, startService } from '../torture/harness/service.ts';
import { median, round } from '../torture/harness/statistics.ts';
import { type LoggedInUser, logIn, register, type UserFields } from '../torture/harness/users.ts';

// npm run bench:sizes: what one pod does with each CPU limit. The sizes take turns in one run, so that a change in the
// speed of the machine affects all of them. On a machine that does other work too, only the CPU time of a request counts: a
// pod with a limit of L CPUs answers at most L / time per second.
const rounds = 4;
const seconds = 4;
/** Clients that log in, and clients that read. More log-ins would only wait in the hash queue. */
const clients = { login: 4, read: 8 } as const;
const memoryBytes = 512 * 1024 * 1024;

/** CPU limits in CPUs; null: no limit. */
const limits = [0.25, 0.5, 1, null] as const;

interface Subject {
  readonly name: string;
  readonly service: Service;
  /** Logs in again and again, which ends its oldest sessions. */
  readonly user: UserFields;
  readonly reader: LoggedInUser;
  readonly migrateMs: number;
  readonly startMs: number;
  /** CPU time of the start. */
  readonly startCpuMs: number;
  readonly logins: Sample[];
  readonly reads: Sample[];
}

interface Sample {
  readonly perSecond: number;
  readonly cpuMs: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const cleanup = createCleanup();

async function timed<T>(work: () => Promise<T>): Promise<[result: T, ms: number]> {
  const begin = performance.now();
  return [await work(), performance.now() - begin];
}

async function start(limit: number | null, folder: string, env: Record<string, string>): Promise<Subject> {
  const name = limit === null ? 'no limit' : `${limit * 1_000}m`;
  const id = name.replace(' ', '-');
  const cgroup =
    limit === null ? undefined : createCgroup(`bench-${id}`, { cpus: limit, memoryBytes }, cleanup);
  const wrap: Wrap = cgroup?.wrap ?? ((command) => [...command]);
  const migrate: Parameters<Wrap>[0] = [
    process.execPath,
    '--require',
    './dist/threads.cjs',
    'dist/main.js',
    'migrate',
  ];
  const logFile = join(folder, `${id}-migrate.log`);
  // All migrations are applied, as at every start but the first one of a version.
  const [, migrateMs] = await timed(() =>
    runToEnd(wrap(migrate), { logFile, cwd: process.cwd(), env: { ...env, DATA_DIR: folder } }),
  );
  const [service, startMs] = await timed(() => startService({ folder, name: id, env, wrap: cgroup?.wrap }));
  cleanup.add(async () => void (await service.process.stop()));
  const startCpuMs = cpuMs(service);
  const user = await register(service.url);
  const reader = await logIn(service.url, await register(service.url));
  return { name, service, user, reader, migrateMs, startMs, startCpuMs, logins: [], reads: [] };
}

/** CPU time of a process with all its threads, in milliseconds. The kernel counts in ticks of 10 ms. */
function cpuMs({ process: { pid } }: Service): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Some clients each send the next request after an answer. Requests per second, and CPU milliseconds for each. */
async function rate(line: string, { reader, service, user }: Subject, isLogin: boolean): Promise<Sample> {
  const count = isLogin ? clients.login : clients.read;
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const { email, password } = user;
  const question = isLogin ? { agent, body: { email, password } } : { agent, token: reader.access };
  const end = performance.now() + seconds * 1_000;
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const { status } = await ask(service.url, line, question);
      // A pod that is full says so.
      if (status !== 200 && status !== 503) throw new Error(`${line} answered ${status}`);
      if (status === 200) done += 1;
    }
  };
  const before = cpuMs(service);
  const [, ms] = await timed(() => Promise.all(Array.from({ length: count }, client)));
  agent.destroy();
  return { perSecond: (1_000 * done) / ms, cpuMs: (cpuMs(service) - before) / done };
}

const medianOf = (samples: readonly Sample[], key: keyof Sample): number =>
  median(samples.map((sample) => sample[key]));

function report(subjects: readonly Subject[]): void {
  say(
    'CPU limit | migrate | start | CPU of start | logins/s | CPU of one | users/me/s | CPU of one | memory',
  );
  for (const { logins, migrateMs, name, reads, service, startCpuMs, startMs } of subjects) {
    const rates = [logins, reads].flatMap((samples) => [
      round(medianOf(samples, 'perSecond')),
      `${round(medianOf(samples, 'cpuMs'), 2)} ms`,
    ]);
    const times = [migrateMs, startMs, startCpuMs].map((ms) => `${round(ms / 1_000)} s`);
    const memory = `${round(service.memory(), 0)} MiB`;
    say([name, ...times, ...rates, memory].join(' | '));
  }
}

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sizes-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const stores = await realStores(folder, cleanup);
  const env = { ENV: 'test', LOG_LEVEL: 'error', RATE_LIMIT: 'off', ...stores };
  await migrateDatabase(stores.DB_PRIMARY_DB_URL ?? '', folder);
  const subjects: Subject[] = [];
  for (const limit of limits) subjects.push(await start(limit, folder, env));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const subject of turn % 2 === 0 ? subjects : subjects.toReversed()) {
      subject.logins.push(await rate('POST /api/v1/auth/login', subject, true));
      subject.reads.push(await rate('GET /api/v1/users/me', subject, false));
    }
  }
  report(subjects);
}

if (!(await hasRealStores())) {
  say('npm run bench:sizes needs the Debian packages postgresql and redis-server');
  process.exit(1);
}
try {
  await run();
} finally {
  await cleanup.run();
}
