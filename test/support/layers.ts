import type { Sources } from './source-files.ts';

/** From top to bottom; an import may stay on its own layer or go down, never up. */
const layers: readonly (readonly [string, RegExp])[] = [
  ['main', /^app\/main\.ts$/],
  ['commands', /^app\/commands\//],
  ['compose', /^app\/compose\.ts$/],
  ['http', /^app\/http\//],
  ['domain', /^app\/domain\//],
  ['store', /^app\/store\//],
  ['leaf', /^app\/(config(-[a-z]+)?|cgroup|errors)\.ts$|^app\/(observe\/|threads\.cts$)/],
];

/** The only imports between leaves. */
const leafImports: readonly (readonly [RegExp, RegExp])[] = [
  [/^app\/config/, /^app\/(config|cgroup)/],
  [/^app\/observe\//, /^app\/(observe\/|config\.ts$|errors\.ts$)/],
];

const rank = (file: string): number => layers.findIndex(([, pattern]) => pattern.test(file));
const isOurs = (target: string): boolean => /^(\.\.?\/|[^@:]+\.[cm]?tsx?$)/.test(target);

function faultOf(from: string, to: string): string | undefined {
  if (from.startsWith('charts-ts/')) {
    return to.startsWith('charts-ts/') || to === 'app/config.ts'
      ? undefined
      : 'charts know only app/config.ts';
  }
  if (rank(from) < 0) return 'the importing file has no layer';
  if (rank(to) < 0) return 'the imported file has no layer';
  if (rank(to) < rank(from)) return 'points up';
  const isAllowedLeaf = leafImports.some(([source, target]) => source.test(from) && target.test(to));
  return layers[rank(from)]?.[0] === 'leaf' && !isAllowedLeaf ? 'a leaf imports nothing of ours' : undefined;
}

/** Every import of app/ and charts-ts/ that breaks the layers of the house plan, as `from -> to: why`. */
export function layerFaults(sources: Sources): string[] {
  return [...sources]
    .filter(([file]) => !file.startsWith('test/'))
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

/** Every circle of imports once, from its first file by name: `a -> b -> a`. */
export function circles(sources: Sources): string[] {
  const found = new Set<string>();
  const finished = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? file);
      found.add([...circle.slice(first), ...circle.slice(0, first + 1)].join(' -> '));
      return;
    }
    if (finished.has(file)) return;
    for (const target of sources.get(file)?.imports ?? []) walk(target, [...trail, file]);
    finished.add(file);
  };
  for (const file of sources.keys()) walk(file, []);
  return [...found];
}

/** Entries and commands, and the lock, whose very subject is processes: it asks whether its holder still lives. */
const mayUseProcess = /^app\/(commands\/|(main\.ts|threads\.cts|store\/data-dir-lock\.ts)$)/;

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
