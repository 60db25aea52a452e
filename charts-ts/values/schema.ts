import { z } from 'zod';
import { dnsLabel, duration, labels, semanticVersion, text } from './formats.ts';
import { backup } from './schema-backup.ts';
import { aks, clouds, eks, gke } from './schema-clouds.ts';
import { ingress, networkPolicy, peers, port, service } from './schema-network.ts';
import { pods } from './schema-pods.ts';
import { workload } from './schema-workload.ts';

/** The schema of the values of Kubernetes. Types, validation and values.schema.json derive from it. */
export const valuesSchema = z.strictObject({
  cloud: z.enum(clouds, `must be one of ${clouds.join(', ')}`),
  kubernetesVersion: z.enum(['1.28', 'newest']),
  crdVersion: z.enum(['oldest', 'newest']),
  chart: z.strictObject({ version: semanticVersion.optional() }),
  namespace: z.strictObject({ name: dnsLabel, create: z.boolean() }),
  ...workload,
  ...pods,
  serviceAccount: z.strictObject({ annotations: labels }),
  podLabels: labels,
  podAnnotations: labels,
  service,
  ingress,
  networkPolicy,
  database: workload.database.extend({ peers, port }),
  redis: workload.redis.extend({ peers, port, sentinelPort: port.optional() }),
  backup,
  administrator: z.strictObject({
    email: z.email('must be an email address').optional(),
    username: z.string().min(1).optional(),
    secretName: dnsLabel,
    resources: pods.purge.shape.resources,
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
