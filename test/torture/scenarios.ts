import type { Scenario } from './bench/world.ts';
import { flood } from './scenarios/flood.ts';
import { postgresOutage } from './scenarios/postgres-outage.ts';
import { redisOutage } from './scenarios/redis-outage.ts';

/** In the order in which `npm run torture` runs them. */
export const scenarios: readonly Scenario[] = [flood, redisOutage, postgresOutage];
