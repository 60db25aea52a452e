import { z } from 'zod';
import { algorithms, logLevels, secretVariables, variables } from '../../app/config/config.ts';
import { cidr, dnsLabel, duration, hostName, labels, origin } from './formats.ts';
import { aks, clouds, eks, gke } from './schema-clouds.ts';
import { ingress, networkPolicy, peers, port } from './schema-network.ts';
import * as workload from './schema-workload.ts';

/** Variables that an operator may add as they are: no secrets, and nothing that the charts compute themselves. */
export const freeVariables = Object.keys(variables)
  .filter((name) => !secretVariables.some((secret) => name.startsWith(secret)))
  .sort();

const pem = z.string().regex(/^-----BEGIN [A-Z ]+-----/, 'must be PEM text');

const secrets = z.strictObject({
  source: z.enum(['existing', 'external', 'inline']),
  name: dnsLabel,
  delivery: z.enum(['files', 'env']),
  external: z.strictObject({
    prefix: z.string(),
    refreshInterval: z.string().regex(/^\d+(s|m|h)$/, 'must be a duration such as 10m or 1h'),
  }),
});

/** The one description of the values: types, validation and values.schema.json all come from here. */
export const valuesSchema = z.strictObject({
  cloud: z.enum(clouds, `must be one of ${clouds.join(', ')}`),
  kubernetesVersion: z.enum(['1.28', 'newest']),
  namespace: z.strictObject({ name: dnsLabel, create: z.boolean() }),
  image: workload.image,
  replicas: z.int().min(1),
  autoscaling: workload.autoscaling,
  disruptionBudget: workload.disruptionBudget,
  rollout: workload.rollout,
  resources: workload.resources,
  scheduling: workload.scheduling,
  migrations: workload.migrations,
  purge: workload.purge,
  serviceAccount: z.strictObject({ annotations: labels }),
  podLabels: labels,
  podAnnotations: labels,
  service: z.strictObject({ trafficDistribution: z.enum(['PreferClose', 'PreferSameZone']).optional() }),
  ingress,
  networkPolicy,
  allowedHosts: z.array(hostName),
  trustedProxies: z.array(cidr),
  corsOrigins: z.array(origin),
  logLevel: z.enum(logLevels),
  extraConfig: z.partialRecord(z.enum(freeVariables), z.union([z.string(), z.number()])),
  database: z.strictObject({
    peers,
    port,
    poolMax: z.int().min(1).max(1_000),
    maxConnections: z.int().min(1),
    prepare: z.boolean(),
    replica: z.boolean(),
    ca: pem.optional(),
  }),
  redis: z.strictObject({ peers, port, tls: z.boolean() }),
  jwt: z.strictObject({
    algorithm: z.enum(algorithms),
    issuer: z.string().min(1),
    audience: z.string().min(1),
    previousSecret: z.boolean(),
    publicKeys: z.record(dnsLabel, pem),
  }),
  secrets,
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
