import { readdirSync, readFileSync } from 'node:fs';
import { ports } from '../../names.ts';
import { seconds } from '../../values/formats.ts';
import { toCalendar } from './calendar.ts';
import { graceSeconds } from './containers.ts';
import { address, directory, replicas } from './layout.ts';
import type { SingleServerValues } from './schema.ts';

const templates = new URL('./files/', import.meta.url);

/** nginx 1.25.1 made the parameter of `listen` a directive, and warns about the parameter. */
function hasHttp2Directive({ singleServer }: SingleServerValues): boolean {
  const [major = 0, minor = 0, patch = 0] = singleServer.nginx.image.tag.split(/[.-]/).map(Number);
  return major * 1e6 + minor * 1e3 + patch >= 1_025_001 || Number.isNaN(major);
}

function upstreamServers(values: SingleServerValues): string {
  const servers = Object.values(replicas).map((last) => `${address(values, last)}:${ports.http}`);
  // After a failed connection nginx leaves out a replica for this time. Otherwise each request would wait for it.
  return servers
    .sort()
    .map((server) => `    server ${server} max_fails=1 fail_timeout=2s;`)
    .join('\n');
}

function placeholders(values: SingleServerValues): Record<string, string> {
  const { purge, rollout, singleServer } = values;
  const isNew = hasHttp2Directive(values);
  return {
    directory,
    host: singleServer.host,
    metricsPort: `${ports.metrics}`,
    upstreamServers: upstreamServers(values),
    upstreamKeepAlive: `${seconds(rollout.keepAliveTimeout) - 15}`,
    http2Parameter: isNew ? '' : ' http2',
    http2Directive: isNew ? '    http2 on;' : '',
    replicasInOrder: Object.keys(replicas).join(' '),
    timeoutStop: `${graceSeconds(values) + 60}`,
    purgeCalendar: toCalendar(purge.schedule) ?? '',
    backupCalendar: toCalendar(singleServer.backup.schedule) ?? '',
  };
}

function render(template: string, texts: Readonly<Record<string, string>>): string {
  const text = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = texts[name];
    if (value === undefined)
      throw new Error(`a template of single-server has the unknown placeholder ${name}`);
    return value;
  });
  return text.replaceAll(/\n\n\n+/g, '\n\n');
}

function isWanted(file: string, { purge, singleServer }: SingleServerValues): boolean {
  if (/^(postgres|redis)\//.test(file)) return singleServer.stores === 'local';
  return purge.enabled || !file.includes('auth-system-purge');
}

/** The files of the server that are text: nginx, systemd, scripts and log rotation. */
export function textFiles(values: SingleServerValues): Map<string, string> {
  const texts = placeholders(values);
  const names = readdirSync(templates, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.split('/single-server/files/')[1] ?? '')
    .filter((file) => isWanted(file, values))
    .sort();
  return new Map(names.map((name) => [name, render(readFileSync(new URL(name, templates), 'utf8'), texts)]));
}
