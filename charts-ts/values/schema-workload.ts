import { z } from 'zod';
import { countOrPercent, cpu, duration, labels, memory, text } from './formats.ts';

const quantities = z.strictObject({ cpu, memory, ephemeralStorage: memory });
const resources = z.strictObject({ requests: quantities, limits: quantities });

/** The values about the pods of the API, the migrations and the purge. */
export const workload = {
  image: z.strictObject({
    repository: text(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, 'must be a repository without tag or digest'),
    tag: text(
      // The tag is also the value of the label app.kubernetes.io/version, whose format is stricter.
      /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
      'must be an image tag of at most 63 letters, digits, dots, underscores and dashes',
    ).refine((tag) => tag !== 'latest', 'must name a release; latest cannot be rolled back to'),
    digest: text(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower case hex digits').optional(),
    pullSecrets: z.array(z.string()),
  }),
  replicas: z.int().min(1),
  autoscaling: z.strictObject({
    enabled: z.boolean(),
    minReplicas: z.int().min(1),
    maxReplicas: z.int().min(1),
    cpuUtilization: z.int().min(1).max(100),
    memoryUtilization: z.int().min(1).max(100).optional(),
    hashWait: z.strictObject({
      enabled: z.boolean(),
      target: text(/^\d+m?$/, 'must be seconds or milliseconds such as 1 or 100m'),
    }),
    extraMetrics: z.array(z.record(z.string(), z.unknown())),
  }),
  disruptionBudget: z.strictObject({
    minAvailable: countOrPercent.optional(),
    maxUnavailable: countOrPercent.optional(),
  }),
  rollout: z.strictObject({
    maxSurge: countOrPercent,
    drainDelay: duration,
    shutdownTimeout: duration,
    keepAliveTimeout: duration,
    gracePeriodSeconds: z.int().min(1),
    minReadySeconds: z.int().min(0),
    revisionHistoryLimit: z.int().min(1),
  }),
  resources,
  scheduling: z.strictObject({
    priorityClass: z.strictObject({
      create: z.boolean(),
      name: z.string().min(1),
      value: z.int().max(1_000_000_000),
    }),
    nodeSelector: labels,
    tolerations: z.array(z.record(z.string(), z.unknown())),
    zoneSpread: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
  }),
  migrations: z.strictObject({ mode: z.enum(['initContainer', 'job']), resources }),
  purge: z.strictObject({
    enabled: z.boolean(),
    schedule: text(/^(\S+\s+){4}\S+$/, 'must be a cron schedule of five fields'),
    keepMonths: z.int().min(1).max(120),
    keepAuditMonths: z.int().min(12).max(120),
    resources,
  }),
};
