/**
 * What an error of Redis means for the service. `configuration` does not end without an operator. `outage` ends by
 * itself. `refused_write` is a server that answers reads only.
 */
type RedisErrorClass = 'configuration' | 'outage' | 'refused_write';

/**
 * Redis has no error codes apart from the first word. In an error of a script that word may stand further back. Errors
 * of the client have no code either. The first pattern that matches decides.
 */
const patterns = [
  ['no_permission', 'configuration', /\bNOPERM\b|user executing the script can't/],
  [
    'unauthenticated',
    'configuration',
    /(^|Last error: )(NOAUTH|WRONGPASS|DENIED)\b|invalid password|invalid username-password/,
  ],
  ['wrong_database', 'configuration', /DB index is out of range|SELECT is not allowed in cluster mode/],
  ['wrong_mode', 'configuration', /^(MOVED|CROSSSLOT)\b|cluster support disabled/],
  ['sentinel', 'configuration', /names a sentinel/],
  [
    'unknown_master',
    'configuration',
    /No such master with that name|^connected to sentinel .* invalid reply: null$/,
  ],
  ['unknown_command', 'configuration', /^ERR unknown (sub)?command/i],
  ['read_only', 'refused_write', /\bREADONLY\b/],
  ['out_of_memory', 'refused_write', /\bOOM\b/],
  ['not_persistent', 'refused_write', /\bMISCONF\b/],
  ['too_few_replicas', 'refused_write', /\bNOREPLICAS\b/],
  ['loading', 'outage', /^(LOADING|MASTERDOWN)\b/],
  ['busy', 'outage', /^BUSY\b|max number of clients reached/],
  ['shard_down', 'outage', /^CLUSTERDOWN\b|Too many Cluster redirections/],
  ['no_answer', 'outage', /^(Command timed out|Connection is closed\.?)$/],
] as const satisfies readonly (readonly [string, RedisErrorClass, RegExp])[];

export type RedisErrorReason = (typeof patterns)[number][0];

/** In the order of the table. */
export const redisErrorReasons: readonly RedisErrorReason[] = patterns.map(([reason]) => reason);

interface RedisErrorMeaning {
  readonly reason: RedisErrorReason;
  readonly class: RedisErrorClass;
}

/** Null for an error that says nothing about Redis, such as an unknown script, which the client sends again. */
export function meaningOf(error: unknown): RedisErrorMeaning | null {
  if (!(error instanceof Error)) return null;
  const found = patterns.find(([, , pattern]) => pattern.test(error.message));
  return found ? { reason: found[0], class: found[1] } : null;
}
