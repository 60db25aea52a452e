import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { isTree, mergeTrees, type Tree } from '../../../charts-ts/values/merge.ts';
import { type CloudName, valuesSchema } from '../../../charts-ts/values/schema.ts';
import { clouds as allClouds } from '../../../charts-ts/values/schema-clouds.ts';
import type { UnusualCluster } from '../unusual-clusters/cluster.ts';
import { clouds } from './clouds.ts';
import type { Example, ExampleBlock } from './example.ts';
import { extraConfig } from './extra-config.ts';
import { administrator, backup } from './jobs.ts';
import { network } from './network.ts';
import { pods } from './pods.ts';
import { scaling } from './scaling.ts';
import { type SchemaPath, schemaPaths } from './schema-paths.ts';
import { stores } from './stores.ts';
import { workload } from './workload.ts';

const blocks: readonly ExampleBlock[] = [
  scaling,
  workload,
  pods,
  stores,
  network,
  clouds,
  backup,
  administrator,
  extraConfig,
];

export const paths: readonly SchemaPath[] = schemaPaths(valuesSchema);

/** A values file of one example, and the clouds on which synth must accept it. */
export interface ValueExample {
  readonly path: string;
  readonly value: unknown;
  readonly values: Tree;
  readonly clouds: readonly CloudName[];
  readonly refused?: string | undefined;
}

/** `a.b` and a value → {a: {b: value}}. */
const treeAt = (path: string, value: unknown): Tree =>
  // reason: the reduction begins with the value and wraps it at least once.
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;

/** The paths that the tables name. */
export const namedPaths = (): string[] => [
  ...new Set(blocks.flatMap(({ plain, special = {} }) => [...Object.keys(plain), ...Object.keys(special)])),
];

const isBelow = (path: string, block: string): boolean => path === block || path.startsWith(`${block}.`);

/** What every example of the path needs: that of the block which has the same first key. */
function companyOf(path: string): Tree {
  const block = blocks.find((one) => Object.keys(one.with ?? {}).some((key) => isBelow(path, key)));
  return block?.with ?? {};
}

function examplesAt({ generated, path }: SchemaPath): Example[] {
  const special = blocks.flatMap((block) => block.special?.[path] ?? []);
  const plain = blocks.flatMap((block) => block.plain[path] ?? []);
  const further = [...generated, ...plain].filter(
    (value) => !special.some((example) => isDeepStrictEqual(example.value, value)),
  );
  const refused = blocks.map((block) => block.refused?.[path]).find((reason) => reason !== undefined);
  return [...special, ...further.map((value) => ({ value, ...(value !== null && refused && { refused }) }))];
}

/** Every example of the tables, and every one that follows from the schema. */
export function valueExamples(): ValueExample[] {
  return paths.flatMap((one) => {
    const [first = ''] = one.path.split('.');
    const ofCloud = allClouds.filter((cloud) => cloud === first);
    // The name of the cloud is not chosen by a value.
    const available = ofCloud.length > 0 ? ofCloud : allClouds;
    return examplesAt(one).map((example) => ({
      path: one.path,
      value: example.value,
      values: mergeTrees(
        mergeTrees(companyOf(one.path), example.with ?? {}),
        treeAt(one.path, example.value),
      ),
      clouds:
        one.path === 'cloud'
          ? allClouds.filter((cloud) => cloud === example.value)
          : (example.clouds ?? available),
      refused: example.refused,
    }));
  });
}

const folder = new URL('../unusual-clusters/', import.meta.url);

/** Every row of the table of unusual clusters that synth accepts. */
export async function acceptedRows(): Promise<UnusualCluster[]> {
  const files = readdirSync(folder).filter((name) => name !== 'cluster.ts');
  const modules = await Promise.all(files.map((name): Promise<object> => import(new URL(name, folder).href)));
  // reason: each file of the folder exports lists of rows only.
  const rows = modules.flatMap((module) => Object.values(module).flat()) as UnusualCluster[];
  return rows.filter(({ refused }) => !refused);
}

function leavesOf(tree: Tree, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const own = path ? `${path}.${key}` : key;
    return [own, ...(isTree(value) ? leavesOf(value, own) : [])];
  });
}

/** The paths that a row sets. */
export function pathsOfRow({ values }: UnusualCluster): string[] {
  const tree: unknown = parse(values);
  return isTree(tree) ? leavesOf(tree) : [];
}
