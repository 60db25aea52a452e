import type { Sources } from './source-files.ts';

/** From top to bottom. A file imports its own layer and those below it, never one above. */
const layers: readonly (readonly [string, RegExp])[] = [
  ['main', /^app\/main\.ts$/],
  ['commands', /^app\/commands\//],
  ['compose', /^app\/(compose|endpoints)\.ts$/],
  ['open-stores', /^app\/open-stores\.ts$/],
  ['features', /^app\/features\/[^/]+\//],
  ['jobs', /^app\/jobs\//],
  ['http', /^app\/http\//],
  ['store', /^app\/store\//],
  ['leaf', /^app\/(config|observe)\/|^app\/(errors\.ts|threads\.cts)$/],
];

/** The only imports between leaves. */
const leafImports: readonly (readonly [RegExp, RegExp])[] = [
  [/^app\/config\//, /^app\/config\//],
  [/^app\/observe\//, /^app\/(observe\/|config\/|errors\.ts$)/],
];

const rank = (file: string): number => layers.findIndex(([, pattern]) => pattern.test(file));
const isOurs = (target: string): boolean => /^(\.\.?\/|[^@:]+\.[cm]?tsx?$)/.test(target);
const featureOf = (file: string): string | undefined => /^app\/features\/([^/]+)\//.exec(file)?.[1];

/** What the charts may know of the application: how it is configured. */
const visibleToCharts = 'app/config/config.ts';

/** Why one feature may not import this file of another feature. */
function featureFault(from: string, to: string): string | undefined {
  const feature = featureOf(to);
  if (!feature || feature === featureOf(from)) return undefined;
  if (to.includes('/internal/')) return `is internal to the feature ${feature}`;
  const isEndpoints = /(^|[/-])endpoints\.ts$/.test(to);
  if (isEndpoints && featureOf(from)) return 'only compose imports the endpoints of a feature';
  return undefined;
}

function faultOf(from: string, to: string): string | undefined {
  if (from.startsWith('charts-ts/')) {
    const isAllowed = to.startsWith('charts-ts/') || to === visibleToCharts;
    return isAllowed ? undefined : `charts import only ${visibleToCharts} from the application`;
  }
  if (rank(from) < 0) return 'the importing file has no layer';
  if (rank(to) < 0) return 'the imported file has no layer';
  if (rank(to) < rank(from)) return 'points up';
  const isAllowedLeaf = leafImports.some(([source, target]) => source.test(from) && target.test(to));
  if (layers[rank(from)]?.[0] === 'leaf' && !isAllowedLeaf) return 'a leaf imports nothing of ours';
  return featureFault(from, to);
}

const isProduct = (file: string): boolean => /^(app|charts-ts)\//.test(file);

/** Every import of app/ and charts-ts/ that breaks the layers in docs/architecture.md, as `from -> to: why`. */
export function layerFaults(sources: Sources): string[] {
  return [...sources]
    .filter(([file]) => isProduct(file))
    .flatMap(([file, source]) => [
      ...(source.hasOpaqueImport && file.startsWith('app/')
        ? [`${file} -> ?: the target of an import() is computed`]
        : []),
      ...source.imports.filter(isOurs).flatMap((target) => {
        const fault = faultOf(file, target);
        return fault ? [`${file} -> ${target}: ${fault}`] : [];
      }),
    ]);
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Every circle of a graph once, from its first node by name: `a -> b -> a`. */
function circlesOf(graph: Graph): string[] {
  const found = new Set<string>();
  const finished = new Set<string>();
  const walk = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? node);
      found.add([...circle.slice(first), ...circle.slice(0, first + 1)].join(' -> '));
      return;
    }
    if (finished.has(node)) return;
    for (const target of graph.get(node) ?? []) walk(target, [...trail, node]);
    finished.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return [...found];
}

/** Every circle of imports between files. */
export function circles(sources: Sources): string[] {
  return circlesOf(new Map([...sources].map(([file, { imports }]) => [file, imports])));
}

/** Both ends of an import, cut to the two sibling folders below their common one; null inside one folder. */
function siblingFolders(from: string, to: string): readonly [string, string] | null {
  const [a, b] = [from.split('/').slice(0, -1), to.split('/').slice(0, -1)];
  const shared = a.findIndex((name, index) => name !== b[index]);
  if (shared < 1 || shared >= b.length) return null;
  return [a.slice(0, shared + 1).join('/'), b.slice(0, shared + 1).join('/')];
}

/** Every circle of imports between sibling folders of app/ and charts-ts/, at any depth. */
export function folderCircles(sources: Sources): string[] {
  const graph = new Map<string, string[]>();
  for (const [file, { imports }] of sources) {
    for (const target of imports.filter((name) => isProduct(file) && isProduct(name))) {
      const [from, to] = siblingFolders(file, target) ?? [];
      if (from && to) graph.set(from, [...(graph.get(from) ?? []), to]);
    }
  }
  return circlesOf(graph);
}

/** Entries and commands only: what reads the process there is passed down as values. */
const mayUseProcess = /^app\/(commands\/|(main\.ts|threads\.cts|store\/embedded\/data-dir-lock\.ts)$)/;

/** Files of app/ that read the process though they may not. */
export function processUsers(sources: Sources): string[] {
  return [...sources]
    .filter(([file, { usesProcess }]) => usesProcess && file.startsWith('app/') && !mayUseProcess.test(file))
    .map(([file]) => file);
}

export function longFiles(sources: Sources, limit: number): string[] {
  return [...sources]
    .filter(([, { lines }]) => lines > limit)
    .map(([file, { lines }]) => `${file}: ${lines} lines`);
}

/** Functions of the product that are longer than `limit` lines: the steps inside want names. */
export function longFunctions(sources: Sources, limit: number): string[] {
  return [...sources]
    .filter(([file]) => isProduct(file))
    .flatMap(([file, { functions }]) =>
      functions
        .filter(({ lines }) => lines > limit)
        .map(({ line, lines }) => `${file}:${line}: ${lines} lines`),
    );
}
