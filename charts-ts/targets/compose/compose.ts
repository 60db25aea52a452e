import { stringify } from 'yaml';
import type { FolderContent } from '../../output/output-folder.ts';
import { kongText } from '../kong/kong.ts';
import { optionsOf } from '../kong/values.ts';
import type { Target } from '../target.ts';
import { serviceContainers } from './containers.ts';
import { drawCompose, prometheusConfig } from './draw.ts';
import { composeFile, kongFile, prometheusFile } from './files.ts';
import { findings } from './rules.ts';
import { type ComposeValues, faults, schema } from './values.ts';

const header = `# npm run synth -- --target compose writes this file. docs/deploy/compose.md describes it. Variables of
# docs/configuration.md can be set in .env or in the shell.
`;

// Some readers of YAML take an unquoted off for a boolean.
const text = (value: object): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });

function files(values: ComposeValues): FolderContent {
  return new Map([
    [composeFile, header + text(drawCompose(values))],
    [kongFile, kongText(optionsOf(values))],
    [prometheusFile, text(prometheusConfig)],
  ]);
}

/** Docker Compose for development: the service with hot reload, its stores, Kong, a mail catcher and Prometheus. */
export const compose: Target<ComposeValues> = {
  name: 'compose',
  schema,
  rootFiles: [composeFile],
  faults,
  files,
  containers: serviceContainers,
  findings,
};
