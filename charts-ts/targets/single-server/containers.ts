import { ports, userId } from '../../names.ts';
import { seconds } from '../../values/formats.ts';
import type { Platform } from '../../workload/platform.ts';
import { healthCommand, imageReference, migrateArguments, purgeArguments } from '../../workload/process.ts';
import {
  type CommandSettings,
  commandSettings,
  type SecretKey,
  type Source,
  secretsOf,
} from '../../workload/settings.ts';
import { address, directory, gateway, mounts, replicas } from './layout.ts';
import type { SingleServerValues } from './schema.ts';

/** The containers of a Compose file by name. */
export type Services = Record<
  string,
  { readonly secrets?: readonly string[]; readonly [key: string]: unknown }
>;

/** As `depends_on`. */
export type Dependencies = Readonly<Record<string, { readonly condition: string }>>;

/** What every container has: no rights, no new ones, a read-only root, and logs that Docker rotates. */
export const hardened = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  pids_limit: 256,
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
};

function platform(values: SingleServerValues): Platform {
  return {
    host: values.singleServer.host,
    internalHosts: [],
    proxies: [`${gateway(values)}/32`],
    ports,
    keys: 'files',
    files: mounts,
    hasOwnerSecret: values.singleServer.ownerRole,
  };
}

const secretPath = (key: SecretKey): string => `${mounts.secrets}/${key}`;

/** A dollar sign begins a variable in Compose, and two of them are one. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$');

function toVariable(name: string, source: Source): [string, string] {
  if ('secret' in source) return [`${name}_FILE`, secretPath(source.secret)];
  if ('keyFile' in source) return [name, secretPath(source.keyFile)];
  return [name, escaped(source.text)];
}

/** The files that the settings name. */
function volumes(settings: CommandSettings): string[] {
  return [
    ...(settings.DB_CA_FILE ? [`${directory}/certificates/database-ca.pem:${mounts.databaseCa}:ro`] : []),
    ...(settings.REDIS_CA_FILE ? [`${directory}/certificates/redis-ca.pem:${mounts.redisCa}:ro`] : []),
    // A folder, so that a further key needs no new container.
    ...(settings.JWT_PUBLIC_KEYS_DIR ? [`${directory}/public-keys:${mounts.publicKeys}:ro`] : []),
  ];
}

/** The image of the service. A line in .env replaces it, for a deployment or a rollback without another synth. */
const serviceImage = ({ image }: SingleServerValues): string =>
  `\${AUTH_SERVICE_IMAGE:-${imageReference(image)}}`;

export function container(
  values: SingleServerValues,
  command: 'serve' | 'migrate' | 'purge' | 'backup',
  limits: { readonly cpu: string; readonly memory: string },
) {
  const settings = commandSettings(command, values, platform(values));
  return {
    image: serviceImage(values),
    user: `${userId}:${userId}`,
    ...hardened,
    environment: Object.fromEntries(
      Object.entries(settings).map(([name, source]) => toVariable(name, source)),
    ),
    // Settings of the operator that the values do not know. Those above take precedence.
    env_file: [{ path: '.env', required: false }],
    secrets: secretsOf(settings),
    volumes: volumes(settings),
    cpus: limits.cpu,
    mem_limit: limits.memory,
    // No swap: a password hash must not wait for the disk.
    memswap_limit: limits.memory,
  };
}

/** Docker counts memory in bytes, with k, m and g. */
function toDocker({ cpu, memory }: SingleServerValues['resources']['limits']) {
  const cpus = cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1_000 : Number(cpu);
  return { cpu: String(cpus), memory: memory.replace(/([KMG])i$/, (_, unit: string) => unit.toLowerCase()) };
}

/** Seconds from the signal until Docker kills a replica: all that it may need to drain, and a reserve. */
export const graceSeconds = ({ rollout }: SingleServerValues): number =>
  seconds(rollout.drainDelay) + seconds(rollout.shutdownTimeout) + 10;

function replica(values: SingleServerValues, last: number, stores: Dependencies) {
  return {
    ...container(values, 'serve', toDocker(values.resources.limits)),
    restart: 'unless-stopped',
    stop_grace_period: `${graceSeconds(values)}s`,
    healthcheck: {
      test: ['CMD', ...healthCommand],
      interval: '30s',
      timeout: '5s',
      retries: 3,
      start_period: '60s',
      start_interval: '2s',
    },
    depends_on: { migrate: { condition: 'service_completed_successfully' }, ...stores },
    networks: { default: { ipv4_address: address(values, last) } },
  };
}

/** @param stores the stores on this server that must be healthy first */
export function serviceContainers(values: SingleServerValues, stores: Dependencies): Services {
  const { migrations, purge } = values;
  const job = { restart: 'no', profiles: ['jobs'] };
  return {
    migrate: {
      ...container(values, 'migrate', toDocker(migrations.resources.limits)),
      command: [...migrateArguments],
      restart: 'no',
      depends_on: stores,
    },
    ...Object.fromEntries(
      Object.entries(replicas).map(([name, last]) => [name, replica(values, last, stores)]),
    ),
    ...(purge.enabled && {
      purge: {
        ...container(values, 'purge', toDocker(purge.resources.limits)),
        command: purgeArguments(purge),
        ...job,
      },
    }),
  };
}
