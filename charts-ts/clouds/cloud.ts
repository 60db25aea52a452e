import type { ISecretStoreProvider } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import type { Construct } from 'constructs';
import type { Values } from '../values/schema.ts';
import type { EgressRule, Peer } from '../values/schema-peers.ts';

/** The way in: the Ingress, Gateway or Route, and how the load balancer behind it treats the pods. */
export interface Entry {
  readonly loadBalancer: {
    /** Addresses or pods that connect to the pods of the API. */
    readonly peers: readonly Peer[];
    /** CIDR blocks whose X-Forwarded-For header the service trusts. */
    readonly proxies: readonly string[];
    /** The longest time for which the load balancer sends new requests to a pod that is no longer ready. */
    readonly deregistrationSeconds: number;
    /** The time after which the load balancer closes an idle connection to a pod. */
    readonly idleTimeoutSeconds: number;
  };
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly serviceAnnotations?: Readonly<Record<string, string>>;
  /** Annotations that the charts set, each with what an operator does instead of giving them. */
  readonly reservedAnnotations: Readonly<Record<string, string>>;
  /** What is missing or contradictory in the values of this way in: `path: message`. */
  entryFaults(): Iterable<string>;
  /** Each adds the object of its name and the objects that belong to it. */
  addIngress(scope: Construct): void;
  addGateway(scope: Construct): void;
}

/** Everything that differs between the three clouds. */
export interface Cloud extends Entry {
  /** The secret store, unless the values name one that exists, and the annotations by which the ServiceAccount `auth-service-secrets` may read it. */
  readonly secretStore: {
    readonly provider: ISecretStoreProvider;
    readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  };
  /** How the cloud lets the pods of a ServiceAccount act as an identity of its own. */
  workloadIdentity(identity: string): {
    readonly annotations: Readonly<Record<string, string>>;
    readonly podLabels: Readonly<Record<string, string>>;
    /** The addresses on the node that give the pods their tokens. */
    readonly egress: readonly EgressRule[];
  };
  /** What is missing or contradictory in the values of this cloud beside its way in: `path: message`. */
  faults(): Iterable<string>;
}

/** Whether the operator of External Secrets reads the secret store of the cloud, and not a store that exists. */
export const readsCloudStore = ({ external, source }: Values['secrets']): boolean =>
  source === 'external' && !external.store;
