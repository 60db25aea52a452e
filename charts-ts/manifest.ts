import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';

/** Any Kubernetes object, as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** One file of the output: its name without extension, and its objects in order. */
export interface ManifestFile {
  readonly name: string;
  readonly objects: readonly Manifest[];
}

/**
 * Adds an object as it is. cdk8s-plus and its generated classes pass everything through a list of the fields of 1.28
 * and drop the rest without a word; here TypeScript and the gate check instead. T is the model's interface.
 */
export function addObject<T extends Manifest>(scope: Construct, id: string, object: T): ApiObject {
  // reason: ApiObjectProps is an open record, which interfaces of the models are not assignable to.
  return new ApiObject(scope, id, object as unknown as ApiObjectProps);
}
