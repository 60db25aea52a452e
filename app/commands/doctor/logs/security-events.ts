import type { EventSpec } from '../../../observe/events/event.ts';
import { events } from '../../../observe/events/events.ts';
import { rulesOf } from './log-rule.ts';

/** Log events about keys, accounts and the process. The pattern is for the name of the event and what follows it. */
export const securityEventRules = rulesOf([
  [
    'event-keys-inconsistent',
    /^signing_keys_(inconsistent|unread)/,
    'failed',
    'The key files are no pair or cannot be read; the previous keys stay in use',
    'Mount both files of one pair',
    'jwt-key-pair',
  ],
  [
    'event-key-revoked',
    /^signing_key_(unusable|revoked)/,
    'failed',
    'A signing key is revoked',
    'Configure a new key',
    'jwt-key-revoked',
    'LeakedSigningKey',
  ],
  [
    'event-public-key',
    /^public_key_unusable/,
    'warning',
    'A file in JWT_PUBLIC_KEYS_DIR is no public key',
    'Correct or remove the file',
    'jwt-key-form',
  ],
  [
    'event-key-readable',
    /^key_file_readable/,
    'warning',
    'Every user of the machine can read the signing key',
    'Run chmod o= on the file',
    'jwt-key-permissions',
  ],
  [
    'event-weak-secret',
    /^weak_secret/,
    'warning',
    'The secret of HS256 could be guessed',
    'Generate one with openssl rand -base64 48',
    'jwt-secret-strength',
  ],
  [
    'event-revocations-unread',
    /^revoked_keys_un(read|usable)/,
    'failed',
    'The list of revoked keys could not be read',
    'Check Postgres, or the file in JWT_REVOKED_KEYS_FILE',
    'database-rights',
    'LeakedSigningKey',
  ],
  [
    'event-revocation-not-announced',
    /^(revocation_not_announced|session_events_unavailable)/,
    'warning',
    'Other replicas learn of a revocation up to a second later',
    'Check Redis',
    'redis-login',
  ],
  [
    'event-copies-refused',
    /^state_copy_refused/,
    'warning',
    'Somebody else wrote session states to Redis',
    'Find out who can write to Redis',
    'redis-password',
    'AuthStateCopiesForged',
  ],
  [
    'event-account-locked',
    /^account_locked/,
    'warning',
    'An account has used up its login attempts',
    'Find out whether passwords are being guessed',
    undefined,
    'AuthLoginFailureSurge',
  ],
  [
    'event-refresh-reuse',
    /^refresh_reuse/,
    'warning',
    'A refresh token was used twice: a stolen token, or a client that does not store the new one',
    'Correct the client, or tell the user',
    undefined,
    'AuthRefreshTokenReuse',
  ],
  [
    'event-session-anomaly',
    /^session_anomaly/,
    'warning',
    'One refresh token was used from two networks',
    'Find out whether the client sends requests in parallel',
    undefined,
    'AuthSessionAnomalies',
  ],
  [
    'event-breach-check',
    /^breach_check_failed/,
    'warning',
    'The server with breached passwords did not answer',
    'Allow PASSWORD_BREACH_URL through the firewall',
    undefined,
  ],
  [
    'event-crashed',
    /^crashed/,
    'failed',
    'The process ended because of an uncaught error',
    'Report the stack of the line as a bug',
    undefined,
    'AuthPodsRestarting',
  ],
  [
    'event-port-kept',
    /^port_kept/,
    'failed',
    'The process of the service ended by itself, and the port keeper kept its port open',
    'Read the last lines of the ended container (kubectl logs --previous) for the reason; SIGABRT may mean that Node.js had no memory left',
    'memory-limit',
    'AuthPodsRestarting',
  ],
  [
    'event-port-not-kept',
    /^port_not_kept/,
    'failed',
    'The service did not start again in time, and connections to its port are refused',
    'Read the lines of the service for the reason why it does not start',
    undefined,
    'AuthPodsRestarting',
  ],
  [
    'event-port-keeper-unavailable',
    /^port_keeper_unavailable/,
    'warning',
    'The service does not reach its port keeper, so connections are refused while the service restarts',
    'Look at the container port-keeper of the pod, or set KEEPER_PORT to off where none runs',
    undefined,
  ],
  [
    'event-variable',
    /^unused_variable_faulty/,
    'warning',
    'A variable that this command does not read is faulty',
    'Run auth-service doctor where the service runs; it names the variable and the fix',
    'configuration-values',
  ],
  [
    'event-log-format',
    /^log_format_unavailable/,
    'warning',
    'LOG_FORMAT=pretty needs a package that the image does not include; the log is JSON',
    'Set LOG_FORMAT to json, gcp or ecs',
  ],
  [
    'event-key-ages',
    /^signing_key_ages_unread/,
    'warning',
    'The age of the signing keys could not be read from Postgres',
    'Check Postgres; the metric of the age of keys begins at the start of the process meanwhile',
    'database-rights',
  ],
  [
    'event-not-ready',
    /^readiness_changed.*"?readiness"?: ?"(not_ready|degraded)"/,
    'failed',
    'A replica was not ready, or checked tokens only because Postgres was unavailable',
    'Look at the checks of the line; the lines before it have the cause',
    'service-ready',
    'AuthNoPodReady',
  ],
]);

/** Warnings that need no operator. */
const harmless: readonly string[] = [
  'rehash_postponed',
  'active_session_count_failed',
  'readiness_changed',
  'request',
];

// reason: only the fields that all events have are read.
const specs = Object.entries(events) as readonly [string, EventSpec][];
const informative = specs.filter(([, { levels }]) => levels.every((level) => level === 'info'));

/** Events of normal operation. A line with another event is counted as unknown. */
export const ordinaryEvents = new RegExp(
  `^(?:${[...harmless, ...informative.map(([name]) => name)].join('|')})\\b`,
);
