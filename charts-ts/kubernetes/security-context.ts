import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { userId } from '../names.ts';
import type { Values } from '../values/schema.ts';

type Form = Readonly<Record<string, unknown>>;

/** OpenShift assigns them from a range of the namespace, and refuses a pod that names others. */
const assignedByOpenShift = ['runAsUser', 'runAsGroup', 'fsGroup'];

/** The fields of a security context without the ids of the charts where OpenShift assigns them. Ids of the operator stay. */
function fieldsOf({ openshift }: Values, context: Form): Form {
  const isLeftOut = ([name, value]: [string, unknown]): boolean =>
    openshift && value === userId && assignedByOpenShift.includes(name);
  return Object.fromEntries(Object.entries(context).filter((field) => !isLeftOut(field)));
}

// reason of both casts: the schema of the values takes any map, and the check of forms compares it with the type.
export const podSecurity = (values: Values) =>
  fieldsOf(values, values.podSecurityContext) as IPodSpec['securityContext'];

const containerFields = (values: Values): Form => fieldsOf(values, values.containerSecurityContext);
export const containerSecurity = (values: Values) => containerFields(values) as IContainer['securityContext'];

const asForm = (value: unknown): Form => (typeof value === 'object' && value !== null ? { ...value } : {});

/** What a container of the operator says, over the security context of the charts. null removes a field. */
export function securityOver(values: Values, given: unknown): Form {
  const defaults = containerFields(values);
  const { capabilities, ...rest } = asForm(given);
  const all = {
    ...defaults,
    ...rest,
    ...(capabilities !== null && {
      capabilities: { ...asForm(defaults.capabilities), ...asForm(capabilities) },
    }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
