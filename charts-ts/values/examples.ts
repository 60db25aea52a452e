import { isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { givenTree, readDefaults, type ValuesSource } from './load-values.ts';
import { isTree, type Tree } from './merge.ts';
import { clouds } from './schema-clouds.ts';

/** A value in a file of the charts that somebody has to replace. The comment `# example` behind it says so. */
export interface Example {
  /** The file, for the operator. */
  readonly file: string;
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** The keys and indexes of the maps and lists that lead to a node. */
function pathOf(ancestors: readonly unknown[], key: unknown): (string | number)[] {
  const steps = ancestors.flatMap((node, index): (string | number)[] => {
    if (isPair(node) && isScalar(node.key)) return [String(node.key.value)];
    const next = ancestors[index + 1];
    return isSeq(node) && next ? [node.items.indexOf(next)] : [];
  });
  return typeof key === 'number' ? [...steps, key] : steps;
}

function findExamples(name: string): Example[] {
  const examples: Example[] = [];
  visit(parseDocument(readDefaults(name)), {
    Scalar(key, node, ancestors) {
      if (/^ example\b/.test(node.comment ?? ''))
        examples.push({
          file: `charts-ts/values/${name}.yaml`,
          path: pathOf(ancestors, key),
          text: String(node.value),
        });
    },
  });
  return examples;
}

/** By the name of the file. Every cloud has the examples of values.yaml, which takes long to parse. */
const known = new Map<string, readonly Example[]>();

/** The examples of values.yaml, or of the file of a cloud or target. */
export function examplesIn(name: string): readonly Example[] {
  const examples = known.get(name) ?? findExamples(name);
  known.set(name, examples);
  return examples;
}

/** Lists are given as a whole, and so is what lies below a null. */
function isGiven(tree: unknown, [step, ...rest]: readonly (string | number)[]): boolean {
  if (step === undefined || !isTree(tree)) return true;
  return Object.hasOwn(tree, step) && isGiven(tree[step], rest);
}

/** What can be nobody's own: domains, accounts and addresses of documentation, and the words in place of a name. */
const madeUp =
  /\byourdomain\.|(^|[^a-z0-9])your-(project|vault|org|registry)(?![-\w])|\byourregistry\.|\b123456789012\b|certificate\/(xxx|…)|^203\.0\.113\.|^0{8}-0{4}-/;

/** The text of a path, unless the operator gave a list or nothing. */
function givenText(tree: unknown, path: readonly (string | number)[]): string {
  const value = path.reduce<unknown>((parent, step) => (isTree(parent) ? parent[step] : undefined), tree);
  return typeof value === 'string' ? value : '';
}

/** The examples that an operator has left as they are, or has copied. */
export function remainingExamples(name: string, source: ValuesSource): Example[] {
  const given: Tree = givenTree(source);
  const specific = examplesIn(name);
  // The other targets have none of the values of Kubernetes.
  const all = clouds.some((cloud) => cloud === name) ? [...specific, ...examplesIn('values')] : specific;
  return all.filter(({ path }) => !isGiven(given, path) || madeUp.test(givenText(given, path)));
}
