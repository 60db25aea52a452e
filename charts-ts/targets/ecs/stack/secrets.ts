import { SecretValue } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { SecretKey } from '../../../workload/settings.ts';
import { databaseRoles, ecsNames, storePorts } from '../ecs-names.ts';
import { secretNames } from '../platform.ts';
import type { Database } from './database.ts';
import type { Passwords } from './passwords.ts';
import type { Redis } from './redis.ts';

export interface SecretsProps {
  readonly database: Database;
  readonly redis: Redis;
  readonly passwords: Passwords;
}

const textOf = (password: Secret): string => password.secretValue.unsafeUnwrap();

/** The secrets of the containers. The stack writes the URLs of its stores, and the operator creates all others. */
export class Secrets extends Construct {
  private readonly known = new Map<SecretKey, ISecret>();

  constructor(scope: Construct, id: string, { database, passwords, redis }: SecretsProps) {
    super(scope, id);
    const host = database.instance.dbInstanceEndpointAddress;
    const postgres = (role: string, password: Secret): string =>
      `postgresql://${role}:${textOf(password)}@${host}:${storePorts.database}/${ecsNames.databaseName}`;
    this.url('db-url', 'Postgres, for the service', postgres(databaseRoles.service, passwords.service));
    this.url('db-owner-url', 'Postgres, for the migration', postgres(databaseRoles.owner, passwords.owner));
    const redisHost = redis.group.attrPrimaryEndPointAddress;
    this.url('redis-url', 'Redis', `rediss://:${textOf(passwords.redis)}@${redisHost}:${storePorts.redis}/0`);
  }

  /** CloudFormation resolves the references to passwords when it creates or changes the secret. */
  private url(key: SecretKey, description: string, text: string): void {
    const secret = new Secret(this, key, {
      secretName: secretNames[key],
      description: `URL of ${description}`,
      secretStringValue: SecretValue.unsafePlainText(text),
    });
    this.known.set(key, secret);
  }

  of(key: SecretKey): ISecret {
    const known = this.known.get(key) ?? Secret.fromSecretNameV2(this, key, secretNames[key]);
    this.known.set(key, known);
    return known;
  }
}
