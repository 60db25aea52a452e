import { checkSchemas } from '../gate/schemas/check-schemas.ts';
import type { Manifest } from '../manifest.ts';
import { ValuesError } from '../values/load-values.ts';
import { isTree } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';

/** A value in the form of Kubernetes, its path, and its slot in a pod. */
type Form = readonly [path: string, value: unknown, slot: readonly string[]];

const container = 'containers';

/** Values for a container of the service. */
function formsOfContainer(prefix: string, values: Values | Values['jobs']): Form[] {
  return [
    [`${prefix}extraEnv`, values.extraEnv, [container, 'env']],
    [`${prefix}envFrom`, values.envFrom, [container, 'envFrom']],
    [`${prefix}extraVolumeMounts`, values.extraVolumeMounts, [container, 'volumeMounts']],
    [`${prefix}extraVolumes`, values.extraVolumes, ['volumes']],
    [`${prefix}initContainers`, values.initContainers, ['initContainers']],
  ];
}

function formsOf(values: Values): Form[] {
  const { jobs, scheduling } = values;
  return [
    ...formsOfContainer('', values),
    ...formsOfContainer('jobs.', jobs),
    ['sidecars', values.sidecars, [container]],
    ['lifecycle', values.lifecycle, [container, 'lifecycle']],
    ['podSecurityContext', values.podSecurityContext, ['securityContext']],
    ['containerSecurityContext', values.containerSecurityContext, [container, 'securityContext']],
    ['dnsConfig', values.dnsConfig, ['dnsConfig']],
    ['hostAliases', values.hostAliases, ['hostAliases']],
    ['scheduling.affinity', scheduling.affinity, ['affinity']],
    ['scheduling.tolerations', scheduling.tolerations, ['tolerations']],
    ['jobs.scheduling.affinity', jobs.scheduling.affinity, ['affinity']],
    ['jobs.scheduling.tolerations', jobs.scheduling.tolerations, ['tolerations']],
  ];
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** A pod with the value at its slot, and the path of that slot in the messages of the schema. */
function podWith(value: unknown, [first = '', field]: readonly string[]): { pod: Manifest; at: string } {
  const metadata = { name: 'form', namespace: 'form' };
  const main = { name: 'main', ...(field && { [field]: value }) };
  const spec = { containers: [main], ...(!field && { [first]: value }) };
  return {
    // reason: a Manifest is any object with these keys.
    pod: { apiVersion: 'v1', kind: 'Pod', metadata, spec } as Manifest,
    at: field ? `spec.${first}[0].${field}` : `spec.${first}`,
  };
}

/** Items of a list of the operator may be anything. A null in a security context removes a default and is no value. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isTree(value)) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]));
}

async function faultsOf([path, value, slot]: Form, version: Values['kubernetesVersion']): Promise<string[]> {
  if (isEmpty(value)) return [];
  const { at, pod } = podWith(withoutNulls(value), slot);
  const findings = await checkSchemas([{ file: path, object: pod }], version);
  return findings
    .filter(({ message }) => message.startsWith(at) && /^[.[ ]/.test(message.slice(at.length)))
    .map(({ message }) => {
      const [, inner = '', what = ''] = /^(\S*) (.*)$/s.exec(message.slice(at.length)) ?? [];
      return `${path}${inner}: ${what.replace('must be string', 'must be text: put it in quotes')}`;
    });
}

/**
 * Compares what an operator writes in the form of Kubernetes with the types of Kubernetes.
 * @throws ValuesError with the path of each wrong or unknown field
 */
export async function checkForms(values: Values): Promise<void> {
  const faults = await Promise.all(formsOf(values).map((form) => faultsOf(form, values.kubernetesVersion)));
  if (faults.flat().length > 0) throw new ValuesError(faults.flat());
}
