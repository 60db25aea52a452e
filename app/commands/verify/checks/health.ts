import { failed, passed, skipped } from '../../checks/check.ts';
import type { VerifyCheck } from '../context.ts';
import { describe, fieldOf, textField } from '../describe-reply.ts';
import { trusted } from './tls.ts';

const category = 'Health';

export const healthChecks: readonly VerifyCheck[] = [
  {
    id: 'health',
    category,
    title: 'The service answers that it is healthy',
    documentation:
      'Section 5.1 of the deployment guide: `GET /api/v1/health` answers 200 with `"status":"healthy"`. 502 and 503 come from a proxy that reaches no replica, 404 from a proxy that routes elsewhere. Look at the log of the proxy, and then at that of the service.',
    needs: trusted,
    async run(context) {
      const reply = await context.health();
      if (reply.status === 200 && textField(reply, 'status') === 'healthy') return passed('healthy');
      return failed(
        describe(reply),
        'Look at the log of the proxy, and then at the log of the service for why it does not answer',
      );
    },
  },
  {
    id: 'version',
    category,
    title: 'The version is the expected one',
    documentation:
      'Compares the version in the health answer with `--expect-version`. Another version means that the new release is not rolled out yet (`--wait` repeats the check), that the rollout has failed, or that the image was not built from the commit that you think.',
    needs: ['health'],
    async run(context) {
      const found = textField(await context.health(), 'version') ?? 'none';
      const expected = context.options.expectedVersion;
      if (expected === undefined) return skipped(`The version is ${found}, and --expect-version names none`);
      if (found === expected) return passed(found);
      return failed(
        `The version is ${found} and not ${expected}`,
        'Wait for the rollout with --wait, or find out why it failed',
      );
    },
  },
  {
    id: 'environment',
    category,
    title: 'The service runs in production',
    documentation:
      'The health answer names `ENV`. In any other environment than `production` the rules that protect a deployment are off: rate limits may be off, hosts may be unknown, keys may be generated. `--expect-environment` names another value for a staging system. On a loopback address development is accepted.',
    needs: ['health'],
    async run(context) {
      const found = textField(await context.health(), 'environment') ?? 'none';
      const { expectedEnvironment } = context.options;
      const expected = expectedEnvironment ?? 'production';
      if (found === expected) return passed(found);
      if (context.target.isLoopback && expectedEnvironment === undefined)
        return skipped(`ENV is ${found}, and the host is a loopback address`);
      return failed(`ENV is ${found} and not ${expected}`, `Set ENV=${expected} and start the service again`);
    },
  },
  {
    id: 'readiness',
    category,
    title: 'The service is ready: Postgres, its schema and the signing key',
    documentation:
      '`GET /api/v1/health/ready` answers 200 with `"status":"ready"`. `degraded`, also with 200, means that Postgres is unavailable: tokens are checked, and nobody can log in. `postgres: down` means that the service does not reach the database, `schema: behind` that `migrate` has not run, `signing_key: revoked` that the key that signs was revoked, `isolated` that other replicas reach the database, `draining` that the replica is stopping. `auth-service doctor` on a replica finds the cause.',
    needs: ['health'],
    async run(context) {
      const reply = await context.readiness();
      if (reply.status === 200 && textField(reply, 'status') === 'ready') return passed('ready');
      const causes = ['postgres', 'schema', 'signing_key', 'isolated', 'draining']
        .map((name) => [name, String(fieldOf(reply, `checks.${name}`))] as const)
        .filter(([, value]) => ['down', 'behind', 'unknown', 'revoked', 'true'].includes(value))
        .map(([name, value]) => `${name}: ${value}`);
      const isDegraded = reply.status === 200 && textField(reply, 'status') === 'degraded';
      return failed(
        [isDegraded ? 'degraded: nobody can log in' : describe(reply), ...causes].join(', '),
        'Run auth-service doctor on a replica, and correct what it finds',
      );
    },
  },
  {
    id: 'readiness-redis',
    category,
    title: 'The service reaches Redis',
    documentation:
      'The service works without Redis, but with a quarter of each rate limit in each replica, and revocations take up to a second to reach the others. `redis: degraded` means that Redis does not answer, or refuses commands. `auth-service doctor` on a replica finds the cause.',
    needs: ['readiness'],
    async run(context) {
      const state = textField(await context.readiness(), 'checks.redis');
      if (state === 'up') return passed('up');
      return failed(
        `Redis is ${state ?? 'not reported'}`,
        'Run auth-service doctor on a replica, and correct what it finds about Redis',
      );
    },
  },
];
