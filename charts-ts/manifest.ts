import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';

/** A Kubernetes object as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string | undefined;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** One file of the output: its name without extension, and its objects in order. */
export interface ManifestFile {
  readonly name: string;
  readonly objects: readonly Manifest[];
}

/**
 * Adds an object unchanged. T is its interface in kubernetes-models. The classes of cdk8s-plus-28 would drop every field
 * that Kubernetes 1.28 does not have (docs/decisions/0010-kubernetes-objects-from-kubernetes-models.md).
 */
export function addObject<T extends Manifest>(scope: Construct, id: string, object: T): ApiObject {
  // reason: ApiObjectProps has an index signature, to which an interface is not assignable.
  return new ApiObject(scope, id, object as unknown as ApiObjectProps);
}
