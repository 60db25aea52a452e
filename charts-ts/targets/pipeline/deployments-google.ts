import type { Deployment } from './deployment.ts';
import { images } from './images.ts';
import { applySteps, requirePrevious, undoSteps } from './kubernetes.ts';
import { folders, type Step, step } from './step.ts';

const { previous, release } = folders;
const where = '--project "$GOOGLE_PROJECT" --region "$GOOGLE_REGION"';
const revision = `${previous}/revision`;

const connect = step(
  'Connect to the cluster',
  'cloud',
  `gcloud container clusters get-credentials "$GKE_CLUSTER" ${where.replace('--region', '--location')}`,
);

const runDeploy: readonly Step[] = [
  step(
    'Record the revision before',
    'cloud',
    `mkdir -p ${previous}`,
    `gcloud run services describe auth-service ${where} --format 'value(status.latestReadyRevisionName)' > ${revision} || true`,
  ),
  step(
    'Migrate',
    'cloud',
    `gcloud run jobs replace ${release}/manifests/migrate-job.yaml ${where}`,
    `gcloud run jobs execute auth-service-migrate --wait ${where}`,
  ),
  step(
    'Deploy',
    'cloud',
    `gcloud run jobs replace ${release}/manifests/purge-job.yaml ${where}`,
    `gcloud run services replace ${release}/manifests/service.yaml ${where}`,
  ),
];

/** The next deployment sends the traffic to its own revision again, because service.yaml says so. */
const runRollback: readonly Step[] = [
  step(
    'Roll back',
    'cloud',
    requirePrevious(revision),
    `gcloud run services update-traffic auth-service --to-revisions "$(cat ${revision})=100" ${where}`,
  ),
];

export const google: readonly Deployment[] = [
  {
    target: 'gke',
    login: 'google',
    image: images.google,
    variables: [
      'GKE_CLUSTER',
      'GOOGLE_PROJECT',
      'GOOGLE_REGION',
      'GOOGLE_SERVICE_ACCOUNT',
      'GOOGLE_WORKLOAD_IDENTITY_PROVIDER',
      'SERVICE_URL',
    ],
    buildsFromGit: false,
    deploy: [connect, ...applySteps],
    rollback: [connect, ...undoSteps],
  },
  {
    target: 'cloud-run',
    login: 'google',
    image: images.google,
    variables: [
      'GOOGLE_PROJECT',
      'GOOGLE_REGION',
      'GOOGLE_SERVICE_ACCOUNT',
      'GOOGLE_WORKLOAD_IDENTITY_PROVIDER',
      'SERVICE_URL',
    ],
    buildsFromGit: false,
    deploy: runDeploy,
    rollback: runRollback,
  },
];
