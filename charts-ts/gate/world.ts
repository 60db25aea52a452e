import type { Tree } from '../values/set-flag.ts';
import type { Document } from './document.ts';
import { get, text, tree, trees } from './json.ts';

/** A pod template with what it belongs to. */
export interface Workload {
  readonly document: Document;
  readonly kind: string;
  readonly labels: Tree;
  readonly spec: Tree;
  /** Init containers too: scanners and attackers treat them alike. */
  readonly containers: readonly Tree[];
}

/** Everything that is applied together. */
export interface World {
  readonly documents: readonly Document[];
  readonly workloads: readonly Workload[];
}

const templatePaths: Record<string, string[]> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

function toWorkload(document: Document): Workload[] {
  const path = templatePaths[document.object.kind];
  if (!path) return [];
  const template = get(document.object, ...path);
  const spec = tree(get(template, 'spec'));
  return [
    {
      document,
      kind: document.object.kind,
      labels: tree(get(template, 'metadata', 'labels')),
      spec,
      containers: [...trees(spec.initContainers), ...trees(spec.containers)],
    },
  ];
}

export function createWorld(documents: readonly Document[]): World {
  return { documents, workloads: documents.flatMap(toWorkload) };
}

export const ofKind = (world: World, ...kinds: string[]): Document[] =>
  world.documents.filter(({ object }) => kinds.includes(object.kind));

export const nameOf = ({ object }: Document): string => text(object.metadata?.name);
export const namespaceOf = ({ object }: Document): string => text(object.metadata?.namespace);

/** The object of this kind and name in the same namespace as `beside`. */
export function find(world: World, kind: string, name: unknown, beside: Document): Document | undefined {
  return ofKind(world, kind).find((one) => nameOf(one) === name && namespaceOf(one) === namespaceOf(beside));
}

/** Whether a pod has a port of this name or number. */
export function hasPort({ spec }: Workload, port: unknown): boolean {
  return trees(spec.containers)
    .flatMap(({ ports }) => trees(ports))
    .some(({ containerPort, name }) => name === port || containerPort === port);
}
