import { z } from 'zod';
import {
  algorithms,
  collectedLogFormats,
  entries,
  formatFaults,
  isSecret,
  logLevels,
  variables,
} from '../../app/config/config.ts';
import { cpu, dnsLabel, duration, hostName, memory, origin, text } from './formats.ts';

type Format = (typeof entries)[number]['format'];

/** The text of a variable. YAML may give a number, or true and false for on and off. The service trims each text. */
export function variableText(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value).trim();
}

/** A variable in the format of the service. values.schema.json has the part that JSON Schema can express. */
function variableOf(format: Format, help: string) {
  const { enum: choices, pattern } = z.toJSONSchema(format, { io: 'input', unrepresentable: 'any' });
  const isSwitch = choices?.includes('on') === true;
  const types = isSwitch ? [z.string(), z.number(), z.boolean()] : [z.string(), z.number()];
  return z
    .union(types, `must be ${format.description}`)
    .superRefine((value, context) => {
      const text = variableText(value);
      if (text === '') return;
      for (const message of formatFaults(format, text)) context.addIssue({ code: 'custom', message });
    })
    .meta({
      description: help,
      ...(choices && { enum: isSwitch ? [...choices, true, false] : choices }),
      ...(pattern && { pattern }),
    })
    .optional();
}

/** Any variable of the service that is no secret. */
const extraConfig = z.strictObject(
  Object.fromEntries(
    entries
      .filter((entry) => !isSecret(entry))
      .map(({ format, help, name }) => [name, variableOf(format, help)]),
  ),
);

/** As the service reads an entry of TRUSTED_PROXIES: a CIDR block, or a name that it knows. */
const proxy = z.string().superRefine((value, context) => {
  for (const message of formatFaults(variables.TRUSTED_PROXIES.format, value))
    context.addIssue({ code: 'custom', message });
});

const pem = text(/^-----BEGIN [A-Z ]+-----/, 'must be PEM text');
const amounts = z.strictObject({ cpu, memory });
const resources = z.strictObject({ limits: amounts });

/**
 * The description of the service that every target is drawn from: image, environment, resources, scaling, migration and
 * purge. The schemas of the targets extend it.
 */
export const workload = {
  image: z.strictObject({
    repository: text(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
      'must be a repository such as registry.example.com/auth-service, without https://, tag or digest',
    ),
    tag: text(
      // The tag is also the value of the label app.kubernetes.io/version, whose format is stricter.
      /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
      'must be an image tag of at most 63 letters, digits, dots, underscores and dashes',
    ).refine((tag) => tag !== 'latest', 'must name a release; latest cannot be rolled back to'),
    digest: text(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower case hex digits').optional(),
  }),
  autoscaling: z.strictObject({
    minReplicas: z.int().min(1),
    maxReplicas: z.int().min(1),
    cpuUtilization: z.int().min(1).max(100),
  }),
  rollout: z.strictObject({
    drainDelay: duration,
    shutdownTimeout: duration,
    keepAliveTimeout: duration,
  }),
  resources,
  migrations: z.strictObject({ resources }),
  purge: z.strictObject({
    enabled: z.boolean(),
    schedule: text(/^(\S+\s+){4}\S+$/, 'must be a cron schedule of five fields'),
    keepMonths: z.int().min(1).max(120),
    keepAuditMonths: z.int().min(12).max(120),
    resources,
  }),
  allowedHosts: z.array(hostName),
  trustedProxies: z.array(proxy),
  corsOrigins: z.array(origin),
  logLevel: z.enum(logLevels),
  logFormat: z.enum(collectedLogFormats),
  extraConfig,
  database: z.strictObject({
    poolMax: z.int().min(1).max(1_000),
    maxConnections: z.int().min(1),
    // YAML may read on and off as booleans.
    prepare: z.union([z.enum(['auto', 'on', 'off']), z.boolean()], 'must be auto, on or off'),
    replica: z.boolean(),
    requiredForReadiness: z.boolean(),
    ca: pem.optional(),
  }),
  redis: z.strictObject({
    tls: z.boolean(),
    ca: pem.optional(),
    clientCertificate: z.boolean(),
    sentinelPassword: z.boolean(),
  }),
  jwt: z.strictObject({
    algorithm: z.enum(algorithms),
    issuer: z.string().min(1),
    audience: z.string().min(1),
    previousSecret: z.boolean(),
    publicKeys: z.record(dnsLabel, pem),
  }),
};

const workloadSchema = z.strictObject(workload);

type Workload = z.infer<typeof workloadSchema>;

/**
 * The values that every target has, without the resources, because on Kubernetes a container may have no CPU limit, and with
 * an autoscaler that may do without a target of the CPU.
 */
export type WorkloadValues = Omit<Workload, 'autoscaling' | 'migrations' | 'purge' | 'resources'> & {
  readonly autoscaling: Partial<Workload['autoscaling']>;
  readonly purge: Omit<Workload['purge'], 'resources'>;
};
