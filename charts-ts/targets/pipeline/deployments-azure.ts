import type { Deployment } from './deployment.ts';
import { images } from './images.ts';
import { applySteps, requirePrevious, undoSteps } from './kubernetes.ts';
import { folders, type Step, step } from './step.ts';

const connect = step(
  'Connect to the cluster',
  'cloud',
  // kubectl, and kubelogin, which uses the identity of the pipeline.
  'az aks install-cli --client-version 1.34.1',
  'az aks get-credentials --resource-group "$AZURE_RESOURCE_GROUP" --name "$AKS_CLUSTER"',
  'kubelogin convert-kubeconfig --login azurecli',
);

const { previous, release } = folders;
const group = '--resource-group "$AZURE_RESOURCE_GROUP"';
const [oldTemplate, oldRevision] = [`${previous}/template.json`, `${previous}/revision`];

/** The revision is part of the names of the container groups. Secrets are references to Key Vault. */
const create = (template: string, revision: string): string =>
  `az deployment group create ${group} --name auth-service --template-file ${template} \\\n` +
  `  --parameters @${release}/manifests/parameters.json --parameters "revision=${revision}"`;

const shortRevision = '$(printf %.10s "$REVISION")';

const instancesDeploy: readonly Step[] = [
  step(
    'Record the deployment before',
    'cloud',
    `mkdir -p ${previous}`,
    `az deployment group export ${group} --name auth-service > ${oldTemplate} || true`,
    `az deployment group show ${group} --name auth-service --query properties.parameters.revision.value --output tsv > ${oldRevision} || true`,
  ),
  // Starts new groups, whose init container migrates, and then moves the gateway to them.
  step('Deploy', 'cloud', create(`${release}/manifests/template.json`, shortRevision)),
];

/** The groups before serve until the check has passed. */
const instancesFinish: readonly Step[] = [
  step(
    'Remove the groups before',
    'cloud',
    `current=${shortRevision}`,
    `others="[?starts_with(name, 'auth-service-') && !starts_with(name, 'auth-service-$current-') && name != 'auth-service-purge'].name"`,
    `az container list ${group} --query "$others" --output tsv > ${previous}/groups`,
    `while read -r name; do az container delete ${group} --name "$name" --yes < /dev/null; done < ${previous}/groups`,
  ),
];

const instancesRollback: readonly Step[] = [
  step(
    'Roll back',
    'cloud',
    requirePrevious(oldTemplate),
    requirePrevious(oldRevision),
    create(oldTemplate, `$(cat ${oldRevision})`),
  ),
];

export const azure: readonly Deployment[] = [
  {
    target: 'aks',
    login: 'azure',
    image: images.azure,
    variables: [
      'AKS_CLUSTER',
      'AZURE_CLIENT_ID',
      'AZURE_RESOURCE_GROUP',
      'AZURE_SUBSCRIPTION_ID',
      'AZURE_TENANT_ID',
      'SERVICE_URL',
    ],
    buildsFromGit: false,
    deploy: [connect, ...applySteps],
    rollback: [connect, ...undoSteps],
  },
  {
    target: 'azure-container-instances',
    login: 'azure',
    image: images.azure,
    variables: [
      'AZURE_CLIENT_ID',
      'AZURE_RESOURCE_GROUP',
      'AZURE_SUBSCRIPTION_ID',
      'AZURE_TENANT_ID',
      'SERVICE_URL',
    ],
    buildsFromGit: false,
    deploy: instancesDeploy,
    finish: instancesFinish,
    rollback: instancesRollback,
  },
];
