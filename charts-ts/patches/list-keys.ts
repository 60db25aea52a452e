import { groupOf, isBuiltInGroup } from '../manifest.ts';

/**
 * The lists that a strategic merge patch merges item by item. Any other list is replaced. `keys` identify an item, and
 * the first of them must be there. Without keys the items are texts, of which each is in the list once.
 */
export interface ListKeys {
  readonly keys?: readonly string[];
  /** The lists within a map, or within each item of this list, by field. */
  readonly fields?: Readonly<Record<string, ListKeys>>;
}

/** An item of a list by these keys, with lists within. */
const by = (keys: readonly string[], fields: ListKeys['fields'] = {}): ListKeys => ({ keys, fields });
const within = (fields: NonNullable<ListKeys['fields']>): ListKeys => ({ fields });

// patchMergeKey and listMapKey in types.go of k8s.io/api. test/charts/patches compares them with kubectl.
const container = {
  ports: by(['containerPort', 'protocol']),
  env: by(['name']),
  volumeMounts: by(['mountPath']),
  volumeDevices: by(['devicePath']),
};
const podSpec = within({
  containers: by(['name'], container),
  initContainers: by(['name'], container),
  ephemeralContainers: by(['name'], container),
  volumes: by(['name']),
  imagePullSecrets: by(['name']),
  hostAliases: by(['ip']),
  topologySpreadConstraints: by(['topologyKey', 'whenUnsatisfiable']),
  schedulingGates: by(['name']),
  resourceClaims: by(['name']),
});
const metadata = within({ ownerReferences: by(['uid']), finalizers: {} });
const pod = { metadata, spec: podSpec };
const template = { spec: within({ template: within(pod) }) };
const webhooks = { webhooks: by(['name'], { matchConditions: by(['name']) }) };

const byKind: Readonly<Record<string, ListKeys['fields']>> = {
  Pod: pod,
  'apps/Deployment': template,
  'apps/StatefulSet': template,
  'apps/DaemonSet': template,
  'apps/ReplicaSet': template,
  'batch/Job': template,
  'batch/CronJob': { spec: within({ jobTemplate: within({ metadata, ...template }) }) },
  Service: { spec: within({ ports: by(['port', 'protocol']) }) },
  ServiceAccount: { secrets: by(['name']) },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
};

/** The lists of an object that are merged. Of a custom resource there are none, as kubectl has no schema of it. */
export function listKeysOf(apiVersion: string, kind: string): ListKeys {
  const group = groupOf(apiVersion);
  if (!isBuiltInGroup(group)) return {};
  return { fields: { metadata, ...byKind[group ? `${group}/${kind}` : kind] } };
}
