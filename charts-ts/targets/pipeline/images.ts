import { readFileSync } from 'node:fs';

/** The version of Node.js in the image of the service, as the Dockerfile names it. */
function nodeVersion(): string {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  const version = /^ARG NODE_IMAGE=node:(\d+\.\d+\.\d+)-/m.exec(dockerfile)?.[1];
  if (!version) throw new Error('Dockerfile: ARG NODE_IMAGE does not name a version of Node.js');
  return version;
}

export const node = nodeVersion();

/** The images that jobs run in. Each is the official one of its tool and names a version. */
export const images = {
  // With git, which the checks of generated files need.
  node: `node:${node}-bookworm`,
  docker: 'docker:28.3.3-cli',
  dockerDaemon: 'docker:28.3.3-dind',
  trivy: 'aquasec/trivy:0.73.0',
  aws: 'amazon/aws-cli:2.37.0',
  // With kubectl, the AWS CLI and bash.
  awsKubernetes: 'alpine/k8s:1.34.1',
  // The large variant, with kubectl and gke-gcloud-auth-plugin.
  google: 'google/cloud-sdk:575.0.1',
  azure: 'mcr.microsoft.com/azure-cli:2.89.1',
} as const;
