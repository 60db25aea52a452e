import type { IEvent } from 'kubernetes-models/v1';
import type { Kubectl } from './kubectl.ts';

/** Warnings about the cluster and not about the service: a cluster without DNS records this one for each pod. */
const ofCluster = ['MissingClusterDNS'];

/** The warnings of a namespace, one line for each reason, object and message. */
export async function warningEvents(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const { items } = await kubectl.json<{ items: readonly IEvent[] }>([
    ...['get', 'events', '--namespace', namespace, '--field-selector', 'type=Warning'],
  ]);
  const ours = items.filter(({ reason }) => !ofCluster.includes(reason ?? ''));
  return ours.map(({ count, involvedObject, message, reason }) => {
    const times = count && count > 1 ? ` (${count} times)` : '';
    return `${reason} ${involvedObject.kind}/${involvedObject.name}: ${message}${times}`;
  });
}
