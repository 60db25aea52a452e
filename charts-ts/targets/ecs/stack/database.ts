import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { InstanceType, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { rdsAuthority } from '../database-ca.ts';
import { databaseRoles, ecsNames, storePorts } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';
import type { Network } from './network.ts';

export interface DatabaseProps {
  readonly values: EcsValues;
  readonly network: Network;
  readonly ownerPassword: Secret;
}

/** Postgres 16 on RDS. RDS applies minor versions in the maintenance window. */
export class Database extends Construct {
  readonly instance: DatabaseInstance;

  constructor(scope: Construct, id: string, { network, ownerPassword, values }: DatabaseProps) {
    super(scope, id);
    const { database, logRetentionDays } = values.ecs;
    // RDS would create it without an end of retention.
    const log = new LogGroup(this, 'Log', {
      logGroupName: `/aws/rds/instance/${ecsNames.database}/postgresql`,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.instance = new DatabaseInstance(this, 'Instance', {
      instanceIdentifier: ecsNames.database,
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
      instanceType: new InstanceType(database.instanceClass.replace(/^db\./, '')),
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [network.database],
      port: storePorts.database,
      databaseName: ecsNames.databaseName,
      credentials: Credentials.fromPassword(databaseRoles.owner, ownerPassword.secretValue),
      caCertificate: CaCertificate.of(rdsAuthority),
      parameters: {
        'rds.force_ssl': '1',
        max_connections: String(values.database.maxConnections),
        password_encryption: 'scram-sha-256',
      },
      ...storageOf(values),
      cloudwatchLogsExports: ['postgresql'],
    });
    this.instance.node.addDependency(log);
  }
}

function storageOf({ ecs }: EcsValues) {
  const { database } = ecs;
  return {
    allocatedStorage: database.storageGib,
    maxAllocatedStorage: database.maxStorageGib,
    storageType: StorageType.GP3,
    storageEncrypted: true,
    multiAz: database.multiAz,
    backupRetention: Duration.days(database.backupDays),
    deleteAutomatedBackups: false,
    deletionProtection: ecs.deletionProtection,
    removalPolicy: RemovalPolicy.SNAPSHOT,
    autoMinorVersionUpgrade: true,
  };
}
