import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { derivedDefaults } from './derived-defaults.ts';
import { dropNulls, isTree, mergeTrees, type Tree } from './merge.ts';
import { insteadOf } from './other-charts.ts';
import type { Profile } from './profiles.ts';
import { type CloudName, type Values, valuesSchema } from './schema.ts';
import { clouds } from './schema-clouds.ts';
import { schemaMessage } from './schema-messages.ts';
import { applySet, type SetKind, setKinds } from './set-flag.ts';

/** Values that synth rejects. The message has a line for each fault: the path of the value and what is wrong with it. */
export class ValuesError extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

export interface ValuesSource {
  /** The size of the installation. Default: that of values.yaml. */
  readonly profile?: Profile | undefined;
  readonly files: readonly string[];
  readonly sets: readonly { readonly kind: SetKind; readonly text: string }[];
}

const defaultsFolder = new URL('./', import.meta.url);

/** A file, or standard input for `-`, as in Helm. */
function readText(path: string | URL): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch {
    throw new ValuesError([`${path}: cannot be read`]);
  }
}

/** The text of values.yaml, or of the file of a cloud or target. */
export const readDefaults = (name: string): string => readText(new URL(`${name}.yaml`, defaultsFolder));

function readTree(path: string | URL): Tree {
  // Values files of Helm share parts by anchors and `<<`.
  const document = parseDocument(readText(path), { merge: true });
  const [error] = document.errors;
  if (error?.code === 'MULTIPLE_DOCS')
    throw new ValuesError([
      `${path}: must be one YAML document: write each into a file, with an -f of its own`,
    ]);
  if (error) throw new ValuesError([`${path}: ${error.message.split('\n')[0]}`]);
  const tree: unknown = document.toJS() ?? {};
  if (!isTree(tree)) throw new ValuesError([`${path}: must be a YAML map`]);
  return tree;
}

/** The files of the charts, each parsed once for all runs. A merge does not change them. */
const ownTrees = new Map<string, Tree>();

/** The values in a file of the charts. */
function ownTree(name: string): Tree {
  const tree = ownTrees.get(name) ?? readTree(new URL(name, defaultsFolder));
  ownTrees.set(name, tree);
  return tree;
}

/** `['a', 'b', 0]` → `a.b[0]`. */
export function toPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

function toFaults(issue: z.core.$ZodIssue, instead: (path: string) => string): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .map((key) => toPath([...issue.path, key]))
      .map((path) => `${path}: is not a known key${instead(path)}`);
  const message = issue.input === undefined ? 'is required' : issue.message;
  return [`${toPath(issue.path) || 'values'}: ${message}`];
}

/** Paths of whole numbers that JavaScript cannot represent. The schema takes any value in some places. */
function* hugeNumbers(value: unknown, path: readonly PropertyKey[] = []): Iterable<string> {
  if (typeof value === 'bigint')
    yield `${toPath(path)}: must be at most ${Number.MAX_SAFE_INTEGER}, or a text`;
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* hugeNumbers(item, [...path, index]);
  else if (isTree(value))
    for (const [key, child] of Object.entries(value)) yield* hugeNumbers(child, [...path, key]);
}

function parseTree<V>(schema: z.ZodType<V>, tree: Tree, instead = (_path: string) => ''): V {
  const huge = [...hugeNumbers(tree)];
  if (huge.length > 0) throw new ValuesError(huge);
  const result = schema.safeParse(dropNulls(tree), { error: schemaMessage, reportInput: true });
  if (!result.success)
    throw new ValuesError(result.error.issues.flatMap((issue) => toFaults(issue, instead)));
  return result.data;
}

/**
 * Checks merged values against the schema. The folder checks/ compares values with each other and with the cloud.
 * @throws ValuesError naming every fault
 */
export const parseValues = (tree: Tree): Values => parseTree(valuesSchema, tree, insteadOf);

/** The name of a cloud that the charts know. @throws ValuesError for any other */
export function parseCloud(text: string): CloudName {
  const cloud = clouds.find((name) => name === text);
  if (!cloud) throw new ValuesError([`cloud: must be one of ${clouds.join(', ')}, not ${text}`]);
  return cloud;
}

/** The -f files in order, then the --set flags, as in Helm. null stands for a key to remove from the defaults. */
export function givenTree(source: ValuesSource): Tree {
  const given = source.files.map(readTree).reduce(mergeTrees, mergeTrees({}, {}));
  for (const kind of setKinds) {
    for (const set of source.sets.filter((one) => one.kind === kind)) {
      applySet(given, kind, set.text, readText);
    }
  }
  return given;
}

/**
 * Loads the values of one cloud: values.yaml, the file of the cloud, that of the profile, the defaults that depend on the name
 * and namespace, each -f file in order, then the --set flags. As in Helm, flags change what the -f files say, and the result
 * is merged into the defaults.
 * @throws ValuesError naming every fault
 */
export function loadValues(cloud: CloudName, source: ValuesSource): Values {
  const below = mergeTrees(ownTree('values.yaml'), ownTree(`${cloud}.yaml`));
  const { profile } = source;
  const ofProfile = profile ? ownTree(`profiles/${profile}.yaml`) : {};
  const base = mergeTrees(below, ofProfile);
  const given = givenTree(source);
  const derived = derivedDefaults(mergeTrees(base, given));
  const merged = mergeTrees(mergeTrees(base, derived), given);
  if (merged.cloud !== cloud)
    throw new ValuesError([`cloud: must be ${cloud} here; choose clouds with --cloud`]);
  return parseValues(merged);
}

/** The part of a tree that a schema knows. */
function pickKnown(schema: z.ZodType, tree: Tree): Tree {
  if (!(schema instanceof z.ZodObject)) return tree;
  const known = Object.entries(tree).filter(([key]) => key in schema.shape);
  return Object.fromEntries(
    known.map(([key, value]) => [key, isTree(value) ? pickKnown(schema.shape[key], value) : value]),
  );
}

/**
 * Loads the values of a target that is not Kubernetes: what values.yaml says of the workload, the file of the target,
 * each -f file in order, then the --set flags.
 * @throws ValuesError naming every fault
 */
export function loadTargetValues<V>(name: string, schema: z.ZodType<V>, source: ValuesSource): V {
  const below = mergeTrees(pickKnown(schema, ownTree('values.yaml')), ownTree(`${name}.yaml`));
  return parseTree(schema, mergeTrees(below, givenTree(source)));
}
