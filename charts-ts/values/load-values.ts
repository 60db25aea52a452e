import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { dropNulls, isTree, mergeTrees, type Tree } from './merge.ts';
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
  readonly files: readonly string[];
  readonly sets: readonly { readonly kind: SetKind; readonly text: string }[];
}

const defaultsFolder = new URL('./', import.meta.url);

function readText(path: string | URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ValuesError([`${path}: cannot be read`]);
  }
}

function readTree(path: string | URL): Tree {
  const document = parseDocument(readText(path));
  const [error] = document.errors;
  if (error) throw new ValuesError([`${path}: ${error.message.split('\n')[0]}`]);
  const tree: unknown = document.toJS() ?? {};
  if (!isTree(tree)) throw new ValuesError([`${path}: must be a YAML map`]);
  return tree;
}

/** values.yaml, parsed once for all clouds. A merge does not change it. */
let defaults: Tree | undefined;

/** `['a', 'b', 0]` → `a.b[0]`. */
function toPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

function toFaults(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${toPath([...issue.path, key])}: is not a known key`);
  const message = issue.input === undefined ? 'is required' : issue.message;
  return [`${toPath(issue.path) || 'values'}: ${message}`];
}

/**
 * Checks merged values against the schema. The folder checks/ compares values with each other and with the cloud.
 * @throws ValuesError naming every fault
 */
export function parseValues(tree: Tree): Values {
  const result = valuesSchema.safeParse(dropNulls(tree), { error: schemaMessage, reportInput: true });
  if (!result.success) throw new ValuesError(result.error.issues.flatMap(toFaults));
  return result.data;
}

/** The name of a cloud that the charts know. @throws ValuesError for any other */
export function parseCloud(text: string): CloudName {
  const cloud = clouds.find((name) => name === text);
  if (!cloud) throw new ValuesError([`cloud: must be one of ${clouds.join(', ')}, not ${text}`]);
  return cloud;
}

/**
 * Loads the values of one cloud: values.yaml, the file of the cloud, each -f file in order, then the --set flags.
 * As in Helm, flags change what the -f files say, and the result is merged into the defaults.
 * @throws ValuesError naming every fault
 */
export function loadValues(cloud: CloudName, source: ValuesSource): Values {
  defaults ??= readTree(new URL('values.yaml', defaultsFolder));
  const below = mergeTrees(defaults, readTree(new URL(`${cloud}.yaml`, defaultsFolder)));
  const given = source.files.map(readTree).reduce(mergeTrees, mergeTrees({}, {}));
  for (const kind of setKinds) {
    for (const set of source.sets.filter((one) => one.kind === kind)) {
      applySet(given, kind, set.text, readText);
    }
  }
  const merged = mergeTrees(below, given);
  if (merged.cloud !== cloud)
    throw new ValuesError([`cloud: must be ${cloud} here; choose clouds with --cloud`]);
  return parseValues(merged);
}
