import { z } from 'zod';
import { countOrPercent, text } from './formats.ts';
import { workload } from './schema-workload.ts';

/** A part of a Kubernetes object. The gate checks it in the object that contains it. */
const part = z.record(z.string(), z.unknown());

/** Per cent of a request. More than 100 lets a pod use more than it requests before the autoscaler adds another one. */
const utilization = z.int().min(1).max(1_000).optional();

const autoscaling = workload.autoscaling.extend({
  enabled: z.boolean(),
  kind: z.enum(['hpa', 'keda']),
  cpuUtilization: utilization,
  memoryUtilization: utilization,
  measuredContainers: z.enum(['all', 'api']),
  hashWait: z.strictObject({
    enabled: z.boolean(),
    target: text(/^\d+m?$/, 'must be seconds or milliseconds such as 1 or 100m'),
  }),
  extraMetrics: z.array(part),
  behavior: part.optional(),
  keda: z.strictObject({ triggers: z.array(part), prometheusAddress: z.url().optional(), options: part }),
});

const probe = z.strictObject({
  initialDelaySeconds: z.int().min(0),
  periodSeconds: z.int().min(1),
  timeoutSeconds: z.int().min(1),
  failureThreshold: z.int().min(1),
});

/** How many pods there are, how a rollout replaces them, and when one counts as started, alive and ready. */
export const scaling = {
  replicas: z.int().min(1).optional(),
  autoscaling,
  disruptionBudget: z.strictObject({
    enabled: z.boolean(),
    minAvailable: countOrPercent.optional(),
    maxUnavailable: countOrPercent.optional(),
  }),
  rollout: workload.rollout.extend({
    maxSurge: countOrPercent,
    maxUnavailable: countOrPercent,
    gracePeriodSeconds: z.int().min(1),
    minReadySeconds: z.int().min(0),
    progressDeadlineSeconds: z.int().min(1),
    revisionHistoryLimit: z.int().min(1),
  }),
  probes: z.strictObject({
    startup: probe,
    liveness: probe.extend({ terminationGracePeriodSeconds: z.int().min(1) }),
    readiness: probe.extend({ successThreshold: z.int().min(1) }),
  }),
};

/** Where the pods of the API run, beside what every pod has. */
export const spread = {
  zoneSpread: z.enum(['ScheduleAnyway', 'DoNotSchedule', 'none']),
  topologySpread: z.array(part).optional(),
};
