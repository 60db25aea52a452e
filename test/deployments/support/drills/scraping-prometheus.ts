import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import type { Cleanup } from '../../../../tools/torture/harness/cleanup.ts';
import { freePort, startProcess, tail, waitFor } from '../../../../tools/torture/harness/process.ts';
import { writeHistory } from './history.ts';
import { interval } from './scaled-rules.ts';

/** A port on loopback that Prometheus scrapes, and the labels of its series. */
export interface Target {
  readonly port: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a Prometheus works with. */
export interface Servers {
  readonly exporterPort: number;
  /** Rules whose past Prometheus has when it starts. */
  readonly past: readonly RuleGroup[];
  readonly alertmanagerPort?: number;
  /** Seconds between two evaluations. @default those between two scrapes */
  readonly evaluationInterval?: number;
}

/** One series of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ScrapingPrometheus {
  readonly url: string;
  /** Replaces the targets of one namespace. */
  setTargets(namespace: string, targets: readonly Target[]): void;
  /** Loads the rules of one more installation. */
  addRules(namespace: string, groups: readonly RuleGroup[]): Promise<void>;
  /** Evaluates the query now. Rejects with the error of Prometheus. */
  query(expr: string): Promise<Sample[]>;
  /** The names of the alerts of a namespace that fire. */
  firing(namespace: string): Promise<ReadonlySet<string>>;
  /** The names of the alerts of a namespace that fired within the last seconds. */
  firedWithin(namespace: string, seconds: number): Promise<readonly string[]>;
}

function configuration(options: Servers) {
  const { alertmanagerPort, exporterPort, evaluationInterval = interval } = options;
  const time = `${interval}s`;
  const alertmanagers = [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }];
  return {
    global: { scrape_interval: time, scrape_timeout: time, evaluation_interval: `${evaluationInterval}s` },
    rule_files: ['rules/*.json'],
    ...(alertmanagerPort && { alerting: { alertmanagers } }),
    scrape_configs: [
      { job_name: 'pods', file_sd_configs: [{ files: ['targets/*.json'], refresh_interval: '1s' }] },
      {
        // As the monitors of kube-prometheus do: the labels namespace and pod are those of the exporters.
        job_name: 'kube-state-metrics',
        honor_labels: true,
        static_configs: [{ targets: [`127.0.0.1:${exporterPort}`] }],
      },
    ],
  };
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
  };
}

function createQuery(url: string) {
  return async function query(expr: string): Promise<Sample[]> {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
    // reason: the HTTP API of Prometheus is documented and stable.
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`Prometheus rejects ${expr}: ${answer.error}`);
    return (answer.data?.result ?? []).map(({ metric, value }) => ({
      labels: metric,
      value: Number(value[1]),
    }));
  };
}

/** Milliseconds for which one answer serves all drills. */
const freshness = 400;

/** Asks once for all callers that ask at about the same time. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let latest: Promise<T> | undefined;
  let askedAt = 0;
  return () => {
    if (!latest || performance.now() - askedAt > freshness) {
      latest = ask();
      askedAt = performance.now();
    }
    return latest;
  };
}

/** Prometheus must never read half of a file. */
function replaceFile(path: string, content: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(content));
  renameSync(`${path}.new`, path);
}

/**
 * Starts a real Prometheus on loopback that scrapes and evaluates every two seconds. Targets and rules may change while it
 * runs. Alertmanager takes an alert as ended that is not sent again within four times the resend delay. A busy machine pauses
 * Prometheus for seconds, so the delay is ten.
 */
export async function startScrapingPrometheus(
  options: Servers & { readonly folder: string; readonly cleanup: Cleanup },
): Promise<ScrapingPrometheus> {
  const { cleanup } = options;
  const folder = join(options.folder, 'prometheus');
  for (const name of ['rules', 'targets']) mkdirSync(join(folder, name), { recursive: true });
  replaceFile(join(folder, 'prometheus.yaml'), configuration(options));
  writeHistory(options.past, folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'prometheus.log');
  const prometheus = startProcess(
    [
      ...(['prometheus', `--config.file=${join(folder, 'prometheus.yaml')}`] as const),
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...['--web.enable-lifecycle', '--rules.alert.resend-delay=10s', '--log.level=warn'],
    ],
    { logFile, cwd: folder },
  );
  cleanup.add(async () => void (await prometheus.stop()));
  const isReady = (): Promise<boolean> => {
    if (!prometheus.isRunning()) throw new Error(`Prometheus ended:\n${tail(logFile)}`);
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await waitFor('Prometheus', isReady, 60_000, 100);
  const query = createQuery(url);
  const findFiring = shared(() => query('ALERTS{alertstate="firing"}'));
  return {
    url,
    query,
    setTargets(namespace, targets) {
      const groups = targets.map((target) => ({
        targets: [`127.0.0.1:${target.port}`],
        labels: target.labels,
      }));
      replaceFile(join(folder, 'targets', `${namespace}.json`), groups);
    },
    async addRules(namespace, groups) {
      replaceFile(join(folder, 'rules', `${namespace}.json`), { groups });
      const { ok, status } = await fetch(`${url}/-/reload`, { method: 'POST' });
      if (!ok) throw new Error(`Prometheus answers ${status} to the rules:\n${tail(logFile)}`);
    },
    async firing(namespace) {
      const found = (await findFiring()).filter(({ labels }) => labels.namespace === namespace);
      return new Set(found.map(({ labels }) => labels.alertname ?? ''));
    },
    async firedWithin(namespace, seconds) {
      const series = `ALERTS{namespace="${namespace}",alertstate="firing"}[${Math.ceil(seconds)}s]`;
      const found = await query(`count by (alertname) (max_over_time(${series}))`);
      return found.map(({ labels }) => labels.alertname ?? '');
    },
  };
}
