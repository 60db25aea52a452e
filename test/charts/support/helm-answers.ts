import { readFileSync } from 'node:fs';
import { isTree, sortedByKey } from '../../../charts-ts/values/merge.ts';
import type { SetKind } from '../../../charts-ts/values/set-flag.ts';

/** A flag, and the JSON of what Helm makes of it, or null if Helm rejects the flag. */
export type FlagAnswer = readonly [kind: SetKind, text: string, answer: string | null];

/** The values of a chart, the files after -f, the flags, and the JSON of the values that a template sees. */
export interface MergeAnswer {
  readonly defaults: string;
  readonly files: readonly string[];
  readonly flags: readonly (readonly [SetKind, string])[];
  readonly answer: string | null;
}

const folder = 'test/fixtures/helm';

/** The files of `--set-file` in the folder in which Helm has run. */
export const textFiles: Readonly<Record<string, string>> = {
  'one.txt': 'one\n',
  'two.txt': 'two, and more\n',
  'number.txt': '1',
};

const lines = (name: string): string[] => readFileSync(`${folder}/${name}`, 'utf8').trimEnd().split('\n');

// reason: test/deployments/helm-values.deploy.ts compares each line with the answer of a real Helm.
export const flagAnswers = lines('flags.jsonl').map((line) => JSON.parse(line) as FlagAnswer);
export const mergeAnswers = lines('merges.jsonl').map((line) => JSON.parse(line) as MergeAnswer);

/** JSON with sorted keys, as Helm writes it. A bigint is a number of JSON as well. */
export function toSortedJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(toSortedJson).join(',')}]`;
  if (!isTree(value)) return JSON.stringify(value);
  const pairs = Object.entries(sortedByKey(value)).map(
    ([key, child]) => `${JSON.stringify(key)}:${toSortedJson(child)}`,
  );
  return `{${pairs.join(',')}}`;
}
