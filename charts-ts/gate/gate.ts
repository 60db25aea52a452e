import { type Document, formatFinding } from './document.ts';
import { createManifestSet } from './manifest-set.ts';
import type { Rule } from './rule.ts';
import { accessRules } from './rules/access.ts';
import { containerRules } from './rules/containers.ts';
import { environmentRules } from './rules/environment.ts';
import { objectReferenceRules } from './rules/object-references.ts';
import { podReferenceRules } from './rules/pod-references.ts';
import { podRules } from './rules/pods.ts';
import { scalingRules } from './rules/scaling.ts';
import { trafficRules } from './rules/traffic.ts';
import { checkSchemas, type KubernetesVersion, unknownKind } from './schemas/check-schemas.ts';

/** Manifests that must not be applied. The message has one line for each finding. */
export class GateError extends Error {}

/** Every rule except the schema check, which is asynchronous. */
export const rules: readonly Rule[] = [
  ...containerRules,
  ...podRules,
  ...accessRules,
  ...scalingRules,
  ...trafficRules,
  ...objectReferenceRules,
  ...podReferenceRules,
  ...environmentRules,
];

/** The rules that `--allow` and the value `gate.allow` may name. */
export const ruleIds: readonly string[] = [...rules.map(({ id }) => id), unknownKind];

/**
 * Checks objects that are applied together and returns one line for each finding. `allow` names rules to skip, and
 * `existing` ConfigMaps that are in the cluster already.
 */
export async function validateManifests(
  documents: readonly Document[],
  options: {
    readonly kubernetesVersion: KubernetesVersion;
    readonly allow: readonly string[];
    readonly existing?: readonly string[];
  },
): Promise<string[]> {
  const manifests = createManifestSet(documents, options.existing);
  const schemaFindings = await checkSchemas(documents, options.kubernetesVersion);
  const ruleFindings = rules
    .filter(({ id }) => !options.allow.includes(id))
    .flatMap((rule) => [...rule.check(manifests)].map((finding) => ({ ...finding, rule: rule.id })));
  return [...schemaFindings, ...ruleFindings]
    .filter(({ rule }) => !options.allow.includes(rule))
    .map((finding) => formatFinding(finding, finding.rule));
}
