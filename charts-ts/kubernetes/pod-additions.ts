import type { IContainer, IEnvVar, IPodSpec, IVolume, IVolumeMount } from 'kubernetes-models/v1';
import type { CommandName } from '../../app/config/config.ts';
import type { Values } from '../values/schema.ts';
import { pullPolicy } from './image.ts';
import { securityOver } from './security-context.ts';

type Forms = readonly Readonly<Record<string, unknown>>[];

// reason: the schema of the values takes any map, and the check of forms compares it with the type of Kubernetes.
const typed = <T>(forms: Forms): T[] => forms as unknown as T[];

/** The values for the container of the API, or those for every other process. */
const additionsOf = (values: Values, command: CommandName) => (command === 'serve' ? values : values.jobs);

/** What an operator adds to the container of a command. */
export function addedToContainer(values: Values, command: CommandName) {
  const { envFrom, extraEnv, extraVolumeMounts } = additionsOf(values, command);
  const hasLifecycle = command === 'serve' && Object.keys(values.lifecycle).length > 0;
  const options: Partial<IContainer> = {
    ...(envFrom.length > 0 && { envFrom: typed<NonNullable<IContainer['envFrom']>[number]>(envFrom) }),
    ...(hasLifecycle && { lifecycle: values.lifecycle }),
  };
  return {
    env: typed<IEnvVar>(extraEnv),
    volumeMounts: typed<IVolumeMount>(extraVolumeMounts),
    options,
  };
}

/** Containers of the operator, with the security context of the charts and a pull policy where they have none. */
function hardened(values: Values, containers: Forms): IContainer[] {
  return typed<IContainer>(
    containers.map(({ image, securityContext, ...rest }) => ({
      imagePullPolicy: pullPolicy(String(image)),
      ...rest,
      image,
      securityContext: securityOver(values, securityContext),
    })),
  );
}

/** What an operator adds to a pod that runs these commands. */
export function addedToPod(values: Values, commands: readonly CommandName[]) {
  const isApi = commands.includes('serve');
  const volumes = commands.flatMap((command) => typed<IVolume>(additionsOf(values, command).extraVolumes));
  return {
    volumes,
    initContainers: hardened(values, isApi ? values.initContainers : values.jobs.initContainers),
    sidecars: hardened(values, isApi ? values.sidecars : []),
  };
}

/** Where the pods of these commands run. Jobs share what says on which nodes, unless values override it for them. */
function nodesOf({ jobs, scheduling }: Values, commands: readonly CommandName[]) {
  const { nodeSelector, runtimeClassName, schedulerName, tolerations } = scheduling;
  const shared = { nodeSelector, tolerations, runtimeClassName, schedulerName };
  return commands.includes('serve') ? shared : { ...shared, ...jobs.scheduling };
}

/** The fields of a pod that say where it runs and which names it resolves. Those without a value are absent. */
export function placementOf(values: Values, commands: readonly CommandName[]): Partial<IPodSpec> {
  const { dnsConfig, dnsPolicy, hostAliases } = values;
  const all = { ...nodesOf(values, commands), dnsConfig, dnsPolicy, hostAliases };
  const isGiven = (value: unknown): boolean =>
    value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isGiven(value)));
}

/** The affinity of the operator over that of the charts. */
export function withAffinity(values: Values, placement: Partial<IPodSpec>): Partial<IPodSpec> {
  const { affinity } = values.scheduling;
  return affinity ? { ...placement, affinity: { ...placement.affinity, ...affinity } } : placement;
}
