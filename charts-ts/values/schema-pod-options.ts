import { z } from 'zod';
import {
  objectName,
  objectReference,
  annotations as someAnnotations,
  labels as someLabels,
} from './formats.ts';

/** A part of an object in the form of the Kubernetes API. checks/check-forms.ts compares it with the types of Kubernetes. */
const form = z.record(z.string(), z.unknown());

// A key without a value is null in YAML, which removes the default of values.yaml.
const forms = z.array(form).default([]);
const labels = someLabels.default({});
const annotations = someAnnotations.default({});

/** What an operator adds to a container of the service and to its pod. */
const additions = {
  extraEnv: forms,
  envFrom: forms,
  extraVolumes: forms,
  extraVolumeMounts: forms,
  initContainers: forms,
};

const nodes = {
  nodeSelector: someLabels,
  tolerations: z.array(form),
  affinity: form.optional(),
  runtimeClassName: objectName.optional(),
  schedulerName: objectName.optional(),
};

/** On which nodes pods run, and how. */
export const placement = { ...nodes, nodeSelector: labels, tolerations: forms };

/** The identity of pods. */
export const serviceAccount = z.strictObject({
  create: z.boolean(),
  name: objectName.optional(),
  labels,
  annotations,
  imagePullSecrets: z.array(objectReference).default([]),
  automount: z.boolean(),
});

/** What an operator adds to the objects and the pods. */
export const podOptions = {
  commonLabels: labels,
  commonAnnotations: annotations,
  deploymentLabels: labels,
  deploymentAnnotations: annotations,
  podLabels: labels,
  podAnnotations: annotations,
  ...additions,
  sidecars: forms,
  lifecycle: form.default({}),
  openshift: z.boolean(),
  podSecurityContext: form.default({}),
  containerSecurityContext: form.default({}),
  dnsPolicy: z.enum(['ClusterFirst', 'Default', 'None']).optional(),
  dnsConfig: form.optional(),
  hostAliases: forms,
  serviceAccount,
  jobs: z.strictObject({
    labels,
    annotations,
    podLabels: labels,
    podAnnotations: annotations,
    ...additions,
    scheduling: z.strictObject(nodes).partial(),
  }),
};
