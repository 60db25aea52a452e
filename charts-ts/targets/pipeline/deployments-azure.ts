import type { Deployment } from './deployment.ts';
import { images } from './images.ts';
import { applySteps, undoSteps } from './kubernetes.ts';
import { step } from './step.ts';

const connect = step(
  'Connect to the cluster',
  'cloud',
  // kubectl, and kubelogin, which uses the identity of the pipeline.
  'az aks install-cli --client-version 1.34.1',
  'az aks get-credentials --resource-group "$AZURE_RESOURCE_GROUP" --name "$AKS_CLUSTER"',
  'kubelogin convert-kubeconfig --login azurecli',
);

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
];
