import { z } from 'zod';
import { cpu, labels, memory } from './formats.ts';
import { scaling, spread } from './schema-scaling.ts';
import { workload } from './schema-workload.ts';

const quantities = z.strictObject({ cpu, memory, ephemeralStorage: memory });
const resources = z.strictObject({ requests: quantities, limits: quantities });

/** The values of the workload, with what only Kubernetes knows of pods. */
export const pods = {
  image: workload.image.extend({ pullSecrets: z.array(z.string()) }),
  ...scaling,
  resources,
  scheduling: z.strictObject({
    priorityClass: z.strictObject({
      create: z.boolean(),
      name: z.string().min(1),
      value: z.int().max(1_000_000_000),
    }),
    nodeSelector: labels,
    tolerations: z.array(z.record(z.string(), z.unknown())),
    ...spread,
  }),
  migrations: z.strictObject({ mode: z.enum(['initContainer', 'job']), resources }),
  purge: workload.purge.extend({ resources }),
};
