import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { IGCPBackendPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPBackendPolicy';
import type { IGCPGatewayPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPGatewayPolicy';
import type { IHealthCheckPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/HealthCheckPolicy';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { loadBalancerPath, metadata, namesOf, ports } from '../names.ts';
import type { Gke, Values } from '../values/schema.ts';
import { addRoutes, gatewayListeners } from './routing.ts';

/** The load balancer checks readiness, so that it stops sending requests to a draining pod at once. */
export const gkeHealthCheck = {
  checkIntervalSec: 10,
  timeoutSec: 5,
  healthyThreshold: 1,
  unhealthyThreshold: 2,
};

const apiVersion = 'networking.gke.io/v1';
const serviceRef = (values: Values) => ({ group: '', kind: 'Service', name: namesOf(values).app });

const policyMetadata = (values: Values) => metadata(values, namesOf(values).app, { component: 'entry' });

function addHealthCheckPolicy(scope: Construct, values: Values): void {
  addObject<IHealthCheckPolicy>(scope, 'health-check', {
    apiVersion,
    kind: 'HealthCheckPolicy',
    metadata: policyMetadata(values),
    spec: {
      targetRef: serviceRef(values),
      default: {
        ...gkeHealthCheck,
        config: {
          type: 'HTTP',
          httpHealthCheck: {
            port: ports.http,
            portSpecification: 'USE_FIXED_PORT',
            requestPath: loadBalancerPath,
          },
        },
      },
    },
  });
}

function addBackendPolicy(scope: Construct, values: Values, gke: Gke): void {
  addObject<IGCPBackendPolicy>(scope, 'backend', {
    apiVersion,
    kind: 'GCPBackendPolicy',
    metadata: policyMetadata(values),
    spec: {
      targetRef: serviceRef(values),
      default: {
        // Google's time for a whole response. A data export may take as long as exportDeadline of the service.
        timeoutSec: 900,
        connectionDraining: { drainingTimeoutSec: gke.drainingTimeoutSeconds },
        logging: { enabled: true, sampleRate: 1_000_000 },
        ...(gke.securityPolicy && { securityPolicy: gke.securityPolicy }),
      },
    },
  });
}

function addGatewayPolicy(scope: Construct, values: Values, sslPolicy: string): void {
  addObject<IGCPGatewayPolicy>(scope, 'gateway-policy', {
    apiVersion,
    kind: 'GCPGatewayPolicy',
    metadata: policyMetadata(values),
    spec: {
      targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: namesOf(values).gateway },
      default: { sslPolicy },
    },
  });
}

function addGateway(scope: Construct, values: Values, gke: Gke): void {
  const annotations = {
    ...(gke.certificateMap && { 'networking.gke.io/certmap': gke.certificateMap }),
    ...values.ingress.annotations,
  };
  const tls = gke.preSharedCertificate
    ? {
        mode: 'Terminate' as const,
        options: { 'networking.gke.io/pre-shared-certs': gke.preSharedCertificate },
      }
    : undefined;
  addObject<IGateway>(scope, 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: metadata(values, namesOf(values).gateway, { component: 'entry', annotations }),
    spec: {
      gatewayClassName: gke.gatewayClassName,
      addresses: [{ type: 'NamedAddress', value: gke.addressName }],
      listeners: gatewayListeners(values, gke.certificateMap ? undefined : tls),
    },
  });
}

/** A global external load balancer by the Gateway API. */
export function addGkeGateway(scope: Construct, values: Values, gke: Gke): void {
  addGateway(scope, values, gke);
  addHealthCheckPolicy(scope, values);
  addBackendPolicy(scope, values, gke);
  if (gke.sslPolicy && values.ingress.tls) addGatewayPolicy(scope, values, gke.sslPolicy);
  addRoutes(scope, values);
}
