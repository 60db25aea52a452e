import { z } from 'zod';
import { seconds, text } from '../../values/formats.ts';
import { workload } from '../../values/schema-workload.ts';
import { dynoSizes, limits, neededConnections, postgresConnections, postgresPlans } from './plans.ts';

export const herokuSchema = z.strictObject({
  ...workload,
  heroku: z.strictObject({
    app: text(
      /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/,
      'must be 3 to 30 lower case letters, digits and dashes, with a letter at the beginning',
    ),
    stack: z.enum(['heroku-22', 'heroku-24']),
    dyno: z.enum(dynoSizes),
    postgres: z.enum(postgresPlans),
    redis: text(/^(mini|premium-\d+)$/, 'must be a plan such as mini or premium-0'),
  }),
});

export type HerokuValues = z.infer<typeof herokuSchema>;

/** Values that contradict each other. */
export function* herokuFaults({ autoscaling, database, heroku, rollout }: HerokuValues): Iterable<string> {
  if (autoscaling.minReplicas !== autoscaling.maxReplicas) {
    yield 'autoscaling.maxReplicas: must equal minReplicas, because Heroku scales only performance dynos, and not by app.json';
  }
  const connections = postgresConnections[heroku.postgres];
  if (database.maxConnections > connections) {
    yield `database.maxConnections: must be at most ${connections}, which heroku-postgresql:${heroku.postgres} accepts`;
  }
  const needed = neededConnections(autoscaling.minReplicas, database.poolMax);
  if (needed > database.maxConnections) {
    yield `database.poolMax: the dynos of two releases need ${needed} connections, more than database.maxConnections`;
  }
  if (seconds(rollout.drainDelay) + seconds(rollout.shutdownTimeout) >= limits.terminationSeconds) {
    yield `rollout.shutdownTimeout: with drainDelay it must be shorter than ${limits.terminationSeconds} s, when Heroku kills the dyno`;
  }
  if (seconds(rollout.keepAliveTimeout) <= limits.routerIdleSeconds) {
    yield `rollout.keepAliveTimeout: must be longer than ${limits.routerIdleSeconds} s, for which the router keeps a connection`;
  }
  if (heroku.dyno === 'eco') {
    yield 'heroku.dyno: must not be eco, whose dynos sleep';
  }
}
