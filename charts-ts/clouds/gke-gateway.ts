import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { IGCPBackendPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPBackendPolicy';
import type { IGCPGatewayPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPGatewayPolicy';
import type { IHealthCheckPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/HealthCheckPolicy';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { healthPaths, metadata, names, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { addRoutes, gatewayListeners } from './routes.ts';

type Gke = NonNullable<Values['gke']>;

/** How the load balancer asks a pod whether it takes requests: readiness, so that a draining pod is let go at once. */
export const gkeHealth = { intervalSeconds: 10, timeoutSeconds: 5, healthy: 1, unhealthy: 2 } as const;

const service = { group: '', kind: 'Service', name: names.app };

function addPolicies(scope: Construct, values: Values, gke: Gke): void {
  const apiVersion = 'networking.gke.io/v1';
  const described = metadata(values, names.app, { component: 'entry' });
  addObject<IHealthCheckPolicy>(scope, 'health-check', {
    apiVersion,
    kind: 'HealthCheckPolicy',
    metadata: described,
    spec: {
      targetRef: service,
      default: {
        checkIntervalSec: gkeHealth.intervalSeconds,
        timeoutSec: gkeHealth.timeoutSeconds,
        healthyThreshold: gkeHealth.healthy,
        unhealthyThreshold: gkeHealth.unhealthy,
        config: {
          type: 'HTTP',
          httpHealthCheck: {
            port: ports.http,
            portSpecification: 'USE_FIXED_PORT',
            requestPath: healthPaths.ready,
          },
        },
      },
    },
  });
  addObject<IGCPBackendPolicy>(scope, 'backend', {
    apiVersion,
    kind: 'GCPBackendPolicy',
    metadata: described,
    spec: {
      targetRef: service,
      default: {
        timeoutSec: 30,
        connectionDraining: { drainingTimeoutSec: gke.drainingTimeoutSeconds },
        logging: { enabled: true, sampleRate: 1_000_000 },
        ...(gke.securityPolicy && { securityPolicy: gke.securityPolicy }),
      },
    },
  });
  if (!gke.sslPolicy || !values.ingress.tls) return;
  addObject<IGCPGatewayPolicy>(scope, 'gateway-policy', {
    apiVersion,
    kind: 'GCPGatewayPolicy',
    metadata: described,
    spec: {
      targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: names.gateway },
      default: { sslPolicy: gke.sslPolicy },
    },
  });
}

/** A global external load balancer by the Gateway API. */
export function addGkeGateway(scope: Construct, values: Values, gke: Gke): void {
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
    metadata: metadata(values, names.gateway, { component: 'entry', annotations }),
    spec: {
      gatewayClassName: gke.gatewayClassName,
      addresses: [{ type: 'NamedAddress', value: gke.addressName }],
      listeners: gatewayListeners(values, gke.certificateMap ? undefined : tls, undefined),
    },
  });
  addPolicies(scope, values, gke);
  addRoutes(scope, values);
}
