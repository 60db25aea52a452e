import { z } from 'zod';
import { cpu, memory, text } from './formats.ts';

/** Such as example.com/gpu: 1 or hugepages-2Mi: 4Mi. YAML reads the first one as a number. */
const otherQuantity = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  text(/^\d+(Ki|Mi|Gi)?$/, 'must be a quantity such as 1 or 4Mi'),
);

const otherResource = z.string().regex(/^(hugepages-\d+[KMG]i|[a-z0-9.-]+\/[A-Za-z0-9._-]+)$/);

/** Refuses a misspelt resource, which Kubernetes would accept from no pod. */
function refuseUnknown(amounts: object, context: z.RefinementCtx): void {
  const known = ['cpu', 'memory', 'ephemeralStorage'];
  for (const name of Object.keys(amounts))
    if (!known.includes(name) && !otherResource.safeParse(name).success)
      context.addIssue({ code: 'custom', path: [name], message: 'is not a known key' });
}

const requests = z
  .object({ cpu, memory, ephemeralStorage: memory.optional() })
  .catchall(otherQuantity)
  .superRefine(refuseUnknown);

/** Without a CPU limit a container uses what its node has to spare. Memory has a limit always: the service divides it. */
const limits = z
  .object({ cpu: cpu.optional(), memory, ephemeralStorage: memory.optional() })
  .catchall(otherQuantity)
  .superRefine(refuseUnknown);

export const resources = z.strictObject({ requests, limits });
export type Resources = z.infer<typeof resources>;
