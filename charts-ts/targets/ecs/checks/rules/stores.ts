import { containerNames } from '../../ecs-names.ts';
import { containersOf } from '../containers.ts';
import type { Finding, Rule } from '../rule.ts';
import { referenceOf, type Template, textOf, treeOf } from '../template.ts';

/** Names that RDS refuses or keeps for itself. */
const reservedUsers = ['admin', 'postgres', 'rdsadmin', 'rds_superuser', 'rdsrepladmin', 'master'];

/** Whether a text contains no secret itself, but the reference to one. */
const isReference = (value: unknown): boolean =>
  JSON.stringify(value ?? '').includes('{{resolve:secretsmanager:');

const database: Rule = {
  id: 'database',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::RDS::DBInstance')) {
      const user = textOf(properties.MasterUsername);
      if (reservedUsers.includes(user) || user.startsWith('pg_'))
        yield [id, `RDS refuses ${user} as the name of the master user of Postgres`];
      if (!properties.ManageMasterUserPassword && !isReference(properties.MasterUserPassword))
        yield [
          id,
          'MasterUserPassword must refer to a secret, because everybody who may read the stack sees the text',
        ];
      if (properties.PubliclyAccessible === true) yield [id, 'must not be reachable from the internet'];
      if (Number(properties.BackupRetentionPeriod ?? 1) < 1)
        yield [id, 'must have backups: BackupRetentionPeriod is 0'];
      if (!/^16(\.|$)/.test(textOf(properties.EngineVersion)))
        yield [id, `must be Postgres 16, and is ${properties.EngineVersion}`];
    }
  },
};

const redis: Rule = {
  id: 'redis',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::ElastiCache::ReplicationGroup')) {
      if (properties.TransitEncryptionEnabled !== true)
        yield [
          id,
          'must have TransitEncryptionEnabled: ElastiCache refuses an auth token without TLS, and the service a URL without rediss://',
        ];
      if (!properties.AuthToken)
        yield [id, 'needs an auth token, because everybody in the network could read and change sessions'];
      else if (!isReference(properties.AuthToken))
        yield [
          id,
          'AuthToken must refer to a secret, because everybody who may read the stack sees the text',
        ];
      if (properties.AutomaticFailoverEnabled === true && Number(properties.NumCacheClusters) < 2)
        yield [id, 'AutomaticFailoverEnabled needs at least 2 nodes'];
    }
  },
};

const secretTexts: Rule = {
  id: 'secret-text',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::SecretsManager::Secret')) {
      if (properties.SecretString !== undefined && !isReference(properties.SecretString))
        yield [
          id,
          'SecretString contains the secret itself: refer to another secret, or create it with aws secretsmanager create-secret',
        ];
    }
  },
};

/** `max_connections` of the parameter group of the database, if it sets it. */
function maxConnections(template: Template): number | undefined {
  const [instance] = template.ofType('AWS::RDS::DBInstance');
  const name = referenceOf(instance?.properties.DBParameterGroupName);
  const group = template.ofType('AWS::RDS::DBParameterGroup').find(({ id }) => id === name);
  const value = treeOf(group?.properties.Parameters).max_connections;
  return value === undefined ? undefined : Number(value);
}

const connections: Rule = {
  id: 'connections',
  *check(template): Iterable<Finding> {
    const limit = maxConnections(template);
    const container = containersOf(template).find(({ name }) => name === containerNames.service);
    if (limit === undefined || !container) return;
    for (const { id, properties } of template.ofType('AWS::ApplicationAutoScaling::ScalableTarget')) {
      // A deployment replaces each task, and those that it has stopped keep their connections while they drain.
      const tasks = 2 * Number(properties.MaxCapacity);
      const needed = tasks * Number(container.env.DB_POOL_MAX);
      if (needed > limit)
        yield [
          id,
          `${tasks} tasks during a deployment, with those that stop, need ${needed} connections, and max_connections of Postgres is ${limit}`,
        ];
    }
  },
};

/** Rules about Postgres, Redis and their secrets. */
export const storeRules: readonly Rule[] = [database, redis, secretTexts, connections];
