import { type Broken, broken } from '../../charts/targets/support/ecs-broken.ts';

/** What the rules of the toolkit of AWS refuse. */
export const refusedByToolkit: readonly Broken[] = [
  broken(
    'an unknown property',
    '"MultiAZ": false',
    '"MultiAz": false',
    "DatabaseInstance.MultiAz: Additional properties are not allowed ('MultiAz' was unexpected. Did you mean 'MultiAZ'?) [toolkit-F3002]",
  ),
  broken(
    'a type that does not exist',
    '"Type": "AWS::EC2::NatGateway"',
    '"Type": "AWS::EC2::NatGateways"',
    "NetworkVpcPublicSubnet1NATGateway: Unknown resource type 'AWS::EC2::NatGateways' [toolkit-F3006]",
  ),
  broken(
    'a protocol that does not exist',
    '"Port": 443,\n  "Protocol": "HTTPS"',
    '"Port": 443,\n  "Protocol": "TLSv1"',
    "LoadBalancerBalancerHttps.Protocol: 'TLSv1' is not one of ['GENEVE', 'HTTP', 'HTTPS', 'QUIC', 'TCP', 'TCP_QUIC', 'TCP_UDP', 'TLS', 'UDP'] [toolkit-W3030]",
  ),
  broken(
    'a text instead of a number',
    '"NumCacheClusters": 2',
    '"NumCacheClusters": "two"',
    "RedisGroup.NumCacheClusters: 'two' is not of type 'integer' [toolkit-F3012]",
  ),
  broken(
    'a property that is missing',
    '"ReplicationGroupDescription": "Redis of the auth service",',
    '',
    "RedisGroup: 'ReplicationGroupDescription' is a required property [toolkit-F3003]",
  ),
  broken(
    'a dependency on nothing',
    '"DependsOn": ["DatabaseLog"],\n "UpdateReplacePolicy": "Snapshot"',
    '"DependsOn": ["DatabaseLogs"],\n "UpdateReplacePolicy": "Snapshot"',
    "DatabaseInstance: DependsOn target 'DatabaseLogs' does not exist as a resource [toolkit-E3005]",
  ),
];

/** What cdk-nag refuses. */
export const nagged: readonly Broken[] = [
  broken(
    'a disk in clear',
    '"StorageEncrypted": true',
    '"StorageEncrypted": false',
    'DatabaseInstance: The RDS instance or Aurora DB cluster does not have storage encryption enabled. [nag-RDS2]',
  ),
  broken(
    'a database that one call deletes',
    '"DeletionProtection": true',
    '"DeletionProtection": false',
    'DatabaseInstance: The RDS instance or Aurora DB cluster does not have deletion protection enabled. [nag-RDS10]',
  ),
  broken(
    'Redis in one zone',
    '"MultiAZEnabled": true',
    '"MultiAZEnabled": false',
    'RedisGroup: The ElastiCache Redis cluster is not deployed in a Multi-AZ configuration. [nag-AEC4]',
  ),
  broken(
    'Redis with data in clear',
    '"AtRestEncryptionEnabled": true',
    '"AtRestEncryptionEnabled": false',
    'RedisGroup: The ElastiCache Redis cluster does not have both encryption in transit and at rest enabled. [nag-AEC3]',
  ),
  broken(
    'a cluster without insights',
    '{"Name":"containerInsights","Value":"enabled"}',
    '{"Name":"containerInsights","Value":"disabled"}',
    'Cluster: The ECS Cluster has CloudWatch Container Insights disabled. [nag-ECS4]',
  ),
  broken(
    'a role that may start everything',
    '"Action":"ecs:RunTask"',
    '"Action":"ecs:*"',
    'PurgeTaskEventsRoleDefaultPolicy: The IAM entity contains wildcard permissions and does not have a cdk-nag rule suppression with evidence for those permission. [nag-IAM5[Action::ecs:*]]',
  ),
  broken(
    'alarms that anybody may read on their way',
    '"Condition": {"Bool":{"aws:SecureTransport":"false"}},',
    '',
    'AlarmsTopic: The SNS Topic does not require publishers to use SSL. [nag-SNS3]',
  ),
];
