import type { UnusualCluster } from './cluster.ts';

const selected = 'must be removed, because objects and pods of the installation are selected by this label';

/** Labels and annotations that synth refuses. */
export const metadataMistakes: readonly UnusualCluster[] = [
  {
    title: 'labels by which the charts select',
    values: `commonLabels: { app: other, auth-service/installation: other }
podLabels: { app.kubernetes.io/component: web, pod-template-hash: x }
jobs: { podLabels: { app.kubernetes.io/name: other, batch.kubernetes.io/job-name: x } }
backup: { podLabels: { app.kubernetes.io/instance: other } }`,
    refused: [
      `commonLabels.app: ${selected}`,
      `commonLabels.auth-service/installation: ${selected}`,
      `podLabels.app.kubernetes.io/component: ${selected}`,
      `podLabels.pod-template-hash: ${selected}`,
      `jobs.podLabels.app.kubernetes.io/name: ${selected}`,
      `jobs.podLabels.batch.kubernetes.io/job-name: ${selected}`,
      `backup.podLabels.app.kubernetes.io/instance: ${selected}`,
    ],
    clouds: ['eks'],
  },
  {
    title: 'an annotation of the Service that GKE reads from the charts',
    values: `service: { annotations: { cloud.google.com/neg: "{}" } }`,
    refused: ['service.annotations.cloud.google.com/neg: must be removed; the charts set it'],
    clouds: ['gke'],
  },
  {
    title: 'labels and annotations that Kubernetes does not accept',
    values: `podLabels:
  team: identity and access
  a/b/c: x
  Example.com/team: x
  example.com/: x
  ${'k'.repeat(64)}: x
  -edge: x
  long: ${'v'.repeat(64)}
  port: 9464
  list: [x]
podAnnotations:
  "with space": x
  Example.com/Free: "any text, also with ä and \\n"
  version: 1.10`,
    refused: [
      'podLabels.team: must be the value of a label: letters, digits, -, _ and ., with a letter or digit at both ends',
      'podLabels.a/b/c: must be a key with one slash at most, such as example.com/team',
      'podLabels.Example.com/team: must have a DNS name in lower case before the slash, such as example.com/team',
      'podLabels.example.com/: must be a key of letters, digits, -, _ and ., with a letter or digit at both ends',
      `podLabels.${'k'.repeat(64)}: must be a key of at most 63 characters, not counting a prefix such as example.com/`,
      'podLabels.-edge: must be a key of letters, digits, -, _ and ., with a letter or digit at both ends',
      'podLabels.long: must have at most 63 characters',
      'podLabels.port: must be text: put a number in quotes, or use --set-string',
      'podLabels.list: must be text: put a number in quotes, or use --set-string',
      'podAnnotations.with space: must be a key of letters, digits, -, _ and ., with a letter or digit at both ends',
      'podAnnotations.version: must be text: put a number in quotes, or use --set-string',
    ],
    clouds: ['eks'],
  },
  {
    title: 'more annotations than Kubernetes stores',
    values: `podAnnotations: { large: ${'x'.repeat(256 * 1024)} }`,
    refused: [
      'podAnnotations: must have at most 256 KiB: Kubernetes accepts no more annotations of an object',
    ],
    clouds: ['eks'],
  },
];
