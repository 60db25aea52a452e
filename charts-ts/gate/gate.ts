import { containerRules } from './checklist/containers.ts';
import { entryRules } from './checklist/entry.ts';
import { objectRules } from './checklist/objects.ts';
import { podRules } from './checklist/pods.ts';
import { scalingRules } from './checklist/scaling.ts';
import { type Document, describe } from './document.ts';
import { podReferenceRules } from './pod-references.ts';
import { referenceRules } from './references.ts';
import type { Rule } from './rule.ts';
import { checkSchemas, type KubernetesVersion } from './schema.ts';
import { createWorld } from './world.ts';

/** Manifests that must not be applied; the message has one line for each finding. */
export class GateError extends Error {
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(findings.join('\n'));
    this.name = 'GateError';
    this.findings = findings;
  }
}

export interface GateOptions {
  readonly kubernetesVersion: KubernetesVersion;
  /** Ids of rules that may be broken, because a value or a person says so. */
  readonly allow: readonly string[];
}

/** Every rule but the schemas, which are asynchronous. */
export const rules: readonly Rule[] = [
  ...containerRules,
  ...podRules,
  ...objectRules,
  ...scalingRules,
  ...entryRules,
  ...referenceRules,
  ...podReferenceRules,
];

/** Everything wrong with objects that are applied together. */
export async function findFaults(documents: readonly Document[], options: GateOptions): Promise<string[]> {
  const world = createWorld(documents);
  const schemas = await checkSchemas(documents, options.kubernetesVersion);
  const named = rules
    .filter(({ id }) => !options.allow.includes(id))
    .flatMap((rule) => [...rule.check(world)].map((finding) => describe(finding, rule.id, rule.covers)));
  return [...schemas.map((finding) => describe(finding, 'schema')), ...named];
}

/** @throws GateError naming every finding */
export async function checkManifests(documents: readonly Document[], options: GateOptions): Promise<void> {
  const findings = await findFaults(documents, options);
  if (findings.length > 0) throw new GateError(findings);
}
