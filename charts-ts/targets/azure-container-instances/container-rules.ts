import { secretVariables, variablesOf } from '../../../app/config/config.ts';
import { loadBalancerPath, names, ports, probePaths } from '../../names.ts';
import { entryPoint } from '../../workload/process.ts';
import { pathText } from '../schema-findings.ts';
import { gatewayProperties, type Template } from './document.ts';
import { types } from './expressions.ts';
import { type Group, type Process, parameterIn, templateFile } from './files.ts';

/** Seconds that containers usually have between SIGTERM and SIGKILL. Azure documents no other time. */
const stopTime = 30;

const secretsByName = new Set<string>(secretVariables);
const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a duration of the service; 0 for any other text, which the service itself refuses. */
function seconds(text: string | undefined): number {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text ?? '') ?? [];
  return Number(count ?? 0) * (secondsPer[unit] ?? 0);
}

const isSecretText = (text: string): boolean =>
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || /^\w[\w+]*:\/\/[^/@\s]*:[^/@\s]+@/.test(text);

const at = ({ container, group }: Process): string => `${templateFile}: ${container.name} of ${group.title}`;

function* environmentFindings(parsed: Template, process: Process): Generator<string> {
  const read = new Set<string>(variablesOf(process.command));
  const seen = new Set<string>();
  for (const { name, secureValue, value } of process.container.properties.environmentVariables ?? []) {
    if (seen.has(name)) yield `${at(process)}: ${name} occurs twice [environment]`;
    seen.add(name);
    if ((value === undefined) === (secureValue === undefined))
      yield `${at(process)}: ${name} must have either value or secureValue [environment]`;
    if (value !== undefined && (secretsByName.has(name) || isSecretText(value)))
      yield `${at(process)}: ${name} contains a secret in clear; use secureValue with a parameter [secret-in-clear]`;
    const parameter = parameterIn(secureValue);
    if (secureValue !== undefined && parsed.parameters[parameter ?? '']?.type !== 'securestring')
      yield `${at(process)}: ${name} must be a parameter of the type securestring [secret-in-clear]`;
    if (process.command !== 'serve' && !read.has(name))
      yield `${at(process)}: ${name} is not for the command ${process.command}, which does not read it [least-privilege]`;
    if (process.command === 'serve' && name === 'DB_MIGRATION_URL')
      yield `${at(process)}: ${name} is for the migration only [least-privilege]`;
  }
}

function* commandFindings(process: Process): Generator<string> {
  const { command, container } = process;
  const given = container.properties.command;
  if (command === 'serve') {
    if (given) yield `${at(process)}: command replaces the entry point of the image [entry-point]`;
    return;
  }
  const [start, first] = [given?.slice(0, entryPoint.length).join(' '), given?.[entryPoint.length]];
  if (start !== entryPoint.join(' ') || first !== command)
    yield `${at(process)}: command must be ${[...entryPoint, command].join(' ')}, because it replaces the entry point of the image [entry-point]`;
}

function* timeFindings(process: Process): Generator<string> {
  const variables = process.container.properties.environmentVariables ?? [];
  const texts = new Map(variables.map(({ name, value }) => [name, value]));
  const total = seconds(texts.get('DRAIN_DELAY')) + seconds(texts.get('SHUTDOWN_TIMEOUT') ?? '25s');
  if (total > stopTime)
    yield `${at(process)}: DRAIN_DELAY and SHUTDOWN_TIMEOUT are ${total} s together; ${stopTime} s are allowed [stop-time]`;
  if (!texts.get('TRUSTED_PROXIES'))
    yield `${at(process)}: TRUSTED_PROXIES is missing; all clients would share the rate limit of the gateway [proxies]`;
}

function* probeFindings(process: Process): Generator<string> {
  const { livenessProbe, ports: declared = [], readinessProbe } = process.container.properties;
  const exposed = declared.map(({ port }) => port);
  for (const [kind, probe, path] of [
    ['livenessProbe', livenessProbe, probePaths.live],
    ['readinessProbe', readinessProbe, probePaths.ready],
  ] as const) {
    if (!probe?.httpGet) yield `${at(process)}: there is no ${kind} with httpGet [probe]`;
    if (!probe?.httpGet) continue;
    if (!exposed.includes(probe.httpGet.port))
      yield `${at(process)}: ${kind} asks port ${probe.httpGet.port}, which the container does not declare [probe]`;
    if (probe.httpGet.path !== path)
      yield `${at(process)}: ${kind} asks ${probe.httpGet.path} instead of ${path} [probe]`;
    if ((probe.timeoutSeconds ?? 1) > (probe.periodSeconds ?? 10))
      yield `${at(process)}: the timeout of ${kind} must not be longer than its period [probe]`;
  }
}

