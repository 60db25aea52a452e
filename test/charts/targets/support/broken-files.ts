import { expect } from 'chai';
import type { FolderContent } from '../../../../charts-ts/output/output-folder.ts';
import type { Target } from '../../../../charts-ts/targets/target.ts';

/** A mistake in the files of a target: file, text, what replaces it, and the finding. */
export type Mistake = readonly [file: string, text: string, replacement: string, finding: string];

/** What the rules of the target find after one replacement. The text must occur, so that each mistake is a real one. */
export async function findingsAfter(
  target: Target,
  files: FolderContent,
  [file, text, replacement]: Mistake,
): Promise<string[]> {
  const before = files.get(file) ?? '';
  expect(before, file).to.contain(text);
  return [...(await target.findings(new Map([...files, [file, before.replace(text, () => replacement)]])))];
}
