import { z } from 'zod';
import { annotations, labels, objectName, objectReference } from './formats.ts';

/** A part of an object in the form of the Kubernetes API. checks/check-forms.ts compares it with the types of Kubernetes. */
const form = z.record(z.string(), z.unknown());
const forms = z.array(form);

/** What an operator adds to a container of the service and to its pod. */
const additions = {
  extraEnv: forms,
  envFrom: forms,
  extraVolumes: forms,
  extraVolumeMounts: forms,
  initContainers: forms,
};

/** On which nodes pods run, and how. */
export const placement = {
  nodeSelector: labels,
  tolerations: forms,
  affinity: form.optional(),
  runtimeClassName: objectName.optional(),
  schedulerName: objectName.optional(),
};

/** The identity of pods. */
export const serviceAccount = z.strictObject({
  create: z.boolean(),
  name: objectName.optional(),
  labels,
  annotations,
  imagePullSecrets: z.array(objectReference),
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
  lifecycle: form,
  openshift: z.boolean(),
  podSecurityContext: form,
  containerSecurityContext: form,
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
    scheduling: z.strictObject(placement).partial(),
  }),
};
