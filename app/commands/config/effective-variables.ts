import type { Machine } from '../../config/cgroup.ts';
import {
  type AnyEntry,
  aliases,
  type CommandName,
  entries,
  isSecret,
  variables,
  variablesOf,
} from '../../config/config.ts';
import type { Environment } from '../../config/reader.ts';

/** The variables of a process, and which of them come from the file .env. */
export interface Variables {
  readonly env: Environment;
  readonly ofFile: ReadonlySet<string>;
}

/** A variable that is set or has a default. */
export interface EffectiveVariable {
  readonly name: string;
  /** `[redacted]` in the place of a secret. */
  readonly value: string;
  /** `environment`, `.env` or `default`, and by which other variable or file a secret is given. */
  readonly source: string;
}

const isSet = (env: Environment, name: string): boolean => Boolean(env[name]?.trim());

/** The names by which an entry may be given. */
function formsOf(entry: AnyEntry): string[] {
  if (!isSecret(entry)) return [entry.name];
  const { alias, name, path } = entry;
  return [name, ...(alias ? [alias] : []), `${name}_FILE`, ...(path ? [path.name] : [])];
}

const isFileForm = (entry: AnyEntry, form: string): boolean =>
  isSecret(entry) && (form === `${entry.name}_FILE` || form === entry.path?.name);

function sourceOf({ env, ofFile }: Variables, entry: AnyEntry, form: string): string {
  const origin = ofFile.has(form) ? '.env' : 'environment';
  if (isFileForm(entry, form)) return `file ${env[form]?.trim()} (${form}, ${origin})`;
  return form === entry.name ? origin : `${origin} (${form})`;
}

function effectiveValue(
  variables: Variables,
  entry: AnyEntry,
  process: { readonly machine: Machine; readonly environment: string },
): EffectiveVariable | undefined {
  const { name } = entry;
  const form = formsOf(entry).find((candidate) => isSet(variables.env, candidate));
  if (form !== undefined) {
    const value = isSecret(entry) ? '[redacted]' : (variables.env[form]?.trim() ?? '');
    return { name, value, source: sourceOf(variables, entry, form) };
  }
  const fallback = isSecret(entry) ? undefined : entry.fallback;
  if (fallback === undefined) return undefined;
  return { name, value: typeof fallback === 'string' ? fallback : fallback.of(process), source: 'default' };
}

/** Every variable of the command that is set or has a default, in the order of docs/configuration.md. */
export function effectiveVariables(
  variables: Variables,
  command: CommandName,
  process: { readonly machine: Machine; readonly environment: string },
): EffectiveVariable[] {
  const names = new Set<string>(variablesOf(command));
  return entries
    .filter(({ name }) => names.has(name))
    .flatMap((entry) => effectiveValue(variables, entry, process) ?? []);
}

/** Whether two texts are equal, or one letter too many, too few, another one, or two exchanged ones make one text of the other. */
function isAtMostOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  const [restOfA, restOfB] = [a.slice(start), b.slice(start)];
  if (restOfA.slice(1) === restOfB.slice(1) || restOfA.slice(1) === restOfB || restOfA === restOfB.slice(1))
    return true;
  const isExchanged = restOfA[0] === restOfB[1] && restOfA[1] === restOfB[0];
  return isExchanged && restOfA.slice(2) === restOfB.slice(2);
}

/** Variables that are set, that the service does not know, and whose name looks like one that it knows. */
export function misspelledVariables(env: Environment): { readonly name: string; readonly known: string }[] {
  const known = [...Object.keys(variables), ...aliases, ...entries.flatMap(formsOf)];
  return Object.keys(env)
    .filter((name) => !known.includes(name) && isSet(env, name))
    .flatMap((name) => {
      const meant = known.find((candidate) => isAtMostOneEditAway(name.toUpperCase(), candidate));
      return meant ? [{ name, known: meant }] : [];
    });
}
