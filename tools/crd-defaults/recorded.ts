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
