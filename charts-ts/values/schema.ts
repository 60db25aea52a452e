import { z } from 'zod';
import { annotations, dnsLabel, labels, text } from './formats.ts';
import { jobFields } from './formats-jobs.ts';
import { installationName } from './installation.ts';
import { backup } from './schema-backup.ts';
import { aks, clouds, eks, gke } from './schema-clouds.ts';
import { monitoring } from './schema-monitoring.ts';
import { gateway, ingress, networkPolicy, service } from './schema-network.ts';
import { extraObjects, patches } from './schema-patches.ts';
import { peers, port } from './schema-peers.ts';
import { podOptions, serviceAccount } from './schema-pod-options.ts';
import { pods } from './schema-pods.ts';
import { resources } from './schema-resources.ts';
import { caSecret, externalSource, secretKeys } from './schema-secrets.ts';
import { workload } from './schema-workload.ts';

/** The schema of the values of Kubernetes. Types, validation and values.schema.json derive from it. */
export const valuesSchema = z.strictObject({
  cloud: z.enum(clouds, `must be one of ${clouds.join(', ')}`),
  kubernetesVersion: z.enum(['1.28', 'newest']),
  gate: z.strictObject({ allow: z.array(z.string()) }),
  name: installationName,
  namespace: z.strictObject({ name: dnsLabel, create: z.boolean(), labels, annotations }),
  ...workload,
  ...pods,
  ...podOptions,
  service,
  ingress,
  gateway,
  networkPolicy,
  database: workload.database.extend({ peers, port, caSecret }),
  redis: workload.redis.extend({ peers, port, sentinelPort: port.optional(), caSecret }),
  backup,
  administrator: z.strictObject({
    email: z.email('must be an email address').optional(),
    username: z.string().min(1).optional(),
    secretName: dnsLabel,
    ...jobFields,
    resources,
  }),
  secrets: z.strictObject({
    source: z.enum(['existing', 'external', 'inline']),
    name: dnsLabel,
    ownerName: dnsLabel.optional(),
    keys: secretKeys,
    delivery: z.enum(['files', 'env']),
    external: z.strictObject({
      serviceAccount,
      prefix: z.string(),
      refreshInterval: text(/^\d+(s|m|h)$/, 'must be a duration such as 10m or 1h'),
      ...externalSource,
    }),
  }),
  monitoring,
  patches,
  extraObjects,
  eks: eks.optional(),
  gke: gke.optional(),
  aks: aks.optional(),
});

export type Values = z.infer<typeof valuesSchema>;
export type CloudName = Values['cloud'];
export type Eks = NonNullable<Values['eks']>;
export type Gke = NonNullable<Values['gke']>;
export type Aks = NonNullable<Values['aks']>;
