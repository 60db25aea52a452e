import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../app/store/migrations.ts';
import { silentLog } from '../support/stores.ts';
import { createCleanup } from '../torture/bench/cleanup.ts';
import { ask } from '../torture/bench/client.ts';
import { logIn, register } from '../torture/bench/people.ts';
import { median, round } from '../torture/bench/statistics.ts';
import { hasRealStores, realStores } from './stores.ts';

// npm run bench:metrics: what metrics cost in CPU, and what a scrape costs after 10,000 requests.
const pairs = 10;
const requestsPerTurn = 2_000;
const budget = { cpuShare: 0.03, scrapeMs: 25, series: 1_500 };
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Bench {
  readonly url: string;
  readonly metricsUrl: string;
  readonly token: string;
  /** CPU milliseconds used so far. */
  cpu(): Promise<number>;
}

async function message<T>(child: ChildProcess): Promise<T> {
  const [said] = await once(child, 'message');
  return said;
}

async function startBench(mode: 'on' | 'off', env: Record<string, string>): Promise<Bench> {
  const file = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
  const { PATH = '', HOME = '/' } = process.env;
  const child = fork(file, [mode], { execArgv: ['--import=tsx'], env: { PATH, HOME, ...env } });
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
  };
}

/** The cheapest request that authenticates, so that whatever is added to it weighs most. */
async function load({ token, url }: Bench, requests: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let left = requests;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const { status } = await ask(url, 'GET /api/v1/users/me', { token, agent });
      if (status !== 200) throw new Error(`/users/me answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  agent.destroy();
}

async function cpuPerRequest(bench: Bench): Promise<number> {
  const before = await bench.cpu();
  await load(bench, requestsPerTurn);
  return ((await bench.cpu()) - before) / requestsPerTurn;
}

async function compareCpu(on: Bench, off: Bench): Promise<number> {
  for (const bench of [on, off]) await load(bench, 2 * requestsPerTurn);
  const shares: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const measured = { on: 0, off: 0 };
    // Who goes first alternates, so that a machine that warms or tires favours neither.
    const order = pair % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const);
    for (const mode of order) measured[mode] = await cpuPerRequest(mode === 'on' ? on : off);
    shares.push(measured.on / measured.off - 1);
    const [withMetrics, without] = [round(measured.on * 1000), round(measured.off * 1000)];
    say(
      `  pair ${pair + 1}: ${withMetrics} µs on, ${without} µs off, ${round(100 * (shares.at(-1) ?? 0))} %`,
    );
  }
  return median(shares);
}

async function measureScrape({ metricsUrl, url }: Bench) {
  for (const path of ['/nothing', '/api/v1/health/ready', '/.well-known/jwks.json', '/api/v1/auth/verify']) {
    for (let n = 0; n < 25; n += 1) await ask(url, `GET ${path}${path === '/nothing' ? `/${n}` : ''}`);
  }
  const times: number[] = [];
  let text = '';
  for (let n = 0; n < 20; n += 1) {
    const reply = await ask(metricsUrl, 'GET /metrics');
    times.push(reply.ms);
    text = reply.text;
  }
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return { ms: median(times), bytes: Buffer.byteLength(text), series };
}

const cleanup = createCleanup();

async function run(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-metrics-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const stores = await realStores(folder, cleanup);
  const url = (): string => stores.DB_PRIMARY_DB_URL ?? '';
  await migrate({ target: { url, sslMode: 'disable', caFile: undefined }, log: silentLog });
  const env = { ENV: 'test', DATA_DIR: folder, LOG_LEVEL: 'silent', RATE_LIMIT: 'off', ...stores };
  const on = await startBench('on', env);
  const off = await startBench('off', env);
  const share = await compareCpu(on, off);
  const scrape = await measureScrape(on);
  const kib = round(scrape.bytes / 1024);
  say(`metrics cost ${round(100 * share, 2)} % of CPU per request (median of ${pairs} pairs; budget 3 %)`);
  say(
    `a scrape takes ${round(scrape.ms)} ms (median of 20; budget 25 ms): ${kib} KiB, ${scrape.series} series`,
  );
  return share < budget.cpuShare && scrape.ms < budget.scrapeMs && scrape.series < budget.series;
}

if (!(await hasRealStores())) {
  say('needs the Debian packages postgresql and redis-server');
  process.exit(1);
}
let held = false;
try {
  held = await run();
} finally {
  await cleanup.run();
}
process.exit(held ? 0 : 1);
