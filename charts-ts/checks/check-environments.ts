import type { Document } from '../gate/document.ts';
import { createManifestSet } from '../gate/manifest-set.ts';
import { parseEnvironments } from '../gate/rules/environment.ts';
import { allSettings } from '../kubernetes/settings.ts';
import { ValuesError } from '../values/load-values.ts';
import type { Values } from '../values/schema.ts';

/** The path of a variable that the operator adds. */
function pathOfExtra({ extraEnv, jobs }: Values, variable: string): string | undefined {
  const lists = { extraEnv, 'jobs.extraEnv': jobs.extraEnv };
  const paths = Object.entries(lists).flatMap(([path, entries]) => {
    const index = entries.findIndex(({ name }) => name === variable);
    return index < 0 ? [] : [`${path}[${index}].value`];
  });
  return paths[0];
}

/** A line of the parser under the path of the value, or under the containers that have the fault. */
function toFault(values: Values, line: string, containers: string): string {
  const [, variable = '', message = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
  const [, source] = Object.entries(allSettings(values)).find(([name]) => name === variable) ?? [];
  const path = (source && 'text' in source && source.from) || pathOfExtra(values, variable);
  if (!path) return `${values.cloud}: container ${containers}: ${line}`;
  return `${path}: ${message}`;
}

/**
 * Refuses what the service itself would refuse: its parser reads the environment of each container in the manifests.
 * @throws ValuesError naming every fault
 */
export function checkEnvironments(values: Values, documents: readonly Document[]): void {
  const parsed = parseEnvironments(createManifestSet(documents));
  const faults = [...new Set(parsed.flatMap(({ faults }) => faults))].map((line) => {
    const having = parsed.filter(({ faults }) => faults.includes(line)).map(({ name }) => name);
    return toFault(values, line, having.join(', '));
  });
  if (faults.length > 0) throw new ValuesError(faults);
}
