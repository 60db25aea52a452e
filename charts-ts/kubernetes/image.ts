import type { IContainer } from 'kubernetes-models/v1';
import type { Values } from '../values/schema.ts';

/**
 * When the kubelet asks the registry. A digest names one content for ever, so that a node which has the image can restart a
 * pod while the registry is away. A tag can be moved.
 */
export function pullPolicy({ image }: Values, reference: string): NonNullable<IContainer['imagePullPolicy']> {
  return image.pullPolicy ?? (reference.includes('@') ? 'IfNotPresent' : 'Always');
}
