import { secretVariables, variablesOf } from '../../../app/config/config.ts';
import { loadBalancerPath, names, ports } from '../../names.ts';
import type { FolderContent } from '../../output/output-folder.ts';
import { schemaFindings } from '../schema-findings.ts';
import { livePath } from './draw.ts';
import { knownSecrets } from './environment.ts';
import {
  migrateFile,
  monitoringFile,
  type Process,
  parsedFiles,
  processesOf,
  schemas,
  serviceFile,
  serviceOf,
} from './files.ts';
import { resourceFindings } from './resource-rules.ts';
import type { Service } from './resources.ts';
import { runMonitoring } from './resources.ts';

/** Seconds between SIGTERM and SIGKILL, without the second in which the process ends. */
const stopTime = 9;
/** Seconds that Cloud Run gives an instance to start. */
const startTime = 240;

const secretsByName = new Set<string>(secretVariables);
const duration = /^(\d+)(ms|s|m|h|d)$/;
const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a duration of the service; 0 for any other text, which the service itself refuses. */
function seconds(text: string | undefined): number {
  const [, count, unit = ''] = duration.exec(text ?? '') ?? [];
  return Number(count ?? 0) * (secondsPer[unit] ?? 0);
}

const isSecretText = (text: string): boolean =>
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || /^\w[\w+]*:\/\/[^/@\s]*:[^/@\s]+@/.test(text);

/** What the environment of a process says, and must not say. */
function* environmentFindings({ command, container, file }: Process): Generator<string> {
  const read = new Set<string>(variablesOf(command));
  const seen = new Set<string>();
  for (const variable of container.env ?? []) {
    const { name } = variable;
    if (seen.has(name)) yield `${file}: ${name} occurs twice [environment]`;
    seen.add(name);
    if (name === 'PORT') yield `${file}: PORT must not be set, because Cloud Run sets it [port]`;
    const isOfRclone = command === 'backup' && name.startsWith('RCLONE_CONFIG_');
    if (command !== 'serve' && !read.has(name) && !isOfRclone)
      yield `${file}: ${name} is not for the command ${command}, which does not read it [least-privilege]`;
    if ('value' in variable && (secretsByName.has(name) || isSecretText(variable.value)))
      yield `${file}: ${name} contains a secret in clear; use valueFrom.secretKeyRef [secret-in-clear]`;
    if (!('valueFrom' in variable)) continue;
    const { key, name: secret } = variable.valueFrom.secretKeyRef;
    if (!/^[1-9]\d*$/.test(key))
      yield `${file}: ${name} uses version ${key} of ${secret}; name a number, because instances that start later would get another secret [secret-version]`;
    if (!knownSecrets.includes(secret))
      yield `${file}: ${name} uses the secret ${secret}, which nothing creates [secret-name]`;
  }
}

function* portFindings(service: Service): Generator<string> {
  const listening = service.spec.template.spec.containers.flatMap(({ name = '?', ports: declared = [] }) =>
    declared.map(({ containerPort }) => ({ name, containerPort })),
  );
  if (listening.length !== 1)
    yield `${serviceFile}: ${listening.length} ports are declared; Cloud Run accepts exactly one in all containers [one-port]`;
  for (const { containerPort, name } of listening) {
    if (name !== names.app)
      yield `${serviceFile}: container ${name} has the port; the requests are for ${names.app} [one-port]`;
    if (containerPort === ports.metrics)
      yield `${serviceFile}: containerPort ${containerPort} is the management listener, which must not be public [one-port]`;
  }
}

