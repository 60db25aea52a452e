import { parseArgs } from 'node:util';
import { targetNames } from './targets/targets.ts';
import { parseCloud } from './values/load-values.ts';
import type { CloudName } from './values/schema.ts';
import { clouds } from './values/schema-clouds.ts';
import { setKinds } from './values/set-flag.ts';

/** Arguments that the command does not know. */
export class UsageError extends Error {}

const usage = `Usage: npm run synth -- [--target NAME] [-f values.yaml]... [--set a.b[0]=x,c=y]...
  [--set-string k=v]... [--set-json k=json]... [--set-file k=path]... [--set-literal k=v]...
  [--out DIR] [--format plain|helm] [--secrets-from ENV-FILE]
NAME is one of ${[...clouds, ...targetNames].join(', ')}. --cloud is another name of --target.
Without it, synth writes every target: Kubernetes to k8s-out/<cloud>, the others to deploy-out/<target>, and the files that
tools look for in the root of the project to the root. --format helm writes the charts to dist/helm/<cloud>.`;

const options = {
  cloud: { type: 'string' },
  target: { type: 'string' },
  values: { type: 'string', short: 'f', multiple: true },
  set: { type: 'string', multiple: true },
  'set-string': { type: 'string', multiple: true },
  'set-json': { type: 'string', multiple: true },
  'set-file': { type: 'string', multiple: true },
  'set-literal': { type: 'string', multiple: true },
  out: { type: 'string' },
  format: { type: 'string', default: 'plain' },
  'secrets-from': { type: 'string' },
} as const;

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

export type Command = ReturnType<typeof parseCommandLine>;

/** The clouds and the other targets that the arguments choose. */
function choose(values: ReturnType<typeof read>): {
  clouds: readonly CloudName[];
  targets: readonly string[];
} {
  if (values.cloud !== undefined) return { clouds: [parseCloud(values.cloud)], targets: [] };
  const cloud = clouds.find((name) => name === values.target);
  if (cloud) return { clouds: [cloud], targets: [] };
  if (values.target !== undefined) return { clouds: [], targets: [values.target] };
  // A values file without a target is one for Kubernetes, whose values the other targets do not know.
  const isGeneral = !values.values && setKinds.every((kind) => !values[kind]) && values.format === 'plain';
  return { clouds, targets: isGeneral ? targetNames : [] };
}

/** @throws UsageError, ValuesError */
export function parseCommandLine(args: readonly string[]) {
  const values = read(args);
  const { cloud, format, target } = values;
  if (format !== 'plain' && format !== 'helm')
    throw new UsageError(`--format ${format}: must be plain or helm`);
  if (cloud !== undefined && target !== undefined)
    throw new UsageError('--target: must not stand beside --cloud');
  const names = [...clouds, ...targetNames];
  if (target !== undefined && !names.includes(target))
    throw new UsageError(`--target ${target}: must be one of ${names.join(', ')}`);
  const chosen = choose(values);
  if (format === 'helm' && chosen.targets.length > 0)
    throw new UsageError(`--format helm: is for ${clouds.join(', ')} only`);
  if (values['secrets-from'] && chosen.clouds.length !== 1)
    throw new UsageError('--secrets-from: needs --cloud too, because the Secret belongs to one cloud');
  return {
    ...chosen,
    /** Whether the output of a run without --out belongs to one target. */
    isSingle: cloud !== undefined || target !== undefined,
    files: values.values ?? [],
    sets: setKinds.flatMap((kind) => (values[kind] ?? []).map((text) => ({ kind, text }))),
    format,
    out: values.out,
    secretsFrom: values['secrets-from'],
  };
}
