import { z } from 'zod';
import { cidr, hostName } from '../../values/formats.ts';
import { backupOptions } from '../../values/schema-backup.ts';
import { workload } from '../../values/schema-workload.ts';

const image = workload.image;

/** The values of one server: the workload, and what runs beside the service. */
export const singleServerSchema = z.strictObject({
  ...workload,
  singleServer: z.strictObject({
    host: hostName,
    stores: z.enum(['managed', 'local']),
    ownerRole: z.boolean(),
    network: cidr.refine(
      (text) => /^\d+\.\d+\.\d+\.0\/24$/.test(text),
      'must be an IPv4 block of 256 addresses such as 172.30.10.0/24',
    ),
    nginx: z.strictObject({ image }),
    postgres: z.strictObject({ image }),
    redis: z.strictObject({ image }),
    backup: z.strictObject(backupOptions),
  }),
});

export type SingleServerValues = z.infer<typeof singleServerSchema>;
