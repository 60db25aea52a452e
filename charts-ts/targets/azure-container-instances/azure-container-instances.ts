import type { FolderContent } from '../../output/output-folder.ts';
import type { Target } from '../target.ts';
import {
  groupsOf,
  parametersFile,
  processesOf,
  templateFile,
  templateOf,
  toServiceContainer,
} from './files.ts';
import { findings } from './rules.ts';
import { drawParameters, drawTemplate } from './template.ts';
import { type AzureValues, faults, schema } from './values.ts';

const toText = (object: object): string => `${JSON.stringify(object, null, 2)}\n`;

function files(values: AzureValues): FolderContent {
  return new Map([
    [templateFile, toText(drawTemplate(values))],
    [parametersFile, toText(drawParameters(values))],
  ]);
}

/** Azure Container Instances behind an Application Gateway, for `az deployment group create`. */
export const azureContainerInstances: Target<AzureValues> = {
  name: 'azure-container-instances',
  schema,
  rootFiles: [],
  faults,
  files,
  containers: (content) => processesOf(groupsOf(templateOf(content))).map(toServiceContainer),
  findings,
};
