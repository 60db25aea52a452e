import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen } from '../../app/http/server/server.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { silentLog } from '../../test/support/stores.ts';
import { hasRealStores, realStores } from '../observability/stores.ts';
import { createCleanup } from '../torture/harness/cleanup.ts';
import { ask } from '../torture/harness/client.ts';
import { median, round } from '../torture/harness/statistics.ts';
import { logIn, register } from '../torture/harness/users.ts';

// npm run bench: measures the CPU cost of metrics and traces, and the cost of a scrape after 10,000 requests.
const pairs = 10;
const warmUp = 3_000;
const rounds = 16;
const requestsPerRound = 250;
const scrapeBudget = { ms: 25, series: 1_500 };

type Mode = 'bare' | 'metrics' | 'tracing-off' | 'tracing-on';

interface Comparison {
  readonly name: string;
  readonly subject: Mode;
  readonly baseline: Mode;
  /** Share of CPU by which the subject may exceed the baseline; null if it is only reported. */
  readonly budget: number | null;
}

const comparisons: readonly Comparison[] = [
  { name: 'metrics', subject: 'metrics', baseline: 'bare', budget: 0.03 },
  // Both do nearly the same work, so this share also shows the measurement error.
  { name: 'tracing while it is off', subject: 'tracing-off', baseline: 'metrics', budget: 0.03 },
  { name: 'tracing while it is on', subject: 'tracing-on', baseline: 'metrics', budget: null },
];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${round(100 * share, 2)} %`;

interface Bench {
  readonly url: string;
  readonly metricsUrl: string;
  readonly token: string;
  /** CPU time used so far, in milliseconds. */
  cpu(): Promise<number>;
  end(): Promise<void>;
}

async function message<T>(child: ChildProcess): Promise<T> {
  const [content] = await once(child, 'message');
  return content;
}

async function startBench(mode: Mode, env: Record<string, string>): Promise<Bench> {
  const file = fileURLToPath(new URL('./process.ts', import.meta.url));
  const { PATH = '', HOME = '/' } = process.env;
  const child = fork(file, [mode], {
    execArgv: ['--require', './dist/threads.cjs', '--import=tsx'],
    env: { PATH, HOME, ...env },
  });
  cleanup.add(() => void child.kill('SIGKILL'));
  const { port, metricsPort } = await message<{ port: number; metricsPort: number }>(child);
  const url = `http://127.0.0.1:${port}`;
  const { access: token } = await logIn(url, await register(url));
  return {
    url,
    token,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    async cpu() {
      const answer = message<{ cpuMs: number }>(child);
      child.send('cpu');
      return (await answer).cpuMs;
    },
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** A trace collector that discards all traces. */
async function startSink(): Promise<string> {
  const sink = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  cleanup.add(() => sink.closeAllConnections());
  cleanup.add(() => void sink.close());
  return `http://127.0.0.1:${await listen(sink, 0, '127.0.0.1')}`;
}

/** Sends the cheapest authenticated request, in which the cost of metrics and traces has the greatest share. */
async function load({ token, url }: Bench, requests: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let remaining = requests;
  const client = async (): Promise<void> => {
    while (remaining-- > 0) {
      const { status } = await ask(url, 'GET /api/v1/users/me', { token, agent });
      if (status !== 200) throw new Error(`/users/me answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  agent.destroy();
}

/**
 * CPU milliseconds per request of both. Their load alternates in short rounds, so that a change in the speed of the machine
 * affects both.
 */
async function measurePair(subject: Bench, baseline: Bench): Promise<readonly [number, number]> {
  const sides = [subject, baseline].map((bench) => ({ bench, used: 0 }));
  for (const { bench } of sides) await load(bench, warmUp);
  for (let index = 0; index < rounds; index += 1) {
    for (const side of index % 2 === 0 ? sides : sides.toReversed()) {
      const before = await side.bench.cpu();
      await load(side.bench, requestsPerRound);
      side.used += (await side.bench.cpu()) - before;
    }
  }
  const [first, second] = sides.map(({ used }) => used / (rounds * requestsPerRound));
  return [first ?? 0, second ?? 0];
}

/** Measures each pair in new processes, because two processes of one program may differ by more than the cost. */
async function compare({ name, subject, baseline, budget }: Comparison, env: Record<string, string>) {
  say(`${name}:`);
  const shares: number[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const benches = [await startBench(subject, env), await startBench(baseline, env)] as const;
    const [cost, baselineCost] = await measurePair(...benches);
    await Promise.all(benches.map((bench) => bench.end()));
    shares.push(cost / baselineCost - 1);
    const micros = (milliseconds: number): string => `${round(milliseconds * 1000)} µs`;
    say(
      `  pair ${pair}: ${micros(cost)}, without ${micros(baselineCost)}: ${percent(cost / baselineCost - 1)}`,
    );
  }
  const share = median(shares);
  const allowed = budget === null ? '' : `; budget ${percent(budget)}`;
  say(`  ${name} costs ${percent(share)} of CPU per request (median of ${pairs} pairs${allowed})`);
  return budget === null || share < budget;
}

async function measureScrape(bench: Bench): Promise<boolean> {
  const { metricsUrl, url } = bench;
  await load(bench, 5_000);
  const paths = ['/nothing', '/api/v1/health/ready', '/.well-known/jwks.json', '/api/v1/auth/verify'];
  for (let n = 0; n < 1_000; n += 1) {
    for (const path of paths) await ask(url, `GET ${path}?${n}`);
    await ask(url, `GET /${n}`);
  }
  const times: number[] = [];
  let text = '';
  for (let n = 0; n < 20; n += 1) {
    const reply = await ask(metricsUrl, 'GET /metrics');
    times.push(reply.ms);
    text = reply.text;
  }
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const ms = median(times);
  const size = `${round(Buffer.byteLength(text) / 1024)} KiB, ${series} series (budget ${scrapeBudget.series})`;
  say(`a scrape takes ${round(ms)} ms (median of 20; budget ${scrapeBudget.ms} ms): ${size}`);
  return ms < scrapeBudget.ms && series < scrapeBudget.series;
}

const cleanup = createCleanup();

async function run(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const stores = await realStores(folder, cleanup);
  const url = (): string => stores.DB_PRIMARY_DB_URL ?? '';
  await migrate({ target: { url, sslMode: 'disable', caFile: undefined }, log: silentLog });
  const env = { ENV: 'test', DATA_DIR: folder, LOG_LEVEL: 'silent', RATE_LIMIT: 'off', ...stores };
  const verdicts = [await measureScrape(await startBench('metrics', env))];
  const sink = await startSink();
  for (const comparison of comparisons) {
    verdicts.push(await compare(comparison, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: sink }));
  }
  return verdicts.every(Boolean);
}

if (!(await hasRealStores())) {
  say('npm run bench needs the Debian packages postgresql and redis-server');
  process.exit(1);
}
let isWithinBudget = false;
try {
  isWithinBudget = await run();
} finally {
  await cleanup.run();
}
process.exit(isWithinBudget ? 0 : 1);
