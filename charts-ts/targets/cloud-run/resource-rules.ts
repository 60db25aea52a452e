import { bytes, millicpu } from '../../values/formats.ts';
import { type Process, serviceFile } from './files.ts';
import type { Service } from './resources.ts';

const gi = 2 ** 30;

/** The least and the most memory for a number of CPUs, in bytes. */
const memoryFor: Readonly<Record<number, readonly [least: number, most: number]>> = {
  1: [gi / 2, 4 * gi],
  2: [gi / 2, 8 * gi],
  4: [2 * gi, 16 * gi],
  6: [4 * gi, 24 * gi],
  8: [4 * gi, 32 * gi],
};

/** Annotations by name, with the values that Cloud Run accepts. A misspelled annotation has no effect and no error. */
const annotations: Readonly<Record<string, RegExp>> = {
  'autoscaling.knative.dev/minScale': /^\d+$/,
  'autoscaling.knative.dev/maxScale': /^\d+$/,
  'run.googleapis.com/cpu-throttling': /^(true|false)$/,
  'run.googleapis.com/startup-cpu-boost': /^(true|false)$/,
  'run.googleapis.com/execution-environment': /^(gen1|gen2)$/,
  'run.googleapis.com/network-interfaces':
    /^\[\{"network":"[^"]+","subnetwork":"[^"]+"(,"tags":\[[^\]]*\])?\}\]$/,
  'run.googleapis.com/vpc-access-connector': /^[a-z/][\w/-]*$/,
  'run.googleapis.com/vpc-access-egress': /^(private-ranges-only|all-traffic)$/,
  'run.googleapis.com/container-dependencies': /^\{.*\}$/,
  'run.googleapis.com/ingress': /^(all|internal|internal-and-cloud-load-balancing)$/,
};

function* annotationFindings(file: string, given: Readonly<Record<string, string>>): Generator<string> {
  for (const [name, value] of Object.entries(given)) {
    const pattern = annotations[name];
    if (!pattern) yield `${file}: annotation ${name} is not known, and would have no effect [annotation]`;
    else if (!pattern.test(value)) yield `${file}: annotation ${name} does not accept ${value} [annotation]`;
  }
}

function* sizeFindings({ container, file }: Process): Generator<string> {
  const { cpu, memory } = container.resources.limits;
  const range = memoryFor[millicpu(cpu) / 1_000];
  if (!range) yield `${file}: cpu ${cpu} must be 1, 2, 4, 6 or 8 [size]`;
  if (!range) return;
  const [least, most] = range;
  if (!(bytes(memory) >= least && bytes(memory) <= most))
    yield `${file}: memory ${memory} must be between ${least / gi}Gi and ${most / gi}Gi with ${cpu} CPUs [size]`;
}

function* networkFindings({ annotations: given, file }: Process): Generator<string> {
  const ways = ['run.googleapis.com/network-interfaces', 'run.googleapis.com/vpc-access-connector'];
  const count = ways.filter((way) => given[way]).length;
  if (count !== 1)
    yield `${file}: ${count} ways into the VPC; exactly one of network-interfaces and vpc-access-connector leads to Postgres and Redis [network]`;
}

function* accountFindings({ command, file, serviceAccount }: Process, others: readonly Process[]) {
  if (!/^[a-z][a-z0-9-]+@[a-z][a-z0-9-]+\.iam\.gserviceaccount\.com$/.test(serviceAccount))
    yield `${file}: ${serviceAccount} is not a service account of a project; the default account may do far more than the service needs [identity]`;
  const hasOwner = others.some(({ container }) =>
    container.env?.some(({ name }) => name === 'DB_MIGRATION_URL'),
  );
  const ofOwner: readonly Process['command'][] = ['migrate', 'backup'];
  const isShared = others.some(
    (one) => !ofOwner.includes(one.command) && one.serviceAccount === serviceAccount,
  );
  if (ofOwner.includes(command) && hasOwner && isShared)
    yield `${file}: ${serviceAccount} is the account of the service too, which could then read db-owner-url [identity]`;
}

function* volumeFindings({ containers, file, volumes }: Process): Generator<string> {
  const known = new Set(volumes.map(({ name }) => name));
  for (const { name } of containers.flatMap(({ volumeMounts = [] }) => volumeMounts))
    if (!known.has(name)) yield `${file}: volume ${name} is mounted and not declared [volume]`;
  for (const { name, secret } of volumes)
    for (const { key } of secret.items)
      if (!/^[1-9]\d*$/.test(key))
        yield `${file}: volume ${name} uses version ${key} of ${secret.secretName}; name a number [secret-version]`;
}

function* scalingFindings(service: Service): Generator<string> {
  const given = service.spec.template.metadata.annotations ?? {};
  const least = Number(given['autoscaling.knative.dev/minScale'] ?? 0);
  const most = Number(given['autoscaling.knative.dev/maxScale'] ?? 100);
  if (least > most) yield `${serviceFile}: minScale ${least} is greater than maxScale ${most} [scaling]`;
  if (least < 1)
    yield `${serviceFile}: minScale must be at least 1, because a client would wait for the start of an instance [scaling]`;
  if (given['run.googleapis.com/cpu-throttling'] !== 'false')
    yield `${serviceFile}: cpu-throttling must be false: revocations and connection pools work between requests too [background]`;
  if (given['run.googleapis.com/execution-environment'] !== 'gen2')
    yield `${serviceFile}: execution-environment must be gen2, which has the whole system call interface of Linux [execution-environment]`;
  const percent = service.spec.traffic.reduce((sum, part) => sum + part.percent, 0);
  if (percent !== 100) yield `${serviceFile}: the parts of the traffic are ${percent} % together [traffic]`;
}

/** Rules on size, scaling, network, identity and volumes. */
export function* resourceFindings(
  service: Service | undefined,
  processes: readonly Process[],
): Generator<string> {
  if (service) {
    yield* annotationFindings(serviceFile, service.metadata.annotations ?? {});
    yield* scalingFindings(service);
  }
  for (const process of processes) {
    yield* annotationFindings(process.file, process.annotations);
    yield* sizeFindings(process);
    yield* networkFindings(process);
    yield* accountFindings(process, processes);
    yield* volumeFindings(process);
  }
}
