import type { ISecretStoreProvider } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import type { Construct } from 'constructs';
import type { Fault } from '../values/fault.ts';
import type { Peer } from '../values/schema-network.ts';

/** Everything in which the three clouds differ. */
export interface Cloud {
  readonly loadBalancer: {
    /** Who connects to the pods. */
    readonly peers: readonly Peer[];
    /** CIDR blocks whose X-Forwarded-For counts. */
    readonly proxies: readonly string[];
    /** How long it may go on sending new requests to a pod that has turned unready. */
    readonly noticeSeconds: number;
    /** How long it keeps an idle connection to a pod. */
    readonly idleSeconds: number;
  };
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly serviceAnnotations: Readonly<Record<string, string>>;
  /** For External Secrets: the store, and what binds the ServiceAccount `auth-service-secrets` to an identity. */
  readonly secretStore: {
    readonly provider: ISecretStoreProvider;
    readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  };
  /** What is missing or contradictory in the cloud's own values. */
  faults(): Iterable<Fault>;
  /** Adds Ingress or Gateway and what belongs to it. */
  addEntry(scope: Construct): void;
}
