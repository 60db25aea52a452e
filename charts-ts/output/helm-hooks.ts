import type { Manifest, ManifestFile } from '../manifest.ts';
import { isTree, type Tree } from '../values/merge.ts';

/** Distinguishes the objects of an upgrade from those of the release, which Helm changes later. */
const suffix = '-hook';

const hook = (weight: number, deletePolicy: string) => ({
  'helm.sh/hook': 'pre-upgrade',
  'helm.sh/hook-weight': String(weight),
  'helm.sh/hook-delete-policy': deletePolicy,
});

const asHook = (object: Manifest, annotations: Readonly<Record<string, string>>): Manifest => ({
  ...object,
  metadata: { ...object.metadata, name: `${object.metadata?.name}${suffix}`, annotations },
});

const isConfigMapReference = (key: string): boolean => /^configMap(Ref|KeyRef)?$/.test(key);

/** Every reference to a ConfigMap below `value`. */
function* configMapReferences(value: unknown): Iterable<Tree> {
  if (Array.isArray(value)) for (const item of value) yield* configMapReferences(item);
  if (!isTree(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (isConfigMapReference(key) && isTree(child)) yield child;
    else yield* configMapReferences(child);
  }
}

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** What is read here of a NetworkPolicy or a Job. The gate has checked its types. */
interface WithSpec extends Manifest {
  readonly spec?: {
    readonly podSelector?: Selector;
    readonly egress?: readonly unknown[];
    readonly template?: { readonly metadata?: { readonly labels?: Labels } };
  };
}

/** Whether a label selector of Kubernetes selects an object with these labels. */
export function selects({ matchExpressions = [], matchLabels = {} }: Selector, labels: Labels): boolean {
  const hasLabels = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    hasLabels &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return (operator === 'Exists') === (value !== undefined);
    })
  );
}

/** Whether a NetworkPolicy lets a pod with these labels connect to something. */
function admits(policy: WithSpec, labels: Labels): boolean {
  const { egress = [], podSelector = {} } = policy.spec ?? {};
  return policy.kind === 'NetworkPolicy' && egress.length > 0 && selects(podSelector, labels);
}

/**
 * The migration of an upgrade, which Helm runs before it changes the Deployment, and copies of what the Job reads: at this
 * time the release still has the ConfigMaps and NetworkPolicies of the version before. ServiceAccount and Secrets exist.
 */
export function upgradeHooks(job: WithSpec, files: readonly ManifestFile[]): Manifest[] {
  const copy = structuredClone(job);
  const references = [...configMapReferences(copy)];
  const inNamespace = files
    .flatMap(({ objects }) => objects)
    .filter(({ metadata }) => metadata?.namespace === job.metadata?.namespace);
  const configMaps = inNamespace.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && references.some(({ name }) => name === metadata?.name),
  );
  const labels = job.spec?.template?.metadata?.labels ?? {};
  const policies = inNamespace.filter((object) => admits(object, labels));
  const copied = new Set(configMaps.map(({ metadata }) => metadata?.name));
  // reason: the gate has checked that the name of a reference is a text.
  for (const reference of references)
    if (copied.has(reference.name as string)) reference.name = `${reference.name}${suffix}`;
  const temporary = hook(-1, 'before-hook-creation,hook-succeeded');
  return [
    ...[...configMaps, ...policies].map((object) => asHook(object, temporary)),
    asHook(copy, hook(0, 'before-hook-creation')),
  ];
}
