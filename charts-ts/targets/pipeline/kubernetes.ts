import { names } from '../../names.ts';
import { folders, type Step, step } from './step.ts';

const namespace = '--namespace auth-system';
/** What decides which version runs: it names the digest of the image and the ConfigMap with the hash of its content. */
const deployment = `deployment/${names.app}`;
const record = `${folders.previous}/deployment-${names.app}.yaml`;
const status = `kubectl rollout status ${deployment} ${namespace} --timeout 15m`;

/** Refuses a rollback where nothing has been recorded: before the first deployment. */
export const requirePrevious = (file: string): string =>
  `if [ ! -s ${file} ]; then echo "there is no version before" >&2; exit 1; fi`;

/** The init container of the pods migrates. A Deployment whose new pods do not become ready keeps the old ones. */
export const applySteps: readonly Step[] = [
  step(
    'Record the version before',
    'cloud',
    `mkdir -p ${folders.previous}`,
    `kubectl apply view-last-applied ${deployment} ${namespace} > ${record} || true`,
  ),
  step('Deploy', 'cloud', `kubectl apply --filename ${folders.release}/manifests`, status),
];

export const undoSteps: readonly Step[] = [
  step('Roll back', 'cloud', requirePrevious(record), `kubectl apply --filename ${record}`, status),
];