/** Cloud Run sends probes to the port of the API only, so both paths are those of load balancers. */
function* probeFindings(service: Service): Generator<string> {
  const container = service.spec.template.spec.containers.find(({ name }) => name === names.app);
  if (!container) yield `${serviceFile}: there is no container ${names.app} [container]`;
  if (!container) return;
  const port = container.ports?.[0]?.containerPort;
  const expected = { startupProbe: loadBalancerPath, livenessProbe: livePath } as const;
  for (const kind of ['startupProbe', 'livenessProbe'] as const) {
    const probe = container[kind];
    if (!probe) yield `${serviceFile}: ${names.app} has no ${kind} [probe]`;
    if (!probe) continue;
    const { path, port: asked = port } = probe.httpGet;
    if (asked !== port)
      yield `${serviceFile}: ${kind} asks port ${asked}, which is not the port of the container (${port}) [probe]`;
    if (path !== expected[kind])
      yield `${serviceFile}: ${kind} asks ${path} instead of ${expected[kind]} [probe]`;
    if (probe.timeoutSeconds > probe.periodSeconds)
      yield `${serviceFile}: ${kind} has a timeout of ${probe.timeoutSeconds} s and a period of ${probe.periodSeconds} s; the timeout must not be longer [probe]`;
    const total = probe.periodSeconds * probe.failureThreshold;
    if (kind === 'startupProbe' && total > startTime)
      yield `${serviceFile}: startupProbe waits ${total} s; Cloud Run allows ${startTime} s [probe]`;
  }
}

function* timeFindings({ command, container, file }: Process): Generator<string> {
  if (command !== 'serve') return;
  const texts = new Map(
    (container.env ?? []).flatMap((one) => ('value' in one ? [[one.name, one.value]] : [])),
  );
  const drain = seconds(texts.get('DRAIN_DELAY'));
  const shutdown = seconds(texts.get('SHUTDOWN_TIMEOUT') ?? '25s');
  if (drain + shutdown > stopTime)
    yield `${file}: DRAIN_DELAY and SHUTDOWN_TIMEOUT are ${drain + shutdown} s together; Cloud Run kills the process 10 s after SIGTERM, so ${stopTime} s are allowed [stop-time]`;
  if (!texts.get('TRUSTED_PROXIES'))
    yield `${file}: TRUSTED_PROXIES is missing; all clients would share the rate limit of one address [proxies]`;
}

function* commandFindings({ command, container, file }: Process): Generator<string> {
  if (container.command)
    yield `${file}: command replaces the entry point of the image, which sizes the thread pool; use args [entry-point]`;
  const first = container.args?.[0];
  if (command === 'serve' && first !== undefined)
    yield `${file}: args start ${first} instead of the service [entry-point]`;
  if (command !== 'serve' && first !== command)
    yield `${file}: args must begin with ${command} [entry-point]`;
}

/** All processes of a release come from one image. */
function* imageFindings(processes: readonly Process[]): Generator<string> {
  const [service] = processes;
  for (const { command, container, file } of processes) {
    if (!/(:(?!latest$)[\w.-]+)(@sha256:[0-9a-f]{64})?$/.test(container.image))
      yield `${file}: ${container.image} names no release [image]`;
    if (service && command !== 'backup' && container.image !== service.container.image)
      yield `${file}: ${container.image} is not the image of the service, ${service.container.image} [image]`;
  }
}

function* monitoringFindings(files: FolderContent): Generator<string> {
  const parsed = runMonitoring.safeParse(parsedFiles(files).get(monitoringFile)?.object).data;
  for (const { path, port } of parsed?.spec.endpoints ?? []) {
    if (port !== ports.metrics || path !== '/metrics')
      yield `${monitoringFile}: scrapes port ${port} and ${path} instead of ${ports.metrics} and /metrics [metrics]`;
  }
}

function* formFindings(files: FolderContent): Generator<string> {
  for (const [file, schema] of schemas) {
    const parsed = parsedFiles(files).get(file);
    if (parsed === undefined) {
      if (file === serviceFile || file === migrateFile) yield `${file}: is missing [file]`;
      continue;
    }
    if (parsed.error) yield `${file}: ${parsed.error} [yaml]`;
    else yield* schemaFindings(file, schema, parsed.object);
  }
}

/** What Cloud Run would refuse, and what would work otherwise than the operator expects. */
export function* findings(files: FolderContent): Generator<string> {
  yield* formFindings(files);
  const service = serviceOf(files);
  const processes = processesOf(files);
  for (const process of processes) {
    yield* environmentFindings(process);
    yield* timeFindings(process);
    yield* commandFindings(process);
  }
  yield* imageFindings(processes);
  yield* monitoringFindings(files);
  if (service) {
    yield* portFindings(service);
    yield* probeFindings(service);
  }
  yield* resourceFindings(service, processes);
}
