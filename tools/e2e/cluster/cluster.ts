import type { INodeList } from 'kubernetes-models/v1';
import type { Kubectl } from './kubectl.ts';

export interface ClusterNode {
  readonly name: string;
  /** Undefined without the label topology.kubernetes.io/zone. */
  readonly zone: string | undefined;
  /** Whether pods without tolerations may be placed on the node. */
  readonly isOpen: boolean;
}

/** What the steps need to know about the cluster. */
export interface Cluster {
  readonly version: string;
  readonly nodes: readonly ClusterNode[];
  /** Groups of custom resources: `gateway.networking.k8s.io`. */
  readonly customGroups: readonly string[];
  /** Whether autoscalers get the use of CPU and memory. */
  readonly hasMetrics: boolean;
}

const blocks = (effect: string | undefined): boolean => effect === 'NoSchedule' || effect === 'NoExecute';

async function nodesOf(kubectl: Kubectl): Promise<ClusterNode[]> {
  const { items } = await kubectl.json<INodeList>(['get', 'nodes']);
  return items.map(({ metadata, spec }) => ({
    name: metadata?.name ?? '',
    zone: metadata?.labels?.['topology.kubernetes.io/zone'],
    isOpen: !spec?.unschedulable && !spec?.taints?.some(({ effect }) => blocks(effect)),
  }));
}

/** @throws KubectlError if the API server does not answer */
export async function readCluster(kubectl: Kubectl): Promise<Cluster> {
  const { gitVersion } = (await kubectl.json<{ serverVersion: { gitVersion: string } }>(['version']))
    .serverVersion;
  const groups = await kubectl.must(['get', 'crd', '-o', 'jsonpath={.items[*].spec.group}']);
  const metrics = await kubectl.run(['get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes']);
  return {
    version: gitVersion,
    nodes: await nodesOf(kubectl),
    customGroups: [...new Set(groups.split(' ').filter(Boolean))].sort(),
    hasMetrics: metrics.status === 0,
  };
}

/** The nodes on which the pods of the service may be placed. */
export const openNodes = ({ nodes }: Cluster): ClusterNode[] => nodes.filter(({ isOpen }) => isOpen);
