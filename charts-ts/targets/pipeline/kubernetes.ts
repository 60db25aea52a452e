import { names } from '../../names.ts';
import { folders, type Step, step } from './step.ts';

const namespace = '--namespace auth-system';
const status = `kubectl rollout status deployment/${names.app} ${namespace} --timeout 15m`;

/** What decides which version runs: the configuration and the Deployment, which names the digest. */
const objects = [`configmap/${names.config}`, `deployment/${names.app}`];
const recordOf = (object: string): string => `${folders.previous}/${object.replace('/', '-')}.yaml`;

/** Refuses a rollback where nothing has been recorded: before the first deployment. */
export const requirePrevious = (file: string): string =>
  `if [ ! -s ${file} ]; then echo "there is no version before" >&2; exit 1; fi`;

/** The init container of the pods migrates. A Deployment whose new pods do not become ready keeps the old ones. */
export const applySteps: readonly Step[] = [
  step(
    'Record the version before',
    'cloud',
    `mkdir -p ${folders.previous}`,
    ...objects.map(
      (object) => `kubectl apply view-last-applied ${object} ${namespace} > ${recordOf(object)} || true`,
    ),
  ),
  step('Deploy', 'cloud', `kubectl apply --filename ${folders.release}/manifests`, status),
];

export const undoSteps: readonly Step[] = [
  step(
    'Roll back',
    'cloud',
    ...objects.map((object) => requirePrevious(recordOf(object))),
    `kubectl apply ${objects.map((object) => `--filename ${recordOf(object)}`).join(' ')}`,
    status,
  ),
];
