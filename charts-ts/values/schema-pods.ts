import { z } from 'zod';
import { objectReference, text } from './formats.ts';
import { cronFields, jobFields } from './formats-jobs.ts';
import { placement } from './schema-pod-options.ts';
import { resources } from './schema-resources.ts';
import { scaling, spread } from './schema-scaling.ts';
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
  ...scaling,
  resources,
  portKeeper: z.strictObject({ enabled: z.boolean(), resources }),
  scheduling: z.strictObject({
    priorityClass: z.strictObject({
      create: z.boolean(),
      name: z.string().min(1).optional(),
      value: z.int().max(1_000_000_000),
    }),
    ...placement,
    ...spread,
  }),
  migrations: z.strictObject({
    mode: z.enum(['initContainer', 'job']),
    ...jobFields,
    suspend: z.boolean(),
    resources,
  }),
  purge: workload.purge.extend({ ...cronFields, ...jobFields, resources }),
};
