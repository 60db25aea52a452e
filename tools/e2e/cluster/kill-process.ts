import type { IPod } from 'kubernetes-models/v1';
import type { Kubectl } from './kubectl.ts';
import { startToolPod } from './tool-pod.ts';

interface Tools {
  readonly kubectl: Kubectl;
  /** A namespace whose pods may see the processes of their node. */
  readonly namespace: string;
  readonly image: string;
}

/** Kills the first process of one container from outside of it, because the kernel protects the first process from its own container. */
export interface ProcessKiller {
  /** @returns the command line of the killed process */
  kill(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts a root pod on the node of the pod.
 * @throws KubectlError if the cluster does not admit such a pod
 */
export async function openProcessKiller(
  { image, kubectl, namespace }: Tools,
  victim: { readonly namespace: string; readonly name: string; readonly container: string },
): Promise<ProcessKiller> {
  const pod = await kubectl.json<IPod>(['get', 'pod', victim.name, '--namespace', victim.namespace]);
  const node = pod.spec?.nodeName ?? '';
  const uid = pod.metadata?.uid ?? '';
  const tool = await startToolPod(kubectl, {
    name: `killer-${node}`,
    namespace,
    image,
    node,
    seesNode: true,
  });
  return {
    async kill() {
      const { status } = await kubectl.json<IPod>([
        'get',
        'pod',
        victim.name,
        '--namespace',
        victim.namespace,
      ]);
      const state = status?.containerStatuses?.find(({ name }) => name === victim.container);
      const id = state?.containerID?.replace(/^.*:\/\//, '') ?? '';
      return JSON.parse(await tool.exec(['node', '/scripts/end-process.mjs', uid, id])).command;
    },
    close: tool.delete,
  };
}
