import { type DestinationStream, type LoggerOptions, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Config } from '../config/config.ts';
import { ecsKinds } from './events/ecs-kinds.ts';
import type { EventName, Line, LineAt } from './events/events.ts';
import { ecsFormat } from './formats/ecs-format.ts';
import { gcpFormat } from './formats/gcp-format.ts';
import {
  type ErrorText,
  jsonFormat,
  type LevelName,
  type LineFields,
  type LineFormat,
  type LineSource,
} from './formats/line-format.ts';

/**
 * The log. Every line is an event of app/observe/events/events.ts with all of its fields, except for lines at the level
 * debug, which are for developers.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(line: LineAt<'info'>, message: string): void;
  warn(line: LineAt<'warn'>, message: string): void;
  error(line: LineAt<'error'>, message: string): void;
  fatal(line: LineAt<'fatal'>, message: string): void;
  isLevelEnabled(level: string): boolean;
  child(bindings: object, options?: { readonly redact: string[] }): Logger;
}

/** A log of one event that has several levels. */
export type LogOf<Name extends EventName, Levels extends string> = Readonly<
  Record<Levels, (line: Line<Name>, message: string) => void>
>;

/**
 * Keys whose values are redacted in every log line (ASVS 16.2.5). No call logs them on purpose: redaction is the
 * second line of defence.
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
  // Node's ERR_INVALID_URL carries the URL, which may contain a secret, under this key.
  'input',
];

type LogConfig = Pick<Config, 'logLevel' | 'environment'> &
  Partial<Pick<Config, 'logFormat' | 'cloudProject'>>;

/** Null for the form of pino itself, which needs no change. */
function formatOf(format: Config['logFormat'], source: LineSource): LineFormat | null {
  if (format === 'gcp') return gcpFormat(source);
  return format === 'ecs' ? ecsFormat(source, ecsKinds) : null;
}

/** With the causes of the error, as pino writes it. */
function describeError(error: unknown): ErrorText | null {
  if (error === undefined) return null;
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: String(error) };
  const { code, message, stack, type } = stdSerializers.err(error);
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}

/** The part of pino's options in which the formats differ. */
function optionsOf({ base, fields, level, messageKey, timeKey }: LineFormat): LoggerOptions {
  const time = `,"${timeKey}":`;
  return {
    base,
    messageKey,
    // `,"time":"…"` is the text of pino.
    timestamp: () => time + stdTimeFunctions.isoTime().slice(',"time":'.length),
    // reason: the labels of pino's levels are these names.
    formatters: { level: (label) => level(label as LevelName) },
    // `fields` has described the error already.
    serializers: { err: (error: unknown) => error },
    hooks: {
      logMethod([line, message], method, value) {
        // reason: the type Logger accepts an object and a message only.
        const given = line as unknown as LineFields;
        const label = pino.levels.labels[value] as LevelName;
        const formatted = fields(given, label, describeError(given.err));
        method.call(this, formatted as unknown as string, message as string);
      },
    },
  };
}

const plainOptions: LoggerOptions = {
  base: jsonFormat.base,
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
};

/** Of a field, and of a property of a field. The format ecs has most fields in an object of their own. */
const redactedPaths = (key: string): string[] => [key, `*.${key}`, `auth_service.*.${key}`];

/**
 * Writes one JSON line for each event, with UTC timestamps (ASVS 16.2.2). The format is chosen once, so that the form of
 * the service itself costs no more for the others.
 * @param destination standard output by default
 * @param version of the service, for the formats that name it in each line
 */
export function createLog(config: LogConfig, destination?: DestinationStream, version?: string): Logger {
  const format = formatOf(config.logFormat, { version, project: config.cloudProject });
  const options: LoggerOptions = {
    level: config.logLevel,
    ...(format ? optionsOf(format) : plainOptions),
    redact: { paths: secretKeys.flatMap(redactedPaths), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * The same log without redaction, for lines whose fields are all chosen explicitly and are not objects. Redaction
 * inspects each field, which took a fifth of the CPU time of a request for its one line.
 */
export const withoutRedaction = (log: Logger): Logger => log.child({}, { redact: [] });
