import { redisErrorReasons } from '../redis-errors.ts';
import { event } from './event.ts';
import { list, oneOf, text } from './field.ts';
import { err } from './subject-fields.ts';

const problem = text('connection, commands, mode or shard HOST:PORT');

/** The events of Redis. */
export const redisEvents = {
  redis_lost: event(
    ['warn', 'error'],
    'Redis, or a shard of a cluster, does not answer (warn), or cannot be used until an operator corrects something (error): access rights, password, database, certificate. The service uses its fallbacks. See [redis.md](redis.md#what-the-log-says).',
    {
      required: {
        problem,
        reason: oneOf([...redisErrorReasons, 'certificate', 'unreachable'], 'what the error means'),
        err,
      },
      optional: { commands: list(text('a command'), 'commands that Redis refuses') },
    },
  ),
  redis_back: event('info', 'The problem of `redis_lost` has ended.', { required: { problem } }),
  redis_evicts: event('warn', 'A full Redis may delete keys of the service before they expire.', {
    required: { policy: text('maxmemory-policy of the server') },
  }),
  redis_unverified: event('warn', '`REDIS_TLS=unverified`: the certificate of Redis is not verified.'),
} as const;
