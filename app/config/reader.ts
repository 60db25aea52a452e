import { readdirSync, readFileSync } from 'node:fs';
import type { Machine } from './cgroup.ts';
import type { Entry, Rules, SecretEntry } from './entry.ts';
import { type Format, file, folder } from './format.ts';
import { explainRefusal } from './unreadable-file.ts';

/** A secret that may come from a file. Calling it reads the file again, so a rotated Secret is taken into use. */
export interface Secret {
  (): string;
  /** The file, if the secret comes from one. */
  readonly path?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** How the parser reads files. Both functions throw if they cannot. */
export interface Files {
  /** The text of a file, or null if nobody knows it yet: the charts parse before a Secret is mounted. */
  read(path: string): string | null;
  list(path: string): readonly string[];
}

export const realFiles: Files = {
  read: (path) => readFileSync(path, 'utf8'),
  list: (path) => readdirSync(path),
};

/** The input of one parsing, and the faults it found. A fault names the variable, never its value. */
export interface Reading {
  readonly env: Environment;
  readonly files: Files;
  readonly machine: Machine;
  readonly environment: 'development' | 'test' | 'production';
  readonly faults: string[];
  /** Whether production demands the variable, if its entry says so. */
  readonly isDemanded: (name: string) => boolean;
}

export function textOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** What is wrong with a text: the messages of the refinements, or the description of the format. */
export function formatFaults(format: Format<unknown>, text: string): string[] {
  const issues = format.safeParse(text).error?.issues ?? [];
  const faults = issues.map(({ code, message }) =>
    code === 'custom' ? message : `must be ${format.description}`,
  );
  return [...new Set(faults)];
}

function ruleFaults<Value>(
  { env, environment, isDemanded }: Reading,
  rules: Rules<Value> & { readonly name: string },
  value: Value | null,
) {
  if (environment !== 'production') return [];
  const { production } = rules;
  const required = isDemanded(rules.name) ? rules.required : undefined;
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) {
    return required ? [`is required in production: ${required}`] : [];
  }
  const [name = '', lifting = ''] = production?.unless?.split('=') ?? [];
  if (!production || textOf(env, name) === lifting || production.accept(value)) return [];
  return [production.fault];
}

function pathFaults({ files }: Reading, format: Format<unknown>, path: string): string[] {
  try {
    if (format === file) files.read(path);
    if (format === folder) files.list(path);
    return [];
  } catch (error) {
    const kind = format === file ? 'file' : 'folder';
    return [`names a ${kind} that cannot be read${explainRefusal(error, path, kind)}`];
  }
}

function report({ faults }: Reading, name: string, what: readonly string[]): void {
  faults.push(...what.map((fault) => `${name} ${fault}`));
}

/** The value of a variable that is not set. */
export function defaultOf<Value>(
  reading: Pick<Reading, 'machine' | 'environment'>,
  { fallback, format }: Entry<string, Value>,
): Value {
  // reason: the value type of an entry without default includes undefined.
  if (fallback === undefined) return undefined as Value;
  return format.parse(typeof fallback === 'string' ? fallback : fallback.of(reading));
}

/** The value of a variable. After a fault it is the default, so that parsing goes on and finds the other faults. */
export function readVariable<Value>(reading: Reading, entry: Entry<string, Value>): Value {
  const { format, name } = entry;
  const text = textOf(reading.env, name);
  const faults = text ? [...formatFaults(format, text), ...pathFaults(reading, format, text)] : [];
  report(reading, name, faults);
  if (faults.length > 0) return defaultOf(reading, entry);
  const value = text ? format.parse(text) : defaultOf(reading, entry);
  report(reading, name, ruleFaults(reading, entry, value));
  return value;
}

type Check = (text: string) => string[];

/** The secret as its format transforms it. A text that is used without a check may have no such form. */
const transformed = ({ format }: SecretEntry, text: string): string => format.safeParse(text).data ?? text;

/**
 * The last valid text stays in use while the file is missing, empty or invalid, which it is for a moment when the
 * kubelet replaces a mounted Secret, or while someone writes the file.
 */
function fileSecret(
  entry: SecretEntry,
  { files, path, initial }: { files: Files; path: string; initial: string },
  check: Check,
): Secret {
  let last = initial;
  const read = (): string => {
    try {
      const text = files.read(path)?.trim();
      if (text && check(text).length === 0) last = transformed(entry, text);
    } catch {
      // Deliberate: see above.
    }
    return last;
  };
  return Object.assign(read, { path });
}

function readSecretFile(reading: Reading, entry: SecretEntry, fileName: string, check: Check): Secret {
  const path = textOf(reading.env, fileName) ?? '';
  try {
    const initial = reading.files.read(path)?.trim();
    if (initial === '') report(reading, fileName, ['names an empty file']);
    if (initial) report(reading, entry.name, check(initial));
    const file = { files: reading.files, path, initial: initial ? transformed(entry, initial) : '' };
    return fileSecret(entry, file, entry.reload === 'unchecked' ? () => [] : check);
  } catch (error) {
    report(reading, fileName, [`names a file that cannot be read${explainRefusal(error, path, 'file')}`]);
    return () => '';
  }
}

/** The text of a secret in its variable or in its alias, and which of them contains it. */
function readInline(reading: Reading, { alias, name }: SecretEntry) {
  const named = textOf(reading.env, name);
  const other = alias ? textOf(reading.env, alias) : undefined;
  if (named && other && named !== other)
    report(reading, name, [`and ${alias} have different values: set one of them, or both to the same`]);
  return { text: named ?? other, source: named === undefined ? (alias ?? name) : name };
}

/** The secret of a variable, or of the file that its `_FILE` or path form names, or null if none of them is set. */
export function readSecret(reading: Reading, entry: SecretEntry): Secret | null {
  const { format, name, path } = entry;
  const { source, text: inline } = readInline(reading, entry);
  const forms = [`${name}_FILE`, ...(path ? [path.name] : [])].filter((form) => textOf(reading.env, form));
  const [form] = forms;
  if (forms.length + (inline ? 1 : 0) > 1) {
    report(reading, name, [
      `is given more than once: set one of ${inline ? source : name} and ${forms.join(', ')}`,
    ]);
  }
  const check: Check = (text) => {
    const faults = formatFaults(format, text);
    return faults.length > 0 ? faults : ruleFaults(reading, entry, text);
  };
  if (inline) {
    report(reading, source, check(inline));
    const value = transformed(entry, inline);
    return () => value;
  }
  if (form) return readSecretFile(reading, entry, form, check);
  report(reading, name, ruleFaults(reading, entry, null));
  return null;
}
