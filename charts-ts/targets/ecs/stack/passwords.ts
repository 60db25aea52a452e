import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EcsValues } from '../values.ts';

/**
 * Passwords that Secrets Manager generates. The template contains references to them and never a password. A new
 * generation is a new secret, so CloudFormation writes the new password wherever the old one was.
 */
export class Passwords extends Construct {
  readonly owner: Secret;
  readonly service: Secret;
  readonly redis: Secret;

  constructor(scope: Construct, id: string, { ecs: { passwordGeneration } }: EcsValues) {
    super(scope, id);
    const generation = passwordGeneration === 1 ? '' : String(passwordGeneration);
    this.owner = this.password(`Owner${generation}`, 'Password of the role of Postgres that owns the tables');
    this.service = this.password(`Service${generation}`, 'Password of the role of Postgres of the service');
    // CloudFormation cannot replace a token without an outage. docs/deploy/ecs.md shows how to rotate it.
    this.redis = this.password('Redis', 'First auth token of Redis');
  }

  private password(id: string, description: string): Secret {
    return new Secret(this, id, {
      description,
      // Letters and digits need no escape in a URL, and ElastiCache accepts them all.
      generateSecretString: { excludePunctuation: true, passwordLength: 48 },
    });
  }
}
