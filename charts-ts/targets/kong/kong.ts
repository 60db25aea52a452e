import { stringify } from 'yaml';
import type { FolderContent } from '../../output/output-folder.ts';
import type { Target } from '../target.ts';
import { drawKong } from './draw.ts';
import { kongFindings } from './rules.ts';
import { kongSettings } from './settings.ts';
import { faults, type KongOptions, type KongValues, optionsOf, schema } from './values.ts';

const file = 'kong.yml';

/** The text of a declarative configuration. */
export const kongText = (options: KongOptions): string =>
  stringify(drawKong(options), { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });

function files(values: KongValues): FolderContent {
  const settings = kongSettings({ port: 8080, trustedProxies: values.kong.trustedProxies });
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  return new Map([
    [file, kongText(optionsOf(values))],
    ['kong.env', lines.join('')],
  ]);
}

/** A Kong gateway without a database, in front of the service wherever that runs. */
export const kong: Target<KongValues> = {
  name: 'kong',
  schema,
  rootFiles: [],
  faults,
  files,
  // Kong runs no process of the service.
  containers: () => [],
  findings: (content) => kongFindings(file, content.get(file) ?? ''),
};
