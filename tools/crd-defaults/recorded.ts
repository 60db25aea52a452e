import type { Schema } from './crds.ts';

const targetReference = { properties: { group: { default: '' }, kind: { default: 'Service' } } };
const listeners = { items: { properties: { alpnPolicy: { default: 'None' } } } };
const spec = (properties: Record<string, Schema>): Schema => ({ properties: { spec: { properties } } });

/**
 * Defaults that no Go module of a proxy offers, read from the CRDs of kubernetes-sigs/aws-load-balancer-controller, folder
 * config/crd/gateway, at the commits 051e2c79 and 22192b5c. The CRDs of GKE (GoogleCloudPlatform/gke-gateway-api, commits
 * 16e49509, 0e9156b3 and 4a788186: HealthCheckPolicy, GCPBackendPolicy, GCPGatewayPolicy) have no defaults.
 */
export const recordedSchemas: ReadonlyMap<string, Schema> = new Map(
  ['v1', 'v1beta1'].flatMap((version): [string, Schema][] => [
    [`gateway.k8s.aws/${version} LoadBalancerConfiguration`, spec({ listenerConfigurations: listeners })],
    [`gateway.k8s.aws/${version} TargetGroupConfiguration`, spec({ targetReference })],
  ]),
);

const nullBytePolicy = { properties: { nullBytePolicy: { type: 'string', default: 'Ignore' } } };

/** Fields of versions that no proxy offers: External Secrets 2.3.0 (external-secrets/external-secrets#6194). */
export const newerSchemas: ReadonlyMap<string, Schema> = new Map([
  [
    'external-secrets.io/v1 ExternalSecret',
    spec({
      data: { items: { properties: { remoteRef: nullBytePolicy } } },
      dataFrom: { items: { properties: { extract: nullBytePolicy, find: nullBytePolicy } } },
    }),
  ],
]);
