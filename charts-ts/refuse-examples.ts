import type { Command } from './command-line.ts';
import { synthesize } from './synthesize.ts';
import { type Example, remainingExamples } from './values/examples.ts';
import { loadValues, toPath, ValuesError, type ValuesSource } from './values/load-values.ts';
import type { CloudName } from './values/schema.ts';

/** A text that stands nowhere else, in the format of the example: many values are parsed on their way into an object. */
function mark(text: string, index: number): string {
  const address = `198.51.100.${index + 100}`;
  if (/^[\d.]+\/\d+$/.test(text)) return `${address}/32`;
  return /^[\d.]+$/.test(text) ? address : `${text}-marked-${index}`;
}

function setAt(tree: unknown, path: Example['path'], text: string): void {
  const parent = path.slice(0, -1).reduce<unknown>((value, step) => Reflect.get(Object(value), step), tree);
  Reflect.set(Object(parent), path.at(-1) ?? '', text);
}

/** The examples that reach an object. A host does not matter without an Ingress, nor a certificate without TLS. */
function usedExamples(cloud: CloudName, source: ValuesSource): Example[] {
  const examples = remainingExamples(cloud, source);
  if (examples.length === 0) return [];
  const values = structuredClone(loadValues(cloud, source));
  for (const [index, { path, text }] of examples.entries()) setAt(values, path, mark(text, index));
  const output = JSON.stringify(synthesize(values));
  return examples.filter(({ text }, index) => output.includes(mark(text, index)));
}

const faultOf = ({ file, path }: Example): string =>
  `${toPath(path)}: is the example of ${file}: set your own`;

/**
 * Refuses to draw files for a real installation while values are still the examples of the charts, all at once.
 * @throws ValuesError naming each example that is used
 */
export function refuseExamples(command: Command): void {
  if (command.isExample) return;
  const ofClouds = command.clouds.flatMap((cloud) => usedExamples(cloud, command));
  // The other targets use each of their examples.
  const ofTargets = command.targets.flatMap((target) => remainingExamples(target, command));
  const faults = [...new Set([...ofClouds, ...ofTargets].map(faultOf))];
  const hint = '--example: writes the files all the same, for a look at them';
  if (faults.length > 0) throw new ValuesError([...faults, hint]);
}
