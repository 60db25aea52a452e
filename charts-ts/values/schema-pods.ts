import { z } from 'zod';
import { countOrPercent, cpu, labels, memory, text } from './formats.ts';
import { workload } from './schema-workload.ts';

const quantities = z.strictObject({ cpu, memory, ephemeralStorage: memory });
const resources = z.strictObject({ requests: quantities, limits: quantities });

/** The values of the workload, with what only Kubernetes knows of pods. */
export const pods = {
  image: workload.image.extend({ pullSecrets: z.array(z.string()) }),
  replicas: z.int().min(1),
  autoscaling: workload.autoscaling.extend({
    enabled: z.boolean(),
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
  rollout: workload.rollout.extend({
    maxSurge: countOrPercent,
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
  purge: workload.purge.extend({ resources }),
};
