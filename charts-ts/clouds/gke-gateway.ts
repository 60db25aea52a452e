import type { IGCPBackendPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPBackendPolicy';
import type { IGCPGatewayPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPGatewayPolicy';
import type { IHealthCheckPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/HealthCheckPolicy';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { loadBalancerPath, metadata, namesOf, ports } from '../names.ts';
import type { Gke, Values } from '../values/schema.ts';
import { addGateway, hasOwnGateway } from './gateway.ts';
import { hasTlsSecrets } from './hosts.ts';
import { addRoutes } from './routes.ts';

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

function addOwnGateway(scope: Construct, values: Values, gke: Gke): void {
  const tls = gke.preSharedCertificate
    ? {
        mode: 'Terminate' as const,
        options: { 'networking.gke.io/pre-shared-certs': gke.preSharedCertificate },
      }
    : undefined;
  const certificateMap = hasTlsSecrets(values) ? undefined : gke.certificateMap;
  addGateway(
    scope,
    values,
    {
      gatewayClassName: values.gateway.className ?? gke.gatewayClassName,
      addresses: [{ type: 'NamedAddress', value: gke.addressName ?? '' }],
    },
    {
      annotations: certificateMap ? { 'networking.gke.io/certmap': certificateMap } : {},
      tls: certificateMap ? undefined : tls,
    },
  );
  if (gke.sslPolicy && values.ingress.tls) addGatewayPolicy(scope, values, gke.sslPolicy);
}

/** A global external load balancer by the Gateway API. The policies of the Service also apply with a shared Gateway. */
export function addGkeGateway(scope: Construct, values: Values, gke: Gke): void {
  if (hasOwnGateway(values)) addOwnGateway(scope, values, gke);
  addHealthCheckPolicy(scope, values);
  addBackendPolicy(scope, values, gke);
  addRoutes(scope, values);
}
