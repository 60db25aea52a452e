import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ecsNames, storePorts } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';
import type { Network } from './network.ts';

export interface RedisProps {
  readonly values: EcsValues;
  readonly network: Network;
  readonly authToken: Secret;
}

/** Redis on ElastiCache: a primary with replicas in the other zone. Its certificate comes from a public CA. */
export class Redis extends Construct {
  readonly group: CfnReplicationGroup;

  constructor(scope: Construct, id: string, { authToken, network, values }: RedisProps) {
    super(scope, id);
    const { nodes, nodeType } = values.ecs.redis;
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: 'Subnets of the Redis of the auth service',
      subnetIds: network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    });
    // With the default, volatile-lru, an attacker who fills the memory resets rate limits (docs/redis.md).
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: 'redis7',
      description: 'Redis of the auth service',
      properties: { 'maxmemory-policy': 'noeviction' },
    });
    this.group = new CfnReplicationGroup(this, 'Group', {
      replicationGroupId: ecsNames.redis,
      replicationGroupDescription: 'Redis of the auth service',
      engine: 'redis',
      engineVersion: '7.1',
      cacheNodeType: nodeType,
      numCacheClusters: nodes,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      authToken: authToken.secretValue.unsafeUnwrap(),
      autoMinorVersionUpgrade: true,
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: parameters.ref,
      securityGroupIds: [network.redis.securityGroupId],
      port: storePorts.redis,
    });
  }
}
