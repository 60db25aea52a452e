import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProcess, waitFor } from '../../../../tools/torture/harness/process.ts';
import { toolPath } from '../../../support/debian-tool.ts';

/** Makes blocks of a file in the OpenMetrics text format, and deletes it. @param span of the file, as a duration */
export function makeBlocks(file: string, data: string, span: string): void {
  mkdirSync(data, { recursive: true });
  const args = [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    `--max-block-duration=${span}`,
    '--quiet',
    file,
    data,
  ];
  const { status, stderr } = spawnSync(toolPath('promtool') ?? 'promtool', args, { encoding: 'utf8' });
  rmSync(file);
  if (status !== 0) throw new Error(`promtool could not make blocks: ${stderr}`);
}

export interface Answer {
  readonly series: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value?: [number, string];
  }[];
  /** Milliseconds until the whole answer had arrived. */
  readonly milliseconds: number;
}

export interface StoppedPrometheus {
  ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Answer>;
  /** Milliseconds of CPU time that the process has used, in hundredths of a second. */
  cpuTime(): number;
  stop(): Promise<void>;
}

/** Starts a Prometheus that only answers queries about existing blocks, and never merges them. */
export async function startOnBlocks(folder: string, data: string): Promise<StoppedPrometheus> {
  const config = join(folder, 'prometheus.yaml');
  writeFileSync(config, '{}');
  const port = await freePort();
  const prometheus = startProcess(
    [
      toolPath('prometheus') ?? 'prometheus',
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=90d',
      '--storage.tsdb.min-block-duration=2h',
      '--storage.tsdb.max-block-duration=2h',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { logFile: join(folder, 'prometheus.log') },
  );
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor('Prometheus', isReady, 120_000);
  return {
    async ask(path, parameters) {
      const start = performance.now();
      const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
      const text = await response.text();
      const milliseconds = performance.now() - start;
      const { data: found, error } = JSON.parse(text);
      if (error) throw new Error(`Prometheus rejects ${parameters.query}: ${error}`);
      return { series: found.result ?? found, milliseconds };
    },
    cpuTime() {
      // proc(5): the times in user and kernel mode are the 12th and the 13th field after the name. A tick is 10 ms.
      const fields = readFileSync(`/proc/${prometheus.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    stop: async () => void (await prometheus.stop()),
  };
}
