import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Cleanup } from '../../../../tools/torture/harness/cleanup.ts';
import { freePort, startProcess, tail, waitFor } from '../../../../tools/torture/harness/process.ts';
import { secondsOf, written } from './scaled-rules.ts';

/** The configuration that `npm run synth` writes and operators copy. */
export const deliveredConfiguration = 'docs/alertmanager/alertmanager.yaml';

/** A notification as Alertmanager sends it to a webhook (version 4 of its format). */
export interface Notification {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

/** Starts a server on loopback that keeps each notification. It stands for the pager and for the list of tickets. */
export async function startWebhook(cleanup: Cleanup) {
  const notifications: Notification[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      notifications.push(JSON.parse(text));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    /** The alerts for which the receiver was notified that they fire, one for each notification. */
    notified: (receiver: string): string[] =>
      notifications
        .filter((one) => one.receiver === receiver && one.status === 'firing')
        .map(({ groupLabels }) => groupLabels.alertname ?? ''),
    clear: (): void => void notifications.splice(0),
  };
}

type Configuration = Readonly<Record<string, unknown>> & { readonly receivers: readonly { name: string }[] };

const times: ReadonlySet<string> = new Set(['group_wait', 'group_interval', 'repeat_interval']);

/** Divides each duration of the routes. */
function scaleTimes(content: unknown, factor: number): unknown {
  if (Array.isArray(content)) return content.map((one) => scaleTimes(one, factor));
  if (typeof content !== 'object' || content === null) return content;
  const entries = Object.entries(content).map(([name, value]) => {
    const scaled = times.has(name) ? written(secondsOf(String(value)) / factor) : scaleTimes(value, factor);
    return [name, scaled] as const;
  });
  return Object.fromEntries(entries);
}

/** The delivered configuration in the time of the drills, with the webhook as each of its receivers. */
export function drillConfiguration(webhook: string, factor: number): string {
  // reason: amtool checks the file, and the test checks that amtool accepts it.
  const delivered = parse(readFileSync(deliveredConfiguration, 'utf8')) as Configuration;
  const receivers = delivered.receivers.map(({ name }) => ({
    name,
    webhook_configs: [{ url: webhook, send_resolved: true }],
  }));
  return stringify({ ...(scaleTimes(delivered, factor) as object), receivers });
}

/** Starts a real Alertmanager on loopback. @returns its port and the path of its configuration */
export async function startAlertmanager(options: {
  folder: string;
  cleanup: Cleanup;
  configuration: string;
}): Promise<{ port: number; file: string }> {
  const { cleanup, configuration } = options;
  const folder = join(options.folder, 'alertmanager');
  mkdirSync(folder);
  const file = join(folder, 'alertmanager.yaml');
  writeFileSync(file, configuration);
  const port = await freePort();
  const logFile = join(folder, 'alertmanager.log');
  const alertmanager = startProcess(
    [
      ...(['prometheus-alertmanager', `--config.file=${file}`] as const),
      ...[`--storage.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
      // Without a port for a cluster there is only this one.
      ...['--cluster.listen-address=', '--log.level=warn'],
    ],
    { logFile, cwd: folder },
  );
  cleanup.add(async () => void (await alertmanager.stop()));
  await waitFor(
    'Alertmanager',
    () => {
      if (!alertmanager.isRunning()) throw new Error(`Alertmanager ended:\n${tail(logFile)}`);
      return fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    60_000,
    100,
  );
  return { port, file };
}
