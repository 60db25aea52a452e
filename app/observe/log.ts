import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from '../config/config.ts';

export type { Logger } from 'pino';

/**
 * Keys that must never reach a log whatever object they arrive in (ASVS 16.2.5). Nothing logs them on purpose;
 * this is the net below.
 */
const secretKeys = [
  'password',
  'current_password',
  'new_password',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  // Where Node keeps the URL that it could not parse.
  'input',
];

/** JSON lines with UTC timestamps (ASVS 16.2.2) to `destination`, standard output unless told otherwise. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'environment'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: config.logLevel,
    base: { service: 'auth-service' },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * The same log without the net, for lines whose every field is picked by hand and none of which is an object: the net
 * looks into each field, which took a fifth of the time of a request for its one line.
 */
export const withoutRedaction = (log: Logger): Logger => log.child({}, { redact: [] });
