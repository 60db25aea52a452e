import type { Manifest, ManifestFile } from '../manifest.ts';
import { sortedByKey } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';

type Annotations = Readonly<Record<string, string>>;

const argo = 'argocd.argoproj.io';

/** Argo CD and Flux must not delete what Helm must keep. */
const kept: Annotations = {
  [`${argo}/sync-options`]: 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** What a pod needs before it starts is in the files with the numbers 00 to 13. */
const isPrerequisite = (file: string): boolean => /^[01]\d-/.test(file);

/**
 * The order of Argo CD, which waits until a wave is healthy: what the migration needs, the migration, and then the rest. As a
 * hook of the phase Sync the Job is not part of the state that Argo CD compares, so that Argo CD does not create it again
 * after Kubernetes has deleted the finished one.
 */
function orderOf(file: string, { kind }: Manifest): Annotations {
  if (isPrerequisite(file)) return { [`${argo}/sync-wave`]: '-2' };
  if (file !== '30-migration' || kind !== 'Job') return {};
  return {
    [`${argo}/hook`]: 'Sync',
    [`${argo}/hook-delete-policy`]: 'BeforeHookCreation',
    [`${argo}/sync-wave`]: '-1',
  };
}

function annotationsOf(object: Manifest): Annotations {
  return object.metadata?.annotations ?? {};
}

/** Annotations that an object has already have precedence. */
function annotated(object: Manifest, added: Annotations): Manifest {
  if (Object.keys(added).length === 0) return object;
  const annotations = sortedByKey({ ...added, ...annotationsOf(object) });
  return { ...object, metadata: sortedByKey({ ...object.metadata, annotations }) };
}

/**
 * Adds what Argo CD and Flux read. Other tools ignore these annotations. Only a migration by a Job needs an order: an init
 * container migrates in the pods themselves.
 */
export function withDeliveryAnnotations(values: Values, files: readonly ManifestFile[]): ManifestFile[] {
  const hasOrder = values.migrations.mode === 'job';
  return files.map(({ name, objects }) => ({
    name,
    objects: objects.map((object) => {
      const isKept = annotationsOf(object)['helm.sh/resource-policy'] === 'keep';
      return annotated(object, { ...(isKept && kept), ...(hasOrder && orderOf(name, object)) });
    }),
  }));
}
