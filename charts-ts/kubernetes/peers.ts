import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1';

/** Pods of a namespace, which is known by the label that Kubernetes itself gives it. */
export function podsOf(namespace: string, podLabels?: Readonly<Record<string, string>>): INetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    ...(podLabels && { podSelector: { matchLabels: podLabels } }),
  };
}

/** Everything in one CIDR block. */
export const block = (cidr: string): INetworkPolicyPeer => ({ ipBlock: { cidr } });
