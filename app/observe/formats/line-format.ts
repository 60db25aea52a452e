/** The level of a line, as the log names it. */
export type LevelName = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What a line says of an error. */
export interface ErrorText {
  readonly type: string;
  /** With the messages of its causes. */
  readonly message: string;
  /** With the stacks of its causes. */
  readonly stack: string;
  readonly code?: string | undefined;
}

export type LineFields = Readonly<Record<string, unknown>>;

/**
 * How a log store wants its lines. The files of this folder import nothing, because the port keeper, which must stay small,
 * uses them too.
 */
export interface LineFormat {
  /** Fields that every line has. */
  readonly base: LineFields;
  readonly timeKey: string;
  readonly messageKey: string;
  level(level: LevelName): LineFields;
  /** The fields of one line. `error` describes its field `err`. */
  fields(fields: LineFields, level: LevelName, error: ErrorText | null): LineFields;
}

export const serviceName = 'auth-service';

/** The process behind the lines. */
export interface LineSource {
  /** Version of the service. */
  readonly version: string | undefined;
  /** Id of the Google Cloud project that has the traces. */
  readonly project: string | undefined;
}

/** The format of the service itself: docs/logging.md. */
export const jsonFormat: LineFormat = {
  base: { service: serviceName },
  timeKey: 'time',
  messageKey: 'msg',
  level: (level) => ({ level }),
  fields: (fields, _level, error) => (error ? { ...fields, err: error } : fields),
};
