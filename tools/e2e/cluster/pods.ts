import { setTimeout as sleep } from 'node:timers/promises';
import type { IContainerStatus, IPod } from 'kubernetes-models/v1';
import type { Kubectl } from './kubectl.ts';

export const isReady = ({ status }: IPod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

export const containerState = ({ status }: IPod, name: string): IContainerStatus | undefined =>
  status?.containerStatuses?.find((container) => container.name === name);

/** Asks every second. @throws Error with the condition after the time */
export async function until(
  condition: string,
  seconds: number,
  isReached: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  while (!(await isReached())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${condition}`);
    await sleep(1_000);
  }
}

/**
 * Ends the process of a container by SIGTERM, which drains it, so that the kubelet starts the container again.
 * @returns whether the pod is ready again within three minutes
 */
export async function restartContainer(
  kubectl: Kubectl,
  { container, namespace }: { readonly container: string; readonly namespace: string },
  name: string,
): Promise<boolean> {
  const read = () => kubectl.json<IPod>(['get', 'pod', name, '--namespace', namespace]);
  const restarts = async () => containerState(await read(), container)?.restartCount ?? 0;
  const before = await restarts();
  await kubectl.must([
    'exec',
    name,
    '--namespace',
    namespace,
    '-c',
    container,
    '--',
    'sh',
    '-c',
    'kill -TERM 1',
  ]);
  try {
    await until('the container has restarted', 120, async () => (await restarts()) > before);
    await until('the pod is ready', 60, async () => isReady(await read()));
    return true;
  } catch {
    return false;
  }
}

/** The number of pods on each node. */
export function podsByNode(pods: readonly IPod[], nodes: readonly string[]): Map<string, number> {
  const counts = new Map(nodes.map((node) => [node, 0]));
  for (const { spec } of pods) {
    const node = spec?.nodeName ?? 'no node';
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
