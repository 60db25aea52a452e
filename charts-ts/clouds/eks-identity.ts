import type { Eks, Values } from '../values/schema.ts';
import { roleArn } from '../values/schema-clouds.ts';
import { type Cloud, readsCloudStore } from './cloud.ts';

/** Amazon binds a role to the ServiceAccount: no annotation names it. */
const podIdentity = 'pod-identity';

/** The agent of EKS Pod Identity, which answers on each node. */
const podIdentityAgent = [{ cidr: '169.254.170.23/32' }, { cidr: 'fd00:ec2::23/128' }];

/** What lets the pods of a ServiceAccount act as a role. */
export function eksWorkloadIdentity(role: string): ReturnType<Cloud['workloadIdentity']> {
  if (role === podIdentity)
    return { annotations: {}, podLabels: {}, egress: [{ peers: podIdentityAgent, port: 80 }] };
  return { annotations: { 'eks.amazonaws.com/role-arn': role }, podLabels: {}, egress: [] };
}

/** What is wrong with the roles, and the region, that the pods use: `path: message`. */
export function* identityFaults({ backup, secrets }: Values, eks: Eks): Iterable<string> {
  const { identity } = backup;
  if (backup.enabled && identity && identity !== podIdentity && !roleArn.test(identity))
    yield `backup.identity: must be the ARN of an IAM role, or ${podIdentity} for EKS Pod Identity`;
  if (!readsCloudStore(secrets)) return;
  if (!eks.region)
    yield 'eks.region: is required because secrets.source is external: name the region of Secrets Manager';
  if (!eks.secretsRoleArn)
    yield 'eks.secretsRoleArn: is required because secrets.source is external: give the ARN of the IAM role that may read the secrets, or name a store of your own in secrets.external.store, such as one for EKS Pod Identity';
}
