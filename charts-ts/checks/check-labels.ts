import { apiSelector, installationSelector } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Labels that Deployments and Jobs set on their pods. */
const setByControllers = [
  ...['pod-template-hash', 'controller-uid', 'job-name'],
  ...['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'],
];

/** Labels by which the charts, the gate and the monitoring find the objects and the pods of an installation. */
function identityLabels(values: Values): readonly string[] {
  const standard = ['name', 'instance', 'component'].map((name) => `app.kubernetes.io/${name}`);
  const selectors = { ...apiSelector(values), ...installationSelector(values) };
  return [...Object.keys(selectors), ...standard, ...setByControllers];
}

/** Every map of labels by its path. */
const labelsOf = ({ backup, jobs, secrets, ...values }: Values) => ({
  commonLabels: values.commonLabels,
  deploymentLabels: values.deploymentLabels,
  podLabels: values.podLabels,
  'jobs.labels': jobs.labels,
  'jobs.podLabels': jobs.podLabels,
  'namespace.labels': values.namespace.labels,
  'service.labels': values.service.labels,
  'serviceAccount.labels': values.serviceAccount.labels,
  'backup.podLabels': backup.podLabels,
  'backup.serviceAccount.labels': backup.serviceAccount.labels,
  'secrets.external.serviceAccount.labels': secrets.external.serviceAccount.labels,
});

/** No label of the operator replaces one by which objects find each other. */
export function* checkLabels(values: Values): Iterable<string> {
  const reserved = identityLabels(values);
  for (const [path, labels] of Object.entries(labelsOf(values)))
    for (const name of Object.keys(labels))
      if (reserved.includes(name))
        yield `${path}.${name}: must be removed, because objects and pods of the installation are selected by this label`;
}
