import type { FolderContent } from '../../../output/output-folder.ts';
import { composeFile } from '../layout.ts';
import { readCompose } from '../read-compose.ts';
import { composeRules } from './compose.ts';
import { nginxRules } from './nginx.ts';
import type { Rule } from './rule.ts';
import { unitRules } from './units.ts';

export const rules: readonly Rule[] = [...composeRules, ...nginxRules, ...unitRules];

/** What is wrong with the files of a server, as `file: message [rule]`. */
export function findings(files: FolderContent): string[] {
  const { compose, fault } = readCompose(files);
  if (!compose) return [`${composeFile}: ${fault} [compose-syntax]`];
  return rules.flatMap(({ check, file, id }) =>
    [...check({ files, compose })].map((message) => `${file}: ${message} [${id}]`),
  );
}
