import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import type { Cleanup } from '../torture/harness/cleanup.ts';
import { freePort, startProcess, waitFor } from '../torture/harness/process.ts';

/** One series of a query result: its labels, and pairs of a time in seconds and a value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, number])[];
}

export interface Prometheus {
  readonly url: string;
  /** Evaluates the query at `at` (seconds since the epoch, by default now). Rejects with the error of Prometheus. */
  query(expr: string, at?: number): Promise<Series[]>;
  /** Evaluates the query over the last `seconds`, once every `step`. */
  range(expr: string, seconds: number, step: number): Promise<Series[]>;
}

interface QueryResponse {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      metric: Record<string, string>;
      value?: [number, string];
      values?: [number, string][];
    }[];
  };
}

async function ask(url: string, path: string, parameters: Record<string, string>): Promise<Series[]> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  // reason: the HTTP API of Prometheus is documented and stable.
  const answer = (await response.json()) as QueryResponse;
  if (answer.status !== 'success') throw new Error(`Prometheus rejects ${parameters.query}: ${answer.error}`);
  return (answer.data?.result ?? []).map(({ metric, value, values }) => ({
    metric,
    values: (values ?? (value ? [value] : [])).map(([time, text]) => [time, Number(text)] as const),
  }));
}

function configuration(metricsPort: number) {
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [
      {
        job_name: 'auth-service',
        static_configs: [
          {
            targets: [`127.0.0.1:${metricsPort}`],
            // In a cluster the ServiceMonitor adds these labels.
            labels: { namespace: 'auth-system', pod: 'auth-service-1' },
          },
        ],
      },
    ],
  };
}

/** Starts a Prometheus on loopback that scrapes one service every second and evaluates the given rules. */
export async function startPrometheus(options: {
  folder: string;
  cleanup: Cleanup;
  metricsPort: number;
  groups: readonly RuleGroup[];
}): Promise<Prometheus> {
  const { cleanup, groups, metricsPort } = options;
  const folder = join(options.folder, 'prometheus');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(configuration(metricsPort)));
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
  const port = await freePort();
  const prometheus = startProcess(
    [
      toolPath('prometheus') ?? 'prometheus',
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    { logFile: join(folder, 'prometheus.log') },
  );
  cleanup.add(async () => void (await prometheus.stop()));
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor('Prometheus', isReady);
  return {
    url,
    query: (expr, at = Date.now() / 1000) => ask(url, 'query', { query: expr, time: String(at) }),
    range(expr, seconds, step) {
      const end = Date.now() / 1000;
      const times = { start: String(end - seconds), end: String(end), step: String(step) };
      return ask(url, 'query_range', { query: expr, ...times });
    },
  };
}
