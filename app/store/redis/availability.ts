import type { Logger, LogOf } from '../../observe/log.ts';
import { meaningOf, type RedisErrorReason } from '../../observe/redis-errors.ts';
import { isCertificateError } from '../certificates.ts';

/** What an operator should do about an error that does not end by itself. */
const advice: Partial<Record<RedisErrorReason, string>> = {
  no_permission: 'The user in REDIS_URL lacks rights that the service needs; docs/redis.md lists them.',
  unauthenticated: 'The user or the password in REDIS_URL (or REDIS_SENTINEL_PASSWORD) is wrong or missing.',
  unknown_master: 'The sentinels do not know the name of the master in REDIS_URL.',
  wrong_database: 'REDIS_URL names a database that the server does not have. A cluster has only database 0.',
  wrong_mode: 'REDIS_URL lists several servers, which must be nodes of one cluster.',
  sentinel: 'REDIS_URL names a sentinel: use redis+sentinel:// or rediss+sentinel://.',
  unknown_command:
    'The server is no Redis 6.2 or newer, or a provider has removed commands; docs/redis.md lists them.',
};

/** ioredis hides the error of the last node of a cluster in this property. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && 'lastNodeError' in error && error.lastNodeError ? error.lastNodeError : error;

function describe(cause: unknown): {
  readonly reason: RedisErrorReason | 'certificate' | 'unreachable';
  readonly isMistake: boolean;
  readonly message: string;
} {
  if (isCertificateError(cause)) {
    const message = `Redis cannot be verified: its certificate is refused (${cause.code}). Set REDIS_CA_FILE or REDIS_CA to the certificate of its CA, or accept every certificate with REDIS_TLS=unverified.`;
    return { reason: 'certificate', isMistake: true, message };
  }
  const meaning = meaningOf(cause);
  const hint = meaning && advice[meaning.reason];
  if (hint) return { reason: meaning.reason, isMistake: true, message: `Redis cannot be used. ${hint}` };
  return { reason: meaning?.reason ?? 'unreachable', isMistake: false, message: 'Redis does not answer' };
}

export type Availability = ReturnType<typeof createAvailability>;

/**
 * Collects what prevents commands from success: a lost connection, a shard that does not answer, commands that Redis
 * refuses. Each problem is logged once when it begins, however many commands it affects, and once when it ends. The log
 * level is error if only an operator can end it.
 * @param onChange called on each change. Redis is unavailable until the first connection.
 */
export function createAvailability(log: Logger, onChange: (isAvailable: boolean) => void) {
  const lines: LogOf<'redis_lost', 'error' | 'warn'> = log;
  /** The logged reason of each problem; null if nothing is logged yet. */
  const problems = new Map<string, string | null>([['connection', null]]);
  onChange(false);

  return {
    isAvailable: (): boolean => problems.size === 0,

    /** @param cause logged with the first line of a problem. Without it nothing is logged yet. */
    lost(problem: string, error?: unknown, fields: { readonly commands?: readonly string[] } = {}): void {
      const logged = problems.get(problem);
      const wasAvailable = problems.size === 0;
      problems.set(problem, logged ?? null);
      if (wasAvailable) onChange(false);
      if (error === undefined) return;
      const err = causeOf(error);
      const { reason, isMistake, message } = describe(err);
      // A mistake that shows up later, such as a wrong password after a restart of the server, is logged as well.
      if (logged && (logged === reason || !isMistake)) return;
      problems.set(problem, reason);
      const level = isMistake ? 'error' : 'warn';
      lines[level]({ event: 'redis_lost', problem, reason, err, ...fields }, message);
    },

    back(problem: string): void {
      const logged = problems.get(problem);
      if (!problems.delete(problem)) return;
      if (logged) log.info({ event: 'redis_back', problem }, 'Redis can be used again');
      if (problems.size === 0) onChange(true);
    },
  };
}
