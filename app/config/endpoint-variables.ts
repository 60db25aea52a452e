import { variable } from './entry.ts';
import { duration, onOff } from './format.ts';

/** The variables of when a replica gets requests, a part of the table in variables.ts. */
export const endpointVariables = {
  readiness: {
    requiresPostgres: variable('READINESS_REQUIRES_POSTGRES', onOff, 'off').help(
      'Whether a replica is unready while Postgres is unavailable. With off it stays ready if it can still check tokens and no other replica can do more.',
    ),
  },
  shutdown: {
    drainDelay: variable('DRAIN_DELAY', duration('0s', '1h'), '0s').help(
      'Time after SIGTERM during which the service is unready and still accepts requests.',
    ),
    timeout: variable('SHUTDOWN_TIMEOUT', duration('0s', '1h'), '25s').help(
      'Time that requests in flight then have to finish.',
    ),
  },
};
