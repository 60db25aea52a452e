import { parseArgs } from 'node:util';
import { setKinds } from './values/set-flag.ts';

/** Arguments that the command does not know. */
export class UsageError extends Error {}

const usage = `Usage: npm run synth -- [--cloud eks|gke|aks] [-f values.yaml]... [--set a.b[0]=x,c=y]...
  [--set-string k=v]... [--set-json k=json]... [--set-file k=path]...
  [--out DIR] [--format plain|helm] [--secrets-from ENV-FILE]
Without --cloud, synth writes all three clouds to k8s-out/<cloud>. --format helm writes to dist/helm/<cloud>.`;

const options = {
  cloud: { type: 'string' },
  values: { type: 'string', short: 'f', multiple: true },
  set: { type: 'string', multiple: true },
  'set-string': { type: 'string', multiple: true },
  'set-json': { type: 'string', multiple: true },
  'set-file': { type: 'string', multiple: true },
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

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]) {
  const values = read(args);
  const { format } = values;
  if (format !== 'plain' && format !== 'helm')
    throw new UsageError(`--format ${format}: must be plain or helm`);
  if (values['secrets-from'] && !values.cloud)
    throw new UsageError('--secrets-from: needs --cloud too, because the Secret belongs to one cloud');
  return {
    cloud: values.cloud,
    files: values.values ?? [],
    sets: setKinds.flatMap((kind) => (values[kind] ?? []).map((text) => ({ kind, text }))),
    format,
    out: values.out,
    secretsFrom: values['secrets-from'],
  };
}
