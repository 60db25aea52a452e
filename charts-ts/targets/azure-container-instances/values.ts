import { z } from 'zod';
import { cidr, hostName, text } from '../../values/formats.ts';
import { workload } from '../../values/schema-workload.ts';

const resourceName = text(/^[A-Za-z0-9][\w.-]{0,78}\w$/, 'must be the name of an Azure resource');

const azure = z.strictObject({
  subscription: z.guid('must be the id of a subscription'),
  resourceGroup: resourceName,
  host: hostName,
  keyVault: text(/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, 'must be the name of a Key Vault'),
  identity: resourceName,
  workspace: resourceName,
  network: z.strictObject({
    name: resourceName,
    containerSubnet: resourceName,
    gatewaySubnet: resourceName,
    gatewaySubnetCidr: cidr,
  }),
  gateway: z.strictObject({
    identity: resourceName,
    certificate: resourceName,
    minCapacity: z.int().min(0).max(100),
    maxCapacity: z.int().min(2).max(125),
  }),
  separateOwner: z.boolean(),
});

/** The values of Azure Container Instances. */
export const schema = z.strictObject({ ...workload, azure });

export type AzureValues = z.infer<typeof schema>;

/** A schedule that the recurrence of a Logic App can express, or null. */
export function dailyTime(schedule: string): { hour: number; minute: number } | null {
  const [, minute, hour] = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(schedule.trim().replace(/\s+/g, ' ')) ?? [];
  if (minute === undefined || hour === undefined || Number(minute) > 59 || Number(hour) > 23) return null;
  return { hour: Number(hour), minute: Number(minute) };
}

/** What contradicts each other, as `path: message`. The rules check everything that the finished files show. */
export function* faults(values: AzureValues): Generator<string> {
  const { autoscaling, database, image, purge } = values;
  if (autoscaling.minReplicas !== autoscaling.maxReplicas)
    yield 'autoscaling.maxReplicas: must equal minReplicas, because Container Instances do not scale by themselves';
  // Both revisions run during a deployment.
  const connections = 2 * autoscaling.maxReplicas * database.poolMax;
  if (connections > database.maxConnections)
    yield `database.maxConnections: must be at least ${connections}, because two revisions of maxReplicas groups with poolMax connections each run during a deployment`;
  if (!/^[a-z0-9]+\.azurecr\.io\//.test(image.repository))
    yield 'image.repository: must be in an Azure Container Registry, NAME.azurecr.io/…, which the managed identity can read';
  if (purge.enabled && !dailyTime(purge.schedule))
    yield 'purge.schedule: must be MINUTE HOUR * * *, because the trigger starts the purge once a day';
  if (values.azure.gateway.minCapacity > values.azure.gateway.maxCapacity)
    yield 'azure.gateway.maxCapacity: must not be less than minCapacity';
}
