import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { type Host, hasTlsSecrets, hostsOf } from './hosts.ts';

type GatewaySpec = NonNullable<IGateway['spec']>;
export type Listener = GatewaySpec['listeners'][number];

/** Whether the charts create the Gateway. Otherwise routes attach to Gateways of somebody else. */
export const hasOwnGateway = ({ gateway }: Values): boolean => gateway.parentRefs.length === 0;

/** Whether the cloud has to give the certificate: not Secrets, not the listeners of the operator, not a Gateway of somebody else. */
export function needsCloudCertificate(values: Values): boolean {
  const { gateway, ingress } = values;
  const isGiven = ingress.kind === 'gateway' && (!hasOwnGateway(values) || gateway.listeners.length > 0);
  return ingress.tls && !isGiven && !hasTlsSecrets(values);
}

/** The certificate of a listener: the Secret of its host, or what the cloud offers. */
const tlsOf = ({ tlsSecretName }: Host, ofCloud: Listener['tls']): Listener['tls'] =>
  tlsSecretName
    ? { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: tlsSecretName }] }
    : ofCloud;

/** An HTTP listener, which redirects to HTTPS, and an HTTPS listener for each host. */
function listenersOf(values: Values, options: GatewayOptions): Listener[] {
  const { allowedRoutes = { namespaces: { from: 'Same' } }, tls } = options;
  return hostsOf(values).flatMap((host, index) => {
    const suffix = index === 0 ? '' : `-${index + 1}`;
    const common = { hostname: host.host, allowedRoutes };
    const http: Listener = { name: `http${suffix}`, port: 80, protocol: 'HTTP', ...common };
    if (!values.ingress.tls) return [http];
    const certificate = tlsOf(host, tls);
    const https: Listener = { name: `https${suffix}`, port: 443, protocol: 'HTTPS', ...common };
    return [http, { ...https, ...(certificate && { tls: certificate }) }];
  });
}

/** The listeners that the operator gives, or one pair for each host. */
export function gatewayListeners(values: Values, options: GatewayOptions = {}): Listener[] {
  const { listeners } = values.gateway;
  // reason: the values contain listeners in the form of the Gateway API, which the gate checks in the finished object.
  return listeners.length > 0 ? (listeners as unknown as Listener[]) : listenersOf(values, options);
}

export interface GatewayOptions {
  /** Default: the namespace of the service. */
  readonly namespace?: string;
  /** Annotations of the cloud. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The certificate of hosts without a Secret. */
  readonly tls?: Listener['tls'];
  /** Default: routes of the namespace of the Gateway. */
  readonly allowedRoutes?: Listener['allowedRoutes'];
}

/** Adds the Gateway of the installation. */
export function addGateway(
  scope: Construct,
  values: Values,
  spec: Pick<GatewaySpec, 'gatewayClassName' | 'addresses' | 'infrastructure'>,
  options: GatewayOptions = {},
): void {
  const annotations = { ...options.annotations, ...values.ingress.annotations };
  addObject<IGateway>(scope, 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: {
      ...metadata(values, namesOf(values).gateway, { component: 'entry', annotations }),
      ...(options.namespace && { namespace: options.namespace }),
    },
    spec: { ...spec, listeners: gatewayListeners(values, options) },
  });
}
