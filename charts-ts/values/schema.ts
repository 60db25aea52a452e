import { z } from 'zod';
import { algorithms, entries, formatFaults, isSecret, logLevels } from '../../app/config/config.ts';
import { cidr, dnsLabel, duration, hostName, labels, origin, text } from './formats.ts';
import { aks, clouds, eks, gke } from './schema-clouds.ts';
import { ingress, networkPolicy, peers, port, service } from './schema-network.ts';
import { workload } from './schema-workload.ts';

type Format = (typeof entries)[number]['format'];

/** A variable in the format of the service. values.schema.json has the part that JSON Schema can express. */
function variableText(format: Format, help: string) {
  const { enum: choices, pattern } = z.toJSONSchema(format, { io: 'input', unrepresentable: 'any' });
  return z
    .union([z.string(), z.number()])
    .superRefine((value, context) => {
      for (const message of formatFaults(format, String(value)))
        context.addIssue({ code: 'custom', message });
    })
    .meta({ description: help, ...(choices && { enum: choices }), ...(pattern && { pattern }) })
    .optional();
}

/** Any variable of the service that is no secret. */
const extraConfig = z.strictObject(
  Object.fromEntries(
    entries
      .filter((entry) => !isSecret(entry))
      .map(({ format, help, name }) => [name, variableText(format, help)]),
  ),
);

const pem = text(/^-----BEGIN [A-Z ]+-----/, 'must be PEM text');

/** The schema of the values. Types, validation and values.schema.json derive from it. */
export const valuesSchema = z.strictObject({
  cloud: z.enum(clouds, `must be one of ${clouds.join(', ')}`),
  kubernetesVersion: z.enum(['1.28', 'newest']),
  namespace: z.strictObject({ name: dnsLabel, create: z.boolean() }),
  ...workload,
  serviceAccount: z.strictObject({ annotations: labels }),
  podLabels: labels,
  podAnnotations: labels,
  service,
  ingress,
  networkPolicy,
  allowedHosts: z.array(hostName),
  trustedProxies: z.array(cidr),
  corsOrigins: z.array(origin),
  logLevel: z.enum(logLevels),
  extraConfig,
  database: z.strictObject({
    peers,
    port,
    poolMax: z.int().min(1).max(1_000),
    maxConnections: z.int().min(1),
    // YAML may read on and off as booleans.
    prepare: z.union([z.enum(['auto', 'on', 'off']), z.boolean()], 'must be auto, on or off'),
    replica: z.boolean(),
    ca: pem.optional(),
  }),
  redis: z.strictObject({
    peers,
    port,
    tls: z.boolean(),
    ca: pem.optional(),
    clientCertificate: z.boolean(),
    sentinelPort: port.optional(),
    sentinelPassword: z.boolean(),
  }),
  jwt: z.strictObject({
    algorithm: z.enum(algorithms),
    issuer: z.string().min(1),
    audience: z.string().min(1),
    previousSecret: z.boolean(),
    publicKeys: z.record(dnsLabel, pem),
  }),
  secrets: z.strictObject({
    source: z.enum(['existing', 'external', 'inline']),
    name: dnsLabel,
    ownerName: dnsLabel.optional(),
    delivery: z.enum(['files', 'env']),
    external: z.strictObject({
      prefix: z.string(),
      refreshInterval: text(/^\d+(s|m|h)$/, 'must be a duration such as 10m or 1h'),
    }),
  }),
  monitoring: z.strictObject({
    serviceMonitor: z.strictObject({ enabled: z.boolean(), interval: duration, labels }),
    rules: z.strictObject({ enabled: z.boolean(), labels, runbooks: z.url() }),
    dashboards: z.strictObject({ enabled: z.boolean(), labels }),
  }),
  eks: eks.optional(),
  gke: gke.optional(),
  aks: aks.optional(),
});

export type Values = z.infer<typeof valuesSchema>;
export type CloudName = Values['cloud'];
export type Eks = NonNullable<Values['eks']>;
export type Gke = NonNullable<Values['gke']>;
export type Aks = NonNullable<Values['aks']>;
