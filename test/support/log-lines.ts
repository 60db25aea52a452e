import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { logSchema } from '../../tools/docs/log-schema.ts';

export type LogLine = Record<string, unknown>;

const ajv = new Ajv2020({ allowUnionTypes: true, strictTypes: false });
// reason: the package is CommonJS, whose default export is the function itself or a property of it.
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
const validators = new Map<string, ValidateFunction | null>();

/** The validator of an event, compiled at its first line, or null for an event that is not in the schema. */
function validatorOf(name: string): ValidateFunction | null {
  let validate = validators.get(name);
  if (validate === undefined) {
    const schema = logSchema.$defs[name];
    validate = schema ? ajv.compile(schema) : null;
    validators.set(name, validate);
  }
  return validate;
}

/** What is wrong with a line, compared with docs/log-events.schema.json; null for nothing. */
export function faultOf(line: LogLine): string | null {
  const name = line.event === undefined ? 'debug_line' : String(line.event);
  const validate = validatorOf(name);
  if (!validate) return `unknown event ${name}`;
  if (validate(line)) return null;
  const [error] = validate.errors ?? [];
  return `${name}${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}`;
}

/** One line for each fault, because a fault usually occurs in many lines. */
const faults = new Map<string, LogLine>();
const seen = new Set<string>();

/** Parses a line of the log of the service, and keeps what is wrong with it for the end of the run. */
export function parseLine(text: string): LogLine {
  const line: LogLine = JSON.parse(text);
  const fault = faultOf(line);
  if (fault) faults.set(fault, line);
  else if (typeof line.event === 'string') seen.add(line.event);
  return line;
}

/** Compares a line that a process printed with the schema, if the line is one of the log in the format `json`. */
export function readPrintedLine(text: string): void {
  if (/^\{"level":"\w+","time":/.test(text)) parseLine(text);
}

/** The events that tests of this process have logged, or read from processes, so far. */
export const seenEvents = (): string[] => [...seen].sort();

/** @throws Error naming the faults of all lines that this process has logged or read */
export function assertLogFollowsSchema(): void {
  const found = [...faults].map(([fault, line]) => `${fault}: ${JSON.stringify(line)}`);
  if (found.length > 0)
    throw new Error(`lines that docs/log-events.schema.json refuses:\n${found.join('\n')}`);
}
