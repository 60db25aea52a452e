import { z } from 'zod';
import { dnsLabel, hostName, text } from '../../values/formats.ts';
import { backupOptions } from '../../values/schema-backup.ts';
import { workload } from '../../values/schema-workload.ts';
import { type SecretKey, secretVariables } from '../../workload/settings.ts';

// reason: these keys are the type SecretKey.
const secretKeys = Object.keys(secretVariables) as [SecretKey, ...SecretKey[]];

/** The number of a version in Secret Manager. */
const version = z.int().min(1);

const cloudRun = z.strictObject({
  project: text(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be a project id'),
  projectNumber: text(/^\d{6,}$/, 'must be the number of the project, in quotes').optional(),
  region: text(/^[a-z]+-[a-z]+\d$/, 'must be a region such as asia-northeast3'),
  host: hostName,
  ingress: z.enum(['all', 'internal', 'internal-and-cloud-load-balancing']),
  loadBalancerAddress: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
  concurrency: z.int().min(1).max(1_000),
  requestTimeoutSeconds: z.int().min(1).max(3_600),
  serviceAccount: dnsLabel,
  migrationServiceAccount: dnsLabel,
  vpc: z.union(
    [z.strictObject({ network: dnsLabel, subnetwork: dnsLabel }), z.strictObject({ connector: dnsLabel })],
    'must be {network, subnetwork} or {connector}',
  ),
  separateOwner: z.boolean(),
  secretVersions: z.partialRecord(z.enum(secretKeys), version),
  publicKeyVersions: z.record(dnsLabel, version),
  metrics: z.strictObject({ enabled: z.boolean(), configVersion: version }),
  backup: z.strictObject({
    bucket: text(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'must be the name of a bucket').optional(),
    ageRecipients: backupOptions.ageRecipients,
    keep: backupOptions.keep,
    keepDays: backupOptions.keepDays,
    serviceAccount: dnsLabel,
    keyVersion: version,
  }),
});

/** The values of Cloud Run. */
export const schema = z.strictObject({
  ...workload,
  // Cloud Run has no setting for this target. A literal refuses what would have no effect.
  autoscaling: workload.autoscaling.extend({ cpuUtilization: z.literal(60) }),
  cloudRun,
});

export type CloudRunValues = z.infer<typeof schema>;

/** What contradicts each other, as `path: message`. The rules check everything that the finished files show. */
export function* faults(values: CloudRunValues): Generator<string> {
  const { autoscaling, database, jwt } = values;
  if (values.cloudRun.ingress === 'internal-and-cloud-load-balancing' && !values.cloudRun.loadBalancerAddress)
    yield 'cloudRun.loadBalancerAddress: is required behind a load balancer, which appends this address to X-Forwarded-For';
  const connections = 2 * autoscaling.maxReplicas * database.poolMax;
  if (connections > database.maxConnections)
    yield `database.maxConnections: must be at least ${connections}, because two revisions of maxReplicas instances with poolMax connections each may run during a deployment`;
  if (Object.keys(jwt.publicKeys).length > 0)
    yield 'jwt.publicKeys: Cloud Run mounts no texts of values; add each key as a version of the secret jwt-public-keys and name it in cloudRun.publicKeyVersions';
}
