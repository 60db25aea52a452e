import type { Entry, SecretEntry } from './entry.ts';
import type { Format } from './format.ts';
import type { Secret } from './reader.ts';
import type { ResourceLimits } from './resource-limits.ts';
import { table } from './variables.ts';

export type AnyEntry = Entry | SecretEntry;

/** The values of an entry, or of a tree of entries. */
type ValuesOf<T> = T extends SecretEntry
  ? Secret | null
  : T extends { readonly name: string; readonly format: Format<infer Value> }
    ? Value
    : { readonly [Key in keyof T]: ValuesOf<T[Key]> };

export type Values = ValuesOf<typeof table>;

/** All durations are milliseconds. A secret that is not set is null. */
export interface Config extends Values {
  readonly database: Values['database'] & {
    /** The sslmode of a URL that names none. */
    readonly sslMode: 'disable' | 'require' | 'verify-full';
    /** Whether a server that is not verified may ask for no password, although the URL contains one. */
    readonly acceptsTrust: boolean;
  };
  /** What clients may occupy. */
  readonly resources: ResourceLimits;
  /** Faults of variables that the command does not read. They do not stop it. */
  readonly warnings: readonly string[];
}

type EntryOf<T> = T extends { readonly name: string } ? T : { [Key in keyof T]: EntryOf<T[Key]> }[keyof T];
type Declared = EntryOf<typeof table>;
type PathOf<T> = T extends { readonly path: { readonly name: infer Name extends string } } ? Name : never;

export type Variable = Declared['name'] | PathOf<Declared>;
export type SecretVariable = Extract<Declared, { readonly isSecret: true }>['name'];
type RequiredVariable = Extract<Declared, { readonly required: string }>['name'];

type Tree = { readonly [key: string]: AnyEntry | Tree };

export const isEntry = (node: AnyEntry | Tree): node is AnyEntry => typeof node.name === 'string';

export const isSecret = (entry: AnyEntry): entry is SecretEntry => 'isSecret' in entry;

/** A tree of the same shape, with the value that `read` gives for each entry. */
export function mapTable(read: (entry: AnyEntry) => unknown): Values {
  const map = (node: AnyEntry | Tree): unknown =>
    isEntry(node)
      ? read(node)
      : Object.fromEntries(Object.entries(node).map(([key, child]) => [key, map(child)]));
  // reason: Values describes what this function builds, entry by entry.
  return map(table) as Values;
}

/** The entries of a tree in its order. */
export const entriesOf = (node: AnyEntry | Tree): AnyEntry[] =>
  isEntry(node) ? [node] : Object.values(node).flatMap(entriesOf);

/** Every entry in the order of the table. */
export const entries: readonly AnyEntry[] = entriesOf(table);

// reason for each cast below: these names are the literal types of the table.
export const variables = Object.fromEntries(
  entries.flatMap((entry) => {
    const path = isSecret(entry) ? entry.path : undefined;
    return [[entry.name, entry], ...(path ? [[path.name, entry]] : [])];
  }),
) as Readonly<Record<Variable, AnyEntry>>;

/** Names that platforms have for a variable of the table. */
export const aliases: readonly string[] = entries.filter(isSecret).flatMap(({ alias }) => alias ?? []);

/** Variables that also have a `_FILE` form. */
export const secretVariables = entries.filter(isSecret).map(({ name }) => name) as readonly SecretVariable[];

export const requiredInProduction = entries
  .filter(({ required }) => required)
  .map(({ name }) => name) as readonly RequiredVariable[];
