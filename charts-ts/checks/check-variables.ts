import { entries, isSecret } from '../../app/config/config.ts';
import { settings } from '../kubernetes/settings.ts';
import type { Values } from '../values/schema.ts';

const secrets = new Set<string>(entries.filter(isSecret).map(({ name }) => name));

/** The forms in which the charts may give a variable: its text, a file, or the path of a key. */
const formsOf = (name: string): string[] => [name, `${name}_FILE`, name.replace(/_PATH$/, '')];

/** The variables that the charts set, with the path of the value that each text comes from. */
function chartVariables(values: Values): Map<string, string | undefined> {
  const all = { ...settings(values), ...settings(values, 'migrate') };
  const named = Object.entries(all).flatMap(([name, source]) =>
    formsOf(name).map((form): [string, string | undefined] => [
      form,
      'text' in source ? source.from : undefined,
    ]),
  );
  const backup = Object.keys(values.backup.rclone).map((name): [string, string] => [
    name,
    `backup.rclone.${name}`,
  ]);
  if (values.backup.hasRcloneFile) backup.push(['RCLONE_CONFIG', 'backup.hasRcloneFile']);
  const hashing = { HASH_CONCURRENCY: 'extraConfig.HASH_CONCURRENCY' };
  return new Map([...Object.entries(hashing), ...backup, ...named]);
}

function* checkVariable(
  path: string,
  { name, value }: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, string | undefined>,
): Iterable<string> {
  if (typeof name !== 'string') return;
  if (known.has(name)) {
    const from = known.get(name);
    yield `${path}.name: ${name} is set by the charts${from ? `: use ${from}` : ''}`;
  } else if (secrets.has(name) && value !== undefined)
    yield `${path}.value: must not be the text of a secret: use valueFrom.secretKeyRef`;
}

/** Every variable has one source: neither the charts' own nor another one of the operator is replaced silently. */
export function* checkVariables(values: Values): Iterable<string> {
  const known = chartVariables(values);
  for (const [path, list] of Object.entries({
    extraEnv: values.extraEnv,
    'jobs.extraEnv': values.jobs.extraEnv,
  }))
    for (const [index, entry] of list.entries()) {
      yield* checkVariable(`${path}[${index}]`, entry, known);
      const first = list.findIndex(({ name }) => name === entry.name);
      if (first < index)
        yield `${path}[${index}].name: ${String(entry.name)} is also the name of ${path}[${first}]`;
    }
}
