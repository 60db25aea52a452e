import { z } from 'zod';
import { countOrPercent, objectReference, text } from './formats.ts';
import { cronFields, jobFields } from './formats-jobs.ts';
import { placement } from './schema-pod-options.ts';
import { resources } from './schema-resources.ts';
import { workload } from './schema-workload.ts';

/** The values of the workload, with what only Kubernetes knows of pods. */
export const pods = {
  image: workload.image.extend({
    registry: text(
      /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d+)?(\/[a-z0-9._-]+)*$/,
      'must be a registry such as registry.example.com, with a path or without',
    ).optional(),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    pullSecrets: z.array(objectReference),
  }),
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
    ...placement,
    zoneSpread: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
  }),
  migrations: z.strictObject({
    mode: z.enum(['initContainer', 'job']),
    ...jobFields,
    suspend: z.boolean(),
    resources,
  }),
  purge: workload.purge.extend({ ...cronFields, ...jobFields, resources }),
};
