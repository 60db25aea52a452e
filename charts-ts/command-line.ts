import { parseArgs } from 'node:util';
import { ruleIds } from './gate/gate.ts';
import { helpText, type OptionTexts } from './help.ts';
import { targetNames } from './targets/targets.ts';
import { parseCloud } from './values/load-values.ts';
import { profiles } from './values/profiles.ts';
import type { CloudName } from './values/schema.ts';
import { clouds } from './values/schema-clouds.ts';
import { setKinds } from './values/set-flag.ts';

/** Arguments that the command does not know. */
export class UsageError extends Error {}

const names = [...clouds, ...targetNames];

const usage = `Usage: npm run synth -- [--target NAME] [--profile SIZE] [-f values.yaml]... [--set a.b[0]=x,c=y]...
  [--set-string k=v]... [--set-json k=json]... [--set-file k=path]... [--allow RULE]...
  [--out DIR] [--format plain|helm] [--secrets-from ENV-FILE] [--example]
NAME is one of ${names.join(', ')}. --cloud is another name of --target.
Without it, synth writes every target: Kubernetes to k8s-out/<cloud>, the others to deploy-out/<target>, and the files that
tools look for in the root of the project to the root. --format helm writes the charts to dist/helm/<cloud>.
A run with values or --out must replace the examples in the values of the charts, unless --example says that nobody applies it.`;

const options = {
  help: { type: 'boolean', short: 'h' },
  cloud: { type: 'string' },
  target: { type: 'string' },
  profile: { type: 'string' },
  values: { type: 'string', short: 'f', multiple: true },
  set: { type: 'string', multiple: true },
  'set-string': { type: 'string', multiple: true },
  'set-json': { type: 'string', multiple: true },
  'set-file': { type: 'string', multiple: true },
  allow: { type: 'string', multiple: true },
  out: { type: 'string' },
  format: { type: 'string', default: 'plain' },
  'secrets-from': { type: 'string' },
  example: { type: 'boolean', default: false },
} as const;

const texts: OptionTexts<keyof typeof options> = {
  target: ['--target NAME', 'Writes one target only, and not all of them.'],
  cloud: ['--cloud NAME', 'Another name of --target.'],
  profile: ['--profile SIZE', `Sets the values of a size: ${profiles.join(', ')}. For Kubernetes only.`],
  values: ['-f, --values FILE', 'Merges a values file over the defaults. May be repeated; later files win.'],
  set: ['--set KEY=VALUE', 'Sets values as Helm does: a.b[0]=x,c=y. May be repeated, as the next three.'],
  'set-string': ['--set-string KEY=VALUE', 'Sets values that stay texts, such as 1 or true.'],
  'set-json': ['--set-json KEY=JSON', 'Sets a value in JSON.'],
  'set-file': ['--set-file KEY=PATH', 'Sets a value to the content of a file, such as a certificate.'],
  allow: ['--allow RULE', 'Skips a rule of the gate. May be repeated. The value gate.allow does the same.'],
  out: ['--out DIR', 'Writes into this folder, which must be new or an earlier output.'],
  format: ['--format plain|helm', 'Writes plain manifests (the default) or Helm charts.'],
  'secrets-from': ['--secrets-from FILE', 'Checks a file of variables and writes the Secret from it.'],
  example: [
    '--example',
    'Keeps the examples in the values of the charts, for an output that nobody applies.',
  ],
  help: ['-h, --help', 'Prints this text.'],
};

/** The text of `npm run synth -- --help`. */
export const synthHelp = helpText(usage, texts);

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

type Given = ReturnType<typeof read>;
export type Command = ReturnType<typeof parseCommandLine>;

/** The clouds and the other targets that the arguments choose. */
function choose(values: Given): {
  clouds: readonly CloudName[];
  targets: readonly string[];
} {
  if (values.cloud !== undefined) return { clouds: [parseCloud(values.cloud)], targets: [] };
  const cloud = clouds.find((name) => name === values.target);
  if (cloud) return { clouds: [cloud], targets: [] };
  if (values.target !== undefined) return { clouds: [], targets: [values.target] };
  // A values file without a target is one for Kubernetes, whose values the other targets do not know.
  const isGeneral =
    [values.values, values.profile, values.allow].every((given) => given === undefined) &&
    setKinds.every((kind) => !values[kind]) &&
    values.format === 'plain';
  return { clouds, targets: isGeneral ? targetNames : [] };
}

function checkNames({ allow = [], cloud, format, profile, target }: Given): void {
  if (format !== 'plain' && format !== 'helm')
    throw new UsageError(`--format ${format}: must be plain or helm`);
  if (cloud !== undefined && target !== undefined)
    throw new UsageError('--target: must not stand beside --cloud');
  if (target !== undefined && !names.includes(target))
    throw new UsageError(`--target ${target}: must be one of ${names.join(', ')}`);
  if (profile !== undefined && !profiles.some((name) => name === profile))
    throw new UsageError(`--profile ${profile}: must be one of ${profiles.join(', ')}`);
  for (const rule of allow)
    if (!ruleIds.includes(rule))
      throw new UsageError(`--allow ${rule}: must be one of ${ruleIds.join(', ')}`);
}

/** @throws UsageError, ValuesError */
export function parseCommandLine(args: readonly string[]) {
  const values = read(args);
  checkNames(values);
  const { allow, cloud, profile, target } = values;
  const format = values.format === 'helm' ? 'helm' : 'plain';
  const chosen = choose(values);
  for (const [name, given] of Object.entries({ allow, format: format === 'helm' || undefined, profile }))
    if (given !== undefined && chosen.targets.length > 0)
      throw new UsageError(`--${name}: is for ${clouds.join(', ')} only`);
  if (values['secrets-from'] && chosen.clouds.length !== 1)
    throw new UsageError('--secrets-from: needs --cloud too, because the Secret belongs to one cloud');
  const isPlain =
    !values.values && setKinds.every((kind) => !values[kind]) && !values.out && format === 'plain';
  return {
    ...chosen,
    /** Whether the output is the committed example, or is wanted as one. */
    isExample: values.example || (isPlain && !values['secrets-from']),
    /** Whether the output of a run without --out belongs to one target. */
    isSingle: cloud !== undefined || target !== undefined,
    profile: profiles.find((name) => name === profile),
    files: values.values ?? [],
    sets: setKinds.flatMap((kind) => (values[kind] ?? []).map((text) => ({ kind, text }))),
    allow: allow ?? [],
    format,
    out: values.out,
    secretsFrom: values['secrets-from'],
  } as const;
}
