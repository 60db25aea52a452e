import { Construct } from 'constructs';
import type { INetworkPolicy, INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { installationSelector, metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { egressRules, ingressRules } from './network-peers.ts';
import { type Traffic, trafficOf } from './network-traffic.ts';

/**
 * Denies what no other policy allows. In a namespace that the installation shares, a policy for all pods would cut off
 * the pods of others.
 */
function defaultDeny(values: Values): INetworkPolicySpec {
  const isForNamespace = values.networkPolicy.defaultDeny === 'namespace';
  return {
    podSelector: isForNamespace ? {} : { matchLabels: installationSelector(values) },
    policyTypes: ['Ingress', 'Egress'],
  };
}

/** One direction, or both in one policy, because Polaris accepts only a policy with rules for both as isolation. */
function toSpec({ egress, ingress, podSelector }: Traffic): INetworkPolicySpec {
  return {
    podSelector,
    policyTypes: [...(ingress ? ['Ingress' as const] : []), ...(egress ? ['Egress' as const] : [])],
    ...(ingress && { ingress: ingressRules(ingress) }),
    ...(egress && { egress: egressRules(egress) }),
  };
}

/** Denies all traffic of the pods of the installation except what they need. */
export class NetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    // Peers that only Cilium knows have no rule here: kubernetes/cilium-network-policies.ts allows them.
    const allowed = Object.entries(trafficOf(values, cloud))
      .map(([name, traffic]) => [name, toSpec(traffic)] as const)
      .filter(([, { egress = [], ingress = [] }]) => egress.length + ingress.length > 0);
    const all = [[`${namesOf(values).app}-default-deny`, defaultDeny(values)] as const, ...allowed];
    for (const [name, spec] of all) {
      addObject<INetworkPolicy>(this, name, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: metadata(values, name, { component: 'network' }),
        spec,
      });
    }
  }
}
