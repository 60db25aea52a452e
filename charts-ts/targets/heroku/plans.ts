/** MiB of memory of a dyno by its size (devcenter.heroku.com/articles/dyno-sizes). */
export const dynoMemory = {
  eco: 512,
  basic: 512,
  'standard-1x': 512,
  'standard-2x': 1_024,
  'performance-m': 2_560,
  'performance-l': 14_336,
  'private-s': 1_024,
  'private-m': 2_560,
  'private-l': 14_336,
  'shield-s': 1_024,
  'shield-m': 2_560,
  'shield-l': 14_336,
} as const satisfies Record<string, number>;

export type DynoSize = keyof typeof dynoMemory;

// reason: Object.keys forgets the names of the keys.
export const dynoSizes = Object.keys(dynoMemory) as DynoSize[];

/** Connections that a plan of Heroku Postgres accepts (devcenter.heroku.com/articles/heroku-postgres-plans). */
export const postgresConnections = {
  'essential-0': 20,
  'essential-1': 20,
  'essential-2': 40,
  'standard-0': 120,
  'standard-2': 400,
  'standard-3': 500,
  'premium-0': 120,
  'premium-2': 400,
  'premium-3': 500,
} as const satisfies Record<string, number>;

export type PostgresPlan = keyof typeof postgresConnections;

// reason: Object.keys forgets the names of the keys.
export const postgresPlans = Object.keys(postgresConnections) as PostgresPlan[];

/** The version of Heroku Postgres, as in the deployment guide. */
export const postgresVersion = '16';

/** Seconds after SIGTERM until Heroku kills a dyno, and seconds for which its router keeps an idle connection. */
export const limits = { terminationSeconds: 30, routerIdleSeconds: 90 } as const;

/** One connection for the release phase, one for the purge and one for a command of an operator. */
const otherConnections = 3;

/** The connections that the service needs while the dynos of two releases overlap. */
export const neededConnections = (dynos: number, poolMax: number): number =>
  2 * dynos * poolMax + otherConnections;
