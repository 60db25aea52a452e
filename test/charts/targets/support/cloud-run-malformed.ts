/** Title, file, text, its replacement, and what the operator reads then. */
export type Broken = readonly [title: string, file: string, from: string, to: string, ...lines: string[]];

const service = 'service.yaml';
const migrate = 'migrate-job.yaml';
const purge = 'purge-job.yaml';
const monitoring = 'run-monitoring.yaml';

/** What the schemas refuse: the good files with one change, and what the operator reads then. */
export const malformed: readonly Broken[] = [
  [
    'an unknown field of a container',
    service,
    'startupProbe:',
    'startup:',
    'service.yaml: spec.template.spec.containers[0].startup: is not a known field [schema]',
  ],
  [
    'a limit in a wrong place',
    service,
    'containerConcurrency: 80',
    'containerConcurrency: 80\n      concurrency: 80',
    'service.yaml: spec.template.spec.concurrency: is not a known field [schema]',
  ],
  [
    'a folder of the host',
    service,
    '      volumes:\n',
    '      volumes:\n        - name: host\n          hostPath:\n            path: /\n',
    'service.yaml: spec.template.spec.volumes[0].secret: is required [schema]',
    'service.yaml: spec.template.spec.volumes[0].hostPath: is not a known field [schema]',
  ],
  [
    'an annotation that YAML reads as a number',
    service,
    'minScale: "2"',
    'minScale: 2',
    'service.yaml: spec.template.metadata.annotations.autoscaling.knative.dev/minScale: must be text in quotes [schema]',
  ],
  [
    'a variable that YAML reads as a number',
    service,
    'value: "9464"',
    'value: 9464',
    'service.yaml: spec.template.spec.containers[0].env[1]: must be {name, value} with text in quotes, or {name, valueFrom: {secretKeyRef: {name, key}}} [schema]',
  ],
  [
    'the version of another API',
    service,
    'serving.knative.dev/v1',
    'run.googleapis.com/v2',
    'service.yaml: apiVersion: must be one of serving.knative.dev/v1 [schema]',
  ],
  [
    'a request time over an hour',
    service,
    'timeoutSeconds: 900',
    'timeoutSeconds: 5400',
    'service.yaml: spec.template.spec.timeoutSeconds: must be at most 3600 [schema]',
  ],
  [
    'two migrations at once',
    migrate,
    'taskCount: 1',
    'taskCount: 2',
    'migrate-job.yaml: spec.template.spec.taskCount: must be one of 1 [schema]',
  ],
  [
    'a job without an account',
    purge,
    '          serviceAccountName: auth-service@your-project.iam.gserviceaccount.com\n',
    '',
    'purge-job.yaml: spec.template.spec.template.spec.serviceAccountName: is required [schema]',
  ],
  [
    'an unknown label of the collector',
    monitoring,
    '- revision',
    '- pod',
    'run-monitoring.yaml: spec.targetLabels.metadata[1]: must be one of service, revision, instance [schema]',
  ],
];
