import { z } from 'zod';

// The part of the API run.googleapis.com/v1 that this target writes. An unknown key is refused, because Cloud Run would refuse
// it at the deployment. test/charts/targets/support/cloud-run-types.ts compares the keys with the types that Google publishes.

const integerText = z.string().regex(/^\d+$/, 'must be a number in quotes');
const texts = z.record(z.string(), z.string('must be text in quotes'));

const metadata = z.strictObject({
  name: z.string().regex(/^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/, 'must be a name of at most 49 characters'),
  labels: texts.optional(),
  annotations: texts.optional(),
});
const templateMetadata = metadata.partial();

const secretKeyRef = z.strictObject({
  name: z.string(),
  key: z.string('must be the number of a version, in quotes'),
});
const environmentVariable = z.union(
  [
    z.strictObject({ name: z.string(), value: z.string() }),
    z.strictObject({ name: z.string(), valueFrom: z.strictObject({ secretKeyRef }) }),
  ],
  'must be {name, value} with text in quotes, or {name, valueFrom: {secretKeyRef: {name, key}}}',
);

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.int().optional() }),
  initialDelaySeconds: z.int().min(0).max(240).optional(),
  periodSeconds: z.int().min(1).max(240),
  timeoutSeconds: z.int().min(1).max(240),
  failureThreshold: z.int().min(1),
});

export const container = z.strictObject({
  name: z.string().optional(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(environmentVariable).optional(),
  ports: z.array(z.strictObject({ name: z.enum(['http1', 'h2c']), containerPort: z.int() })).optional(),
  resources: z.strictObject({ limits: z.strictObject({ cpu: z.string(), memory: z.string() }) }),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  volumeMounts: z
    .array(z.strictObject({ name: z.string(), mountPath: z.string().startsWith('/') }))
    .optional(),
});

export const secretVolume = z.strictObject({
  secretName: z.string(),
  items: z.array(z.strictObject({ key: z.string(), path: z.string() })),
});
const volumes = z.array(z.strictObject({ name: z.string(), secret: secretVolume }));

export const revisionSpec = z.strictObject({
  containerConcurrency: z.int().min(1).max(1_000),
  timeoutSeconds: z.int().min(1).max(3_600),
  serviceAccountName: z.string(),
  containers: z.array(container).min(1),
  volumes: volumes.optional(),
});

/** A Knative service, as `gcloud run services replace` reads it. */
export const service = z.strictObject({
  apiVersion: z.literal('serving.knative.dev/v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    template: z.strictObject({ metadata: templateMetadata, spec: revisionSpec }),
    traffic: z.array(z.strictObject({ latestRevision: z.boolean(), percent: z.int() })),
  }),
});

export const taskSpec = z.strictObject({
  maxRetries: z.int().min(0).max(10),
  timeoutSeconds: integerText,
  serviceAccountName: z.string(),
  containers: z.array(container).length(1),
  volumes: volumes.optional(),
});

/** A job, as `gcloud run jobs replace` reads it. */
export const job = z.strictObject({
  apiVersion: z.literal('run.googleapis.com/v1'),
  kind: z.literal('Job'),
  metadata,
  spec: z.strictObject({
    template: z.strictObject({
      metadata: templateMetadata,
      spec: z.strictObject({
        parallelism: z.literal(1),
        taskCount: z.literal(1),
        template: z.strictObject({ spec: taskSpec }),
      }),
    }),
  }),
});

/** The configuration of the collector of Managed Service for Prometheus, which a secret mounts. */
export const runMonitoring = z.strictObject({
  apiVersion: z.literal('monitoring.googleapis.com/v1beta'),
  kind: z.literal('RunMonitoring'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    endpoints: z
      .array(z.strictObject({ port: z.int(), path: z.string(), interval: z.string(), timeout: z.string() }))
      .length(1),
    targetLabels: z.strictObject({ metadata: z.array(z.enum(['service', 'revision', 'instance'])) }),
  }),
});

export type Service = z.infer<typeof service>;
export type Job = z.infer<typeof job>;
export type Container = z.infer<typeof container>;
export type EnvironmentVariable = z.infer<typeof environmentVariable>;
export type Volume = z.infer<typeof volumes>[number];
export type RunMonitoring = z.infer<typeof runMonitoring>;
