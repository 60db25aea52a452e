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
  };
}

/** The group of `apps/v1`; empty for `v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

const builtInGroups =
  /^(|apps|batch|autoscaling|policy|(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage)\.k8s\.io)$/;

/** Whether the group is of Kubernetes itself. Every other one, such as gateway.networking.k8s.io, is of custom resources. */
export const isBuiltInGroup = (group: string): boolean => builtInGroups.test(group);

/** Kinds of Kubernetes without a namespace. Custom resources without one are called Cluster… by convention. */
const clusterKinds =
  /^(Namespace|Node|PersistentVolume|(Priority|Storage|Ingress|Gateway|Runtime|VolumeAttributes|Device)Class|ClusterRole|ClusterRoleBinding|CSIDriver|CustomResourceDefinition|APIService|((Mutating|Validating)(WebhookConfiguration|AdmissionPolicy(Binding)?))|FlowSchema|PriorityLevelConfiguration|CertificateSigningRequest|Cluster[A-Z]\w*)$/;

/** Whether objects of this kind belong to no namespace. */
export const isClusterScoped = ({ kind }: Pick<Manifest, 'kind'>): boolean => clusterKinds.test(kind);

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
