import { type DestinationStream, type Logger, pino } from 'pino';
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

let second = Number.NaN;
let upToSecond = '';

/** As pino's `isoTime`, which asks a Date for every line: a twentieth of what refusing a request takes. */
function isoTime(): string {
  const now = Date.now();
  const milliseconds = now % 1000;
  if (now - milliseconds !== second) {
    second = now - milliseconds;
    upToSecond = new Date(second).toISOString().slice(0, -'000Z'.length);
  }
  return `,"time":"${upToSecond}${String(milliseconds).padStart(3, '0')}Z"`;
}

/** JSON lines with UTC timestamps (ASVS 16.2.2) to `destination`, standard output unless told otherwise. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'environment'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: config.logLevel,
    base: { service: 'auth-service' },
    timestamp: isoTime,
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
