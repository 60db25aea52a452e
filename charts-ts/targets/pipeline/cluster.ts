import { type Step, step } from './step.ts';

/** The version of kind decides the version of Kubernetes. */
const kindVersion = 'v0.30.0';

const image = 'auth-service:e2e';

/** Runs `npm run e2e` in a cluster of kind with two nodes for pods, on a machine with Docker, Go, kubectl and Node.js. */
export const clusterSteps: readonly Step[] = [
  step('Install', 'network', 'npm ci --no-audit --no-fund'),
  step(
    'Install kind',
    'network',
    // Go verifies the module by the public checksum database.
    `go install sigs.k8s.io/kind@${kindVersion}`,
  ),
  step('Build the image', 'docker', `docker build --tag ${image} .`),
  step(
    'Create a cluster',
    'docker',
    'kind="$(go env GOPATH)/bin/kind"',
    '"$kind" create cluster --config tools/e2e/kind.yaml --wait 5m',
    `"$kind" load docker-image ${image} --name auth-e2e`,
  ),
  step(
    'Run in the cluster',
    'docker',
    `npm run --silent e2e -- --image ${image} --postgres-image postgres:18-bookworm --redis-image redis:8-bookworm \\`,
    '  --json e2e.json',
  ),
];