function* groupFindings({ properties, resource, title }: Group): Generator<string> {
  const where = `${templateFile}: ${title}`;
  const isPurge = resource.name === names.purge;
  if (properties.osType !== 'Linux') yield `${where}: osType must be Linux [group]`;
  if (!properties.subnetIds?.length)
    yield `${where}: there is no subnet, so the group has no way to Postgres and Redis [network]`;
  if (properties.ipAddress && properties.ipAddress.type !== 'Private')
    yield `${where}: ipAddress must be Private; requests come through the gateway, which has the certificate [network]`;
  if (!isPurge && !properties.ipAddress) yield `${where}: there is no ipAddress [network]`;
  const declared = properties.containers.flatMap((one) =>
    (one.properties.ports ?? []).map(({ port }) => port),
  );
  for (const { port } of properties.ipAddress?.ports ?? [])
    if (!declared.includes(port)) yield `${where}: port ${port} is not one of a container [network]`;
  if (properties.restartPolicy !== (isPurge ? 'Never' : 'Always'))
    yield `${where}: restartPolicy must be ${isPurge ? 'Never' : 'Always'} [group]`;
  if (!properties.diagnostics)
    yield `${where}: there are no diagnostics, so the log is lost with the group [log]`;
  const cpus = properties.containers.reduce(
    (sum, one) => sum + (one.properties.resources?.requests.cpu ?? 0),
    0,
  );
  const memory = properties.containers.reduce(
    (sum, one) => sum + (one.properties.resources?.requests.memoryInGB ?? 0),
    0,
  );
  if (!(cpus > 0 && cpus <= 4 && memory >= 0.1 && memory <= 16))
    yield `${where}: ${cpus} CPUs and ${memory} GB; a group has at most 4 CPUs and 16 GB, and names both [size]`;
  if (!isPurge && !properties.initContainers?.some(({ name }) => name === names.migrate))
    yield `${where}: there is no init container ${names.migrate} [migration]`;
}

/** All processes of a release come from one image, of a registry that the identity can read. */
function* imageFindings(processes: readonly Process[]): Generator<string> {
  const image = processes.find(({ command }) => command === 'serve')?.container.properties.image;
  for (const process of processes) {
    const used = process.container.properties.image;
    const registries = process.group.properties.imageRegistryCredentials?.map(({ server }) => server) ?? [];
    if (!/(:(?!latest$)[\w.-]+)(@sha256:[0-9a-f]{64})?$/.test(used))
      yield `${at(process)}: ${used} names no release [image]`;
    if (used !== image) yield `${at(process)}: ${used} is not the image of the service, ${image} [image]`;
    if (!registries.includes(used.split('/')[0] ?? ''))
      yield `${at(process)}: there are no credentials for the registry of ${used} [image]`;
  }
}

/** The gateway must send requests to the port of the API, and ask whether the service is ready. */
function* gatewayFindings(parsed: Template): Generator<string> {
  const gateway = parsed.resources.find(({ type }) => type === types.gateway[0]);
  if (!gateway) {
    yield `${templateFile}: there is no Application Gateway [gateway]`;
    return;
  }
  const { data, error } = gatewayProperties.safeParse(gateway.properties);
  if (!data) {
    const path = pathText(error.issues[0]?.path ?? []);
    yield `${templateFile}: the gateway does not have the form that the rules read, at ${path} [gateway]`;
    return;
  }
  for (const { properties: one } of data.backendHttpSettingsCollection)
    if (one.port !== ports.http)
      yield `${templateFile}: the gateway sends requests to port ${one.port} instead of ${ports.http} [gateway]`;
  for (const { properties: one } of data.probes)
    if (one.path !== loadBalancerPath)
      yield `${templateFile}: the gateway asks ${one.path} instead of ${loadBalancerPath} [gateway]`;
  for (const { name, properties: one } of data.httpListeners)
    if (one.protocol === 'Https' && !one.sslCertificate)
      yield `${templateFile}: listener ${name} has no certificate [gateway]`;
}

export function* containerRules(
  parsed: Template,
  groups: readonly Group[],
  processes: readonly Process[],
): Generator<string> {
  for (const group of groups) yield* groupFindings(group);
  for (const process of processes) {
    yield* environmentFindings(parsed, process);
    yield* commandFindings(process);
    if (process.command !== 'serve') continue;
    yield* timeFindings(process);
    yield* probeFindings(process);
  }
  yield* imageFindings(processes);
  yield* gatewayFindings(parsed);
}
