import type { Values } from '../values/schema.ts';
import { podExceptions } from './pod-exceptions.ts';

/** A value that weakens the installation on purpose, so that the gate must not refuse what follows from it. */
export interface Choice {
  /** The value and its setting, such as `networkPolicy.enabled is false`. */
  readonly value: string;
  /** What the operator accepts with it. */
  readonly effect: string;
  /** The rules of the gate that the choice breaks. */
  readonly rules: readonly string[];
}

function* scalingChoices({ autoscaling, replicas, rollout }: Values): Iterable<Choice> {
  const { enabled, maxReplicas, minReplicas } = autoscaling;
  const single = 'each restart, eviction or failed node stops the service until its pod has started again';
  if (enabled && minReplicas < 3)
    yield {
      value: `autoscaling.minReplicas is ${minReplicas}`,
      effect: minReplicas === 1 ? single : 'one failed zone or node may leave a single pod',
      rules: ['autoscaler-bounds'],
    };
  if (enabled && minReplicas === maxReplicas)
    yield {
      value: 'autoscaling.maxReplicas is autoscaling.minReplicas',
      effect: 'the autoscaler never adds a pod',
      rules: ['autoscaler-bounds'],
    };
  if (!enabled && replicas === 1) yield { value: 'replicas is 1', effect: single, rules: ['replicas'] };
  if (!enabled && replicas === undefined)
    yield {
      value: 'replicas is null',
      effect: 'an autoscaler of your own must set the number of pods, which is 1 until then',
      rules: ['replicas'],
    };
  if (rollout.maxUnavailable !== 0 && rollout.maxUnavailable !== '0%')
    yield {
      value: `rollout.maxUnavailable is ${rollout.maxUnavailable}`,
      effect: 'a rollout stops pods before their replacements are ready',
      rules: ['rolling-update'],
    };
}

function* placementChoices({ autoscaling, replicas, scheduling }: Values): Iterable<Choice> {
  const { priorityClass, topologySpread } = scheduling;
  if (!priorityClass.name)
    yield {
      value: 'scheduling.priorityClass.name is null',
      effect: 'a full node may evict these pods before those of services that need them',
      rules: ['priority-class'],
    };
  if (!autoscaling.enabled && replicas === 1) return;
  if (topologySpread && !topologySpread.some(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname'))
    yield {
      value: 'scheduling.topologySpread has no constraint with the topologyKey kubernetes.io/hostname',
      effect: 'all pods may run on one node',
      rules: ['anti-affinity', ...(topologySpread.length === 0 ? ['topology-spread'] : [])],
    };
}

function* securityChoices({ ingress, networkPolicy, secrets }: Values): Iterable<Choice> {
  if (!networkPolicy.enabled)
    yield {
      value: 'networkPolicy.enabled is false',
      effect: 'every pod that can reach these pods may use the service and read its metrics',
      rules: ['network-policy'],
    };
  if (!ingress.tls && ingress.kind !== 'none')
    yield {
      value: 'ingress.tls is false',
      effect:
        'passwords and tokens reach the load balancer unencrypted, unless something in front of it ends TLS',
      rules: ['ingress-tls'],
    };
  if (secrets.delivery === 'env')
    yield {
      value: 'secrets.delivery is env',
      effect:
        'a reader of the environment of the process sees the secrets, and a changed secret needs a restart',
      rules: ['secrets-as-files'],
    };
}

/** The weakening values that the operator has chosen. Synth prints a warning for each, and the gate skips its rules. */
export function choicesOf(values: Values): Choice[] {
  return [...scalingChoices(values), ...placementChoices(values), ...securityChoices(values)];
}

/** The rules that the gate skips for these values. */
export const allowedRules = (values: Values): string[] => [
  ...choicesOf(values).flatMap(({ rules }) => rules),
  ...podExceptions(values).map(({ rule }) => rule),
  ...(values.service.type === 'ClusterIP' ? [] : ['service-type']),
  ...(values.ingress.className === 'nginx' ? ['ingress-nginx'] : []),
  ...values.gate.allow,
];
