import { isMap, parseDocument } from 'yaml';
import type { FolderContent } from '../../output/output-folder.ts';
import { schemaFindings } from '../schema-findings.ts';
import { type ComposeDocument, composeDocument } from './document.ts';

export const composeFile = 'docker-compose.yml';
export const kongFile = 'kong.yml';
export const prometheusFile = 'prometheus.yml';

/** The finished file, or what makes it unreadable, as `file: message [rule]`. */
export function readCompose(files: FolderContent): { document?: ComposeDocument; findings: string[] } {
  const source = parseDocument(files.get(composeFile) ?? '');
  const [error] = source.errors;
  if (error) return { findings: [`${composeFile}: ${error.message.split('\n')[0]} [yaml]`] };
  if (!isMap(source.contents)) return { findings: [`${composeFile}: must be a YAML map [yaml]`] };
  const tree: unknown = source.toJS();
  const findings = schemaFindings(composeFile, composeDocument, tree);
  return findings.length > 0 ? { findings } : { document: composeDocument.parse(tree), findings };
}
