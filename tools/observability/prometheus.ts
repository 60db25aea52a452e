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

/** Times in seconds since the epoch, and the distance between two evaluations in seconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface Prometheus {
  readonly url: string;
  /** Evaluates the query at `at` (seconds since the epoch, by default now). Rejects with the error of Prometheus. */
  query(expr: string, at?: number): Promise<Series[]>;
  /** Evaluates the query over a range of time. */
  range(expr: string, range: TimeRange): Promise<Series[]>;
  /** Stops the server before the end of the run. */
  stop(): Promise<void>;
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

function scrapeConfiguration(metricsPort: number) {
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

/**
 * Starts a Prometheus on loopback over a folder that may already contain data.
 * @param options.flags further flags, such as the retention
 */
export async function openPrometheus(options: {
  folder: string;
  cleanup: Cleanup;
  configuration: object;
  flags?: readonly string[];
}): Promise<Prometheus> {
  const { cleanup, configuration, flags = [], folder } = options;
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(configuration));
  const port = await freePort();
  const prometheus = startProcess(
    [
      toolPath('prometheus') ?? 'prometheus',
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
      ...flags,
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
    range: (expr, { start, end, step }) =>
      ask(url, 'query_range', { query: expr, start: String(start), end: String(end), step: String(step) }),
    async stop() {
      await prometheus.stop();
    },
  };
}

/** Starts a Prometheus on loopback that scrapes one service every second and evaluates the given rules. */
export function startPrometheus(options: {
  folder: string;
  cleanup: Cleanup;
  metricsPort: number;
  groups: readonly RuleGroup[];
}): Promise<Prometheus> {
  const { cleanup, groups, metricsPort } = options;
  const folder = join(options.folder, 'prometheus');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
  return openPrometheus({
    folder,
    cleanup,
    configuration: scrapeConfiguration(metricsPort),
    flags: ['--enable-feature=exemplar-storage'],
  });
}
