import type { Document } from './document.ts';
import { asMap, asMaps, asText, get } from './untyped.ts';

const podTemplatePaths: Record<string, string[]> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** An object that creates pods, and its pod template. */
export type Workload = ReturnType<typeof toWorkload>[number];

function toWorkload(document: Document) {
  const { kind } = document.object;
  const path = podTemplatePaths[kind];
  if (!path) return [];
  const template = get(document.object, ...path);
  const podSpec = asMap(get(template, 'spec'));
  const podLabels = asMap(get(template, 'metadata', 'labels'));
  const podAnnotations = asMap(get(template, 'metadata', 'annotations'));
  const containers = [...asMaps(podSpec.initContainers), ...asMaps(podSpec.containers)];
  return [{ document, kind, podAnnotations, podLabels, podSpec, containers }];
}

/** All objects that are applied together. */
export type ManifestSet = ReturnType<typeof createManifestSet>;

/** @param existing names of ConfigMaps that are in the cluster already, and not among the documents */
export function createManifestSet(documents: readonly Document[], existing: readonly string[] = []) {
  return { documents, existing, workloads: documents.flatMap(toWorkload) };
}

export const documentsOfKind = (manifests: ManifestSet, ...kinds: string[]): Document[] =>
  manifests.documents.filter(({ object }) => kinds.includes(object.kind));

/** The name, or of an object with generateName what the API server completes to one. */
export const nameOf = ({ object: { metadata } }: Document): string =>
  metadata?.name ?? asText(metadata?.generateName).replace(/-$/, '');
export const namespaceOf = ({ object }: Document): string => asText(object.metadata?.namespace);

/** The object of this kind and name in the namespace of `referrer`. */
export function findObject(manifests: ManifestSet, kind: string, name: unknown, referrer: Document) {
  return documentsOfKind(manifests, kind).find(
    (document) => nameOf(document) === name && namespaceOf(document) === namespaceOf(referrer),
  );
}

/** Whether a container of the pod declares a port of this name or number. */
export function hasContainerPort({ podSpec }: Workload, port: unknown): boolean {
  return asMaps(podSpec.containers)
    .flatMap(({ ports }) => asMaps(ports))
    .some(({ containerPort, name }) => name === port || containerPort === port);
}
