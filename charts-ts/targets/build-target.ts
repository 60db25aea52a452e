import { GateError } from '../gate/gate.ts';
import type { FolderContent } from '../output/output-folder.ts';
import { loadTargetValues, ValuesError, type ValuesSource } from '../values/load-values.ts';
import { containerFaults } from '../workload/service-container.ts';
import type { Target } from './target.ts';

/** What the service would refuse, and what the rules of the target find, as `file: message`. */
async function findingsOf(target: Target, files: FolderContent): Promise<string[]> {
  const refused = [...target.containers(files)].flatMap((container) =>
    containerFaults(container).map(
      (line) => `${container.file}: container ${container.name}: ${line} [environment]`,
    ),
  );
  return [...refused, ...(await target.findings(files))];
}

/** What all rules of a target find in finished files, also those that synth leaves to `npm run validate`. */
export async function allFindings(target: Target, files: FolderContent): Promise<string[]> {
  return [...(await findingsOf(target, files)), ...(target.slowFindings?.(files) ?? [])];
}

/**
 * Draws the files of a target and checks them with every rule that is not slow.
 * @throws ValuesError for values that the schema or the target refuses
 * @throws GateError naming the target and each finding
 */
export async function buildTarget(target: Target, source: ValuesSource): Promise<FolderContent> {
  const values = loadTargetValues(target.name, target.schema, source);
  const faults = [...target.faults(values)];
  if (faults.length > 0) throw new ValuesError(faults.map((fault) => `${target.name}: ${fault}`));
  const files = await target.files(values);
  const findings = await findingsOf(target, files);
  if (findings.length > 0) throw new GateError(findings.map((line) => `${target.name}: ${line}`).join('\n'));
  return files;
}
