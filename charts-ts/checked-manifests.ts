import { checkEnvironments } from './checks/check-environments.ts';
import { checkForms } from './checks/check-forms.ts';
import { checkValues } from './checks/check-values.ts';
import { allowedRules } from './checks/choices.ts';
import { existingConfigMaps } from './checks/pod-exceptions.ts';
import { GateError, validateManifests } from './gate/gate.ts';
import { environmentRule } from './gate/rules/environment.ts';
import type { ManifestFile } from './manifest.ts';
import { synthesize } from './synthesize.ts';
import type { Values } from './values/schema.ts';

/**
 * Creates all objects for these values and checks them.
 * @throws ValuesError or GateError with a line for each fault
 */
export async function checkedManifests(values: Values): Promise<ManifestFile[]> {
  checkValues(values);
  await checkForms(values);
  const files = synthesize(values);
  const documents = files.flatMap(({ name, objects }) =>
    objects.map((object) => ({ file: `${values.cloud}/${name}.yaml`, object })),
  );
  checkEnvironments(values, documents);
  const findings = await validateManifests(documents, {
    kubernetesVersion: values.kubernetesVersion,
    // checkEnvironments has parsed every environment, with the path of the value in its messages.
    allow: [...allowedRules(values), environmentRule],
    existing: existingConfigMaps(values),
  });
  if (findings.length > 0) throw new GateError(findings.join('\n'));
  return files;
}
