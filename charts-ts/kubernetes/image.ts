import type { IContainer } from 'kubernetes-models/v1';

type PullPolicy = NonNullable<IContainer['imagePullPolicy']>;

/**
 * When the kubelet asks the registry. A digest names one content for ever, so that a node which has the image can restart a
 * pod while the registry is away. A tag can be moved.
 */
export function pullPolicy(reference: string): PullPolicy {
  return reference.includes('@') ? 'IfNotPresent' : 'Always';
}
