import type { FolderContent } from '../../../../charts-ts/output/output-folder.ts';
import type { Target } from '../../../../charts-ts/targets/target.ts';
import { loadTarget } from '../../../../charts-ts/targets/targets.ts';
import { loadTargetValues } from '../../../../charts-ts/values/load-values.ts';
import { setKinds } from '../../../../charts-ts/values/set-flag.ts';

/** A target as it is drawn from its committed values and from `--set` flags. */
export async function draw(
  name: string,
  ...sets: string[]
): Promise<{ target: Target; files: FolderContent }> {
  const target = await loadTarget(name);
  const [kind] = setKinds.filter((one) => one === 'set');
  if (!kind) throw new Error('there is no flag --set');
  const source = { files: [], sets: sets.map((text) => ({ kind, text })) };
  const values = loadTargetValues(target.name, target.schema, source);
  const faults = [...target.faults(values)];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { target, files: await target.files(values) };
}

/** The files with one text replaced. @throws Error if the text does not occur exactly once, or `all` times */
export function replaced(
  files: FolderContent,
  file: string,
  from: string,
  to: string,
  all = 1,
): FolderContent {
  const parts = files.get(file)?.split(from) ?? [];
  if (parts.length !== all + 1) throw new Error(`${file} contains ${from} ${parts.length - 1} times`);
  return new Map([...files, [file, parts.join(to)]]);
}
